import { type Carrier, inProcess, inThread } from './carrier.js';
import type { Operation, Operations, Ready, Reply, Request } from '../language/messages.js';
import { type End, makeSnapshot, rejectSnapshot, snapshotFor } from './snapshot.js';

interface Waiting {
  request: Request;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** After so long without a question a snapshot is made for the next start, in milliseconds. */
const IDLE = 3000;

/**
 * The compiler beside the kernel's own thread, so that the kernel's sockets are answered while it works. Questions are
 * answered in the order in which they are asked; those asked before it is ready wait.
 */
export class LanguageThread {
  /** Resolves when the compiler is loaded and warm; rejects when it cannot start. */
  readonly ready: Promise<Ready>;
  private carrier: Carrier;
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;
  private stopped: Error | undefined;
  private ending = false;
  private idle: NodeJS.Timeout | undefined;

  /** @param directory the notebook's folder: packages and local files are looked up from there */
  constructor(directory: string) {
    const snapshot = snapshotFor(directory);
    let settle!: { resolve(ready: Ready): void; reject(error: Error): void };
    this.ready = new Promise((resolve, reject) => (settle = { resolve, reject }));
    this.ready.catch(() => undefined);
    let isReady = false;
    const onMessage = (message: Reply | Ready): void => {
      if ('ready' in message) {
        isReady = true;
        settle.resolve(message);
      } else this.settle(message);
      this.rest(() => makeSnapshot(snapshot));
    };
    const onEnd = (why?: string): void => {
      clearTimeout(this.idle);
      const error = ended(why);
      settle.reject(error);
      this.fail(error);
    };
    const onProcessEnd = (end: End): void => {
      if (isReady || this.ending) return onEnd();
      // Nothing can be started from the snapshot: what was asked meanwhile is asked again.
      rejectSnapshot(snapshot, end);
      this.carrier = inThread(directory, { onMessage, onEnd });
      for (const { request } of this.waiting.values()) this.carrier.post(request);
    };
    this.carrier =
      inProcess(snapshot, directory, { onMessage, onEnd: onProcessEnd }) ??
      inThread(directory, { onMessage, onEnd });
  }

  /** Whether it answers no more: another one has to take its place. */
  get hasEnded(): boolean {
    return this.stopped !== undefined;
  }

  /** @throws Error when it has ended, or with what went wrong inside it */
  ask<Op extends Operation>(op: Op, arg: Operations[Op]['arg']): Promise<Operations[Op]['value']> {
    if (this.stopped) return Promise.reject(this.stopped);
    clearTimeout(this.idle);
    const request: Request<Op> = { n: ++this.count, op, arg };
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(request.n, { request, resolve, reject });
      this.carrier.post(request);
    }) as Promise<Operations[Op]['value']>;
  }

  async end(): Promise<void> {
    this.ending = true;
    await this.carrier.end();
  }

  private rest(work: () => void): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(work, IDLE);
    this.idle.unref();
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply.n);
    this.waiting.delete(reply.n);
    if ('error' in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.value);
  }

  private fail(error: Error): void {
    this.stopped ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

function ended(why = ''): Error {
  return new Error(`The compiler has ended${why}, and is started again: repeat what you did.`);
}
