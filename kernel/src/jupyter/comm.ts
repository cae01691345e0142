/** What the extension asks over the comm `tagflow`: a table of what each request does. */
import { validateReply, validateRequest, type Reply, type Request } from '@tagflow/schema';
import type { Compiler } from './compiler.js';

/** Sends a reply to who asked. */
export type Answer = (reply: Reply) => void;

type Handlers = { [Type in Request['type']]?: (request: Extract<Request, { type: Type }>, answer: Answer) => Promise<void> };

export interface TagflowCommOptions {
  directory: string;
  compiler: Compiler;
}

export class TagflowComm {
  constructor(private readonly options: TagflowCommOptions) {}

  private readonly handlers: Handlers = {
    analyse: async ({ id, notebook, path }, answer) => {
      const pipeline = await this.options.compiler.ask('analyse', { notebook, path });
      answer({ type: 'pipeline', id, pipeline });
    },
  };

  /** Answers one message; whatever is wrong with it or goes wrong is an answer too. */
  async receive(data: unknown, send: (reply: Reply) => void): Promise<void> {
    const id = idOf(data);
    const answer: Answer = (reply) => {
      if (!validateReply(reply)) throw new Error(`The kernel made a reply of the wrong form: ${faults(validateReply)}`);
      send(reply);
    };
    if (!validateRequest(data)) {
      send({ type: 'error', id, message: `The kernel does not know this request: ${faults(validateRequest)}. Are kernel and extension of one version?` });
      return;
    }
    try {
      const handle = this.handlers[data.type] as ((request: Request, answer: Answer) => Promise<void>) | undefined;
      if (!handle) throw new Error(`The kernel cannot do "${data.type}" yet.`);
      await handle(data, answer);
    } catch (error) {
      send({ type: 'error', id, message: (error as Error).message });
    }
  }

  end(): void {
    // nothing runs yet
  }
}

function idOf(data: unknown): string {
  const id = (data as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : '';
}

function faults(validate: { errors?: { instancePath: string; message?: string }[] | null }): string {
  return (validate.errors ?? []).slice(0, 3).map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`).join('; ');
}
