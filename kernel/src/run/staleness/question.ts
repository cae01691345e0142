/** What would run again, while this thread does something else: files are hashed and keys computed in one of its own. */
import { Worker } from 'node:worker_threads';
import type { Pipeline, Staleness } from '@tagflow/schema';

export interface StalenessQuestion {
  /** With the sources of its programs. */
  pipeline: Pipeline;
  /** The notebook's. */
  directory: string;
  /** Values of parameters by name; the others have their defaults. */
  parameters: Record<string, unknown>;
}

export type StalenessReply = { steps: Staleness[] } | { error: string };

/** @throws Error with what `stalenessOf` throws, or when there is no answer in time */
export async function askStaleness(question: StalenessQuestion): Promise<Staleness[]> {
  const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: question });
  let patience: NodeJS.Timeout | undefined;
  try {
    const reply = await new Promise<StalenessReply>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`What would run again could not be found out: ${why}.`));
      patience = setTimeout(() => fail('the store does not answer in time'), PATIENCE);
      worker.once('message', resolve).once('error', ({ message }) => fail(message));
      worker.once('exit', (code) => fail(`the thread ended with code ${code}`));
    });
    if ('steps' in reply) return reply.steps;
    throw new Error(reply.error);
  } finally {
    clearTimeout(patience);
    void worker.terminate();
  }
}

/** Milliseconds. A store that hangs shall not gather threads. */
const PATIENCE = 30_000;
