/** What the compiler of a live session runs in: a process that starts warm, or a thread. */
import { Worker } from 'node:worker_threads';
import type { Ready, Reply, Request } from '../language/messages.js';
import { type End, type Snapshot, startFromSnapshot } from './snapshot.js';

export interface Carrier {
  post(request: Request): void;
  /** Kills it; `onEnd` follows. */
  end(): Promise<void>;
}

export interface CarrierEvents {
  onMessage: (message: Reply | Ready) => void;
  /** Called once, perhaps with a reason in brackets. */
  onEnd: (why?: string) => void;
}

interface ProcessEvents extends Pick<CarrierEvents, 'onMessage'> {
  /** Called once. */
  onEnd: (end: End) => void;
}

/** Undefined when there is no snapshot. */
export function inProcess(
  snapshot: Snapshot,
  directory: string,
  { onMessage, onEnd }: ProcessEvents,
): Carrier | undefined {
  const child = startFromSnapshot(snapshot, { session: { directory } });
  if (!child) return undefined;
  const ended = new Promise<End>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  child.on('message', (message) => onMessage(message as Reply | Ready));
  void ended.then(onEnd);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));
  return {
    // Who asks hears of its end by `onEnd`.
    post: (request) => void child.send(request, () => undefined),
    async end() {
      kill();
      await ended;
    },
  };
}

export function inThread(directory: string, { onMessage, onEnd }: CarrierEvents): Carrier {
  const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: { directory } });
  let hasEnded = false;
  const end = (why?: string): void => {
    if (!hasEnded) onEnd(why);
    hasEnded = true;
  };
  worker.on('message', onMessage);
  worker.on('error', ({ message }) => end(` (${message.replace(/\.$/, '')})`));
  worker.on('exit', () => end());
  return {
    post: (request) => worker.postMessage(request),
    end: async () => void (await worker.terminate()),
  };
}
