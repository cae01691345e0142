/** The language thread across its replacements. */
import type { CommittedCell, Compiled, Operation, Operations } from '../language/messages.js';
import { LanguageThread } from '../compiler/client.js';

export class Compiler {
  private thread: LanguageThread | undefined;
  /** Sources of cells that were compiled, for when they are committed. */
  private readonly sources = new Map<string, string>();
  /** What a new thread is told, so that it knows what the one before knew. */
  private readonly committed = new Map<string, CommittedCell>();
  private notebook: object | undefined;

  /** @param directory the notebook's */
  constructor(private readonly directory: string) {}

  /** Loads the compiler ahead of the first question; one that has ended is replaced. */
  start(): LanguageThread {
    if (this.thread && !this.thread.hasEnded) return this.thread;
    const isReplacement = this.thread !== undefined;
    this.thread = new LanguageThread(this.directory);
    if (isReplacement) {
      const known = { cells: [...this.committed.values()], notebook: this.notebook };
      this.thread.ask('restore', known).catch(() => undefined); // the question that follows tells of it
    }
    return this.thread;
  }

  /** @throws Error with what went wrong inside the compiler */
  async ask<Op extends Operation>(op: Op, arg: Operations[Op]['arg']): Promise<Operations[Op]['value']> {
    try {
      return await this.start().ask(op, arg);
    } catch (error) {
      throw new Error(sentence(error as Error), { cause: error });
    }
  }

  /** @throws as `ask` */
  compile(id: string, source: string): Promise<Compiled> {
    this.sources.set(id, source);
    return this.ask('compile', { id, source });
  }

  /** @throws as `ask` */
  analyse(arg: Operations['analyse']['arg']): Promise<Operations['analyse']['value']> {
    this.notebook = arg.notebook;
    return this.ask('analyse', arg);
  }

  /** The cell has run; the names that it did not reach have no value. */
  commit(id: string, unreached: string[]): void {
    const source = this.sources.get(id);
    this.sources.delete(id);
    if (source !== undefined) {
      this.committed.delete(id); // in the order in which they ran
      this.committed.set(id, { id, source, unreached });
    }
    this.ask('commit', { id, unreached }).catch(() => undefined); // the next cell tells of a dead compiler
  }

  /** No cell has a value any more. */
  reset(): void {
    this.committed.clear();
    if (this.thread) this.ask('reset', undefined).catch(() => undefined);
  }
}

/** The thread tells an error with its name and stack: what is for the user stands between them. */
function sentence({ message }: Error): string {
  return message.replace(/\n\s+at [^]*$/, '').replace(/^\w*Error: /, '');
}
