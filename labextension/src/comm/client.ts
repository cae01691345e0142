/** Requests to the kernel and their replies, joined by id and validated in both directions. */
import { validateReply, validateRequest, type Diagnostic, type Reply, type Request } from '@tagflow/schema';
import type { Channel } from './channel.js';

/** A request before the client has given it an id. */
export type Question = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/** The reply types that each request may be answered with. */
interface Answers {
  analyse: 'pipeline';
  run: 'run' | 'log';
  resume: 'progress' | 'run' | 'log' | 'waiting' | 'away';
  retry: 'progress' | 'run' | 'log' | 'waiting' | 'away';
  submit: 'progress' | 'run' | 'log' | 'waiting' | 'away';
  watch: 'run' | 'log' | 'waiting' | 'away';
  cluster: 'cluster';
  configure: 'cluster';
  doctor: 'finding';
  export: 'progress' | 'exported';
  stale: 'stale';
  stop: 'stopped';
  runs: 'runs';
  show: 'run';
  logs: 'log';
  attempts: 'attempts';
  artifact: 'artifact';
  compare: 'comparison';
  code: 'code';
  lineage: 'lineage';
}

export type Answer<Q extends Question> = Extract<Reply, { type: Answers[Q['type']] }>;

/** The kernel's refusal: its message is a sentence for the user. */
export class ReplyError extends Error {
  constructor(
    message: string,
    readonly diagnostics: Diagnostic[] = [],
  ) {
    super(message);
    this.name = 'ReplyError';
  }
}

interface Pending {
  onReply: (reply: Reply) => void;
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
}

/** One comm's worth of questions and answers. */
export class Client {
  constructor(private readonly channel: Channel) {
    channel.onMessage = (data) => this.receive(data);
    channel.onClose = () => this.close('The kernel closed the connection. Restart the kernel to go on.');
  }

  /** Called once, when no further question can be asked. */
  onClosed: () => void = () => undefined;

  get isClosed(): boolean {
    return this.closed;
  }

  /**
   * Asks and resolves with the last reply; `onReply` sees each one, the last included.
   * @throws ReplyError with a sentence, when the kernel refuses, its answer is not understood or it goes away
   */
  async ask<Q extends Question>(
    question: Q,
    onReply: (reply: Answer<Q>) => void = () => undefined,
  ): Promise<Answer<Q>> {
    if (this.closed) throw new ReplyError('The kernel is not connected. Restart it and try again.');
    const request = { ...question, id: `${this.prefix}-${++this.count}` };
    if (!validateRequest(request)) {
      throw new ReplyError(
        `This request would not be understood by the kernel: ${explain(validateRequest)}.`,
      );
    }
    const reply = new Promise<Reply>((resolve, reject) => {
      this.pending.set(request.id, { onReply: onReply as (reply: Reply) => void, resolve, reject });
    });
    try {
      this.channel.send(request);
    } catch {
      this.pending.delete(request.id);
      throw new ReplyError('The kernel is not connected. Restart it and try again.');
    }
    return (await reply) as Answer<Q>;
  }

  /** Gives up all questions that are still open, with this sentence. */
  close(reason: string): void {
    if (this.closed) return;
    this.closed = true;
    const open = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of open) reject(new ReplyError(reason));
    this.channel.dispose();
    this.onClosed();
  }

  private receive(data: unknown): void {
    const id = idOf(data);
    const pending = id === undefined ? undefined : this.pending.get(id);
    if (id === undefined || !pending) return;
    if (!validateReply(data)) {
      this.pending.delete(id);
      const why = explain(validateReply);
      pending.reject(
        new ReplyError(`The kernel's answer was not understood (${why}). Are both of one version?`),
      );
      return;
    }
    if (data.type === 'error') {
      this.pending.delete(id);
      pending.reject(new ReplyError(data.message, data.diagnostics));
      return;
    }
    pending.onReply(data);
    if (!isLast(data)) return;
    this.pending.delete(id);
    pending.resolve(data);
  }

  private closed = false;
  private count = 0;
  private readonly prefix = Math.random().toString(36).slice(2, 8);
  private readonly pending = new Map<string, Pending>();
}

/** Replies without `done` come alone. */
function isLast(reply: Reply): boolean {
  return !('done' in reply) || reply.done;
}

function idOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('id' in data)) return undefined;
  return typeof data.id === 'string' ? data.id : undefined;
}

/** The deepest complaint is the one that names the field. */
function explain(validate: { errors?: { instancePath: string; message?: string }[] | null }): string {
  const errors = [...(validate.errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length);
  const [first] = errors;
  return first
    ? `${first.instancePath || 'the message'} ${first.message ?? 'is not valid'}`
    : 'it is not valid';
}

/** What a failure says to the user. */
export function sentence(error: unknown): string {
  if (error instanceof ReplyError) return error.message;
  return `Something went wrong in the extension: ${error instanceof Error ? error.message : String(error)}`;
}
