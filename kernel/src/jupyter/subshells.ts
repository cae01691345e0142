/** Queues of execute requests: the main shell's, and one for each subshell. */
import { randomUUID } from 'node:crypto';
import type { Message } from './wire.js';

/** Runs its jobs one after another. */
export class ExecutionQueue {
  private tail: Promise<void> = Promise.resolve();
  private accepted = 0;
  private abortedUpTo = 0;

  /** @param job is told whether an earlier cell's failure has stopped it */
  push(job: (aborted: boolean) => Promise<void>): void {
    const number = ++this.accepted;
    this.tail = this.tail.then(() => job(number <= this.abortedUpTo));
  }

  /** Stops what waits now; what comes later runs. */
  abort(): void {
    this.abortedUpTo = this.accepted;
  }
}

export class Subshells {
  readonly main = new ExecutionQueue();
  private readonly queues = new Map<string, ExecutionQueue>();

  create(): string {
    const id = randomUUID();
    this.queues.set(id, new ExecutionQueue());
    return id;
  }

  delete(id: string): boolean {
    return this.queues.delete(id);
  }

  list(): string[] {
    return [...this.queues.keys()];
  }

  queueOf(message: Message): ExecutionQueue {
    return this.queues.get(message.header.subshell_id ?? '') ?? this.main;
  }
}
