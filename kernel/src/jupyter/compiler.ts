/** The language thread across its replacements. */
import type { Operation, Operations } from '../language/messages.js';
import { LanguageThread } from '../language/thread-client.js';

export class Compiler {
  private thread: LanguageThread | undefined;

  /** @param directory the notebook's */
  constructor(private readonly directory: string) {}

  /** Loads the compiler ahead of the first question. */
  start(): LanguageThread {
    return (this.thread ??= new LanguageThread(this.directory));
  }

  /** @throws Error with what went wrong inside the compiler; one that has ended is replaced for the next question */
  async ask<Op extends Operation>(op: Op, arg: Operations[Op]['arg']): Promise<Operations[Op]['value']> {
    const thread = this.start();
    let ended = false;
    thread.ready.catch(() => (ended = true));
    try {
      return await thread.ask(op, arg);
    } catch (error) {
      if (ended && this.thread === thread) this.thread = undefined;
      throw new Error(sentence(error as Error), { cause: error });
    }
  }

  /** The cell has run; the names that it did not reach have no value. */
  commit(id: string, unreached: string[]): void {
    this.ask('commit', { id, unreached }).catch(() => undefined); // the next cell tells of a dead compiler
  }

  /** No cell has a value any more. */
  reset(): void {
    if (this.thread) this.ask('reset', undefined).catch(() => undefined);
  }
}

/** The thread tells an error with its name and stack: what is for the user stands between them. */
function sentence({ message }: Error): string {
  return message.replace(/\n\s+at [^]*$/, '').replace(/^\w*Error: /, '');
}
