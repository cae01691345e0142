import { Worker } from 'node:worker_threads';
import type { Operation, Operations, Ready, Reply, Request } from './messages.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * The compiler in a thread of its own, so that the kernel's sockets are answered while it works. Questions are answered
 * in the order in which they are asked; those asked before it is ready wait.
 */
export class LanguageThread {
  /** Resolves when the compiler is loaded and warm; rejects when the thread cannot start. */
  readonly ready: Promise<Ready>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;
  private stopped: Error | undefined;

  /** @param directory the notebook's folder: packages and local files are looked up from there */
  constructor(directory: string) {
    this.worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: { directory } });
    this.ready = new Promise((resolve, reject) => {
      this.worker.on('message', (message: Reply | Ready) => {
        if ('ready' in message) resolve(message);
        else this.settle(message);
      });
      const stop = (error: Error) => {
        reject(error);
        this.fail(error);
      };
      this.worker.on('error', ({ message }) => stop(ended(` (${message.replace(/\.$/, '')})`)));
      this.worker.on('exit', () => stop(ended()));
    });
    this.ready.catch(() => undefined);
  }

  /** Whether it answers no more: another thread has to take its place. */
  get hasEnded(): boolean {
    return this.stopped !== undefined;
  }

  /** @throws Error when the thread has ended, or with what went wrong inside it */
  ask<Op extends Operation>(op: Op, arg: Operations[Op]['arg']): Promise<Operations[Op]['value']> {
    if (this.stopped) return Promise.reject(this.stopped);
    const request: Request<Op> = { n: ++this.count, op, arg };
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(request.n, { resolve, reject });
      this.worker.postMessage(request);
    }) as Promise<Operations[Op]['value']>;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
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
