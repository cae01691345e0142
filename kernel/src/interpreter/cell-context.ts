/** Which cell the present code belongs to, however late it runs. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PagePayload } from './messages.js';

/** A cell's execution. */
export interface CellContext {
  /** Number of the execution. */
  readonly cell: number;
  /** Its timers that have not fired, with what clears each. */
  readonly timers: Map<unknown, () => void>;
  readonly payload: PagePayload[];
  /** Set once the cell is interrupted: what it has started ends at its next `await`. */
  interrupted?: Error;
  /** Ends the cell with an error, whatever it waits for; without effect once it has ended. */
  stop(reason: unknown): void;
}

const storage = new AsyncLocalStorage<CellContext>();
const running = new Set<CellContext>();
let latest: CellContext | undefined;

/** The cell that the running code belongs to; without one, the cell that was started last. */
export function currentCell(): CellContext | undefined {
  return storage.getStore() ?? latest;
}

/** The cell that started the running code, if any did; it may have ended. */
export function startingCell(): CellContext | undefined {
  return storage.getStore();
}

export function isRunning(context: CellContext): boolean {
  return running.has(context);
}

export function runningCells(): CellContext[] {
  return [...running];
}

export async function withinCell<T>(context: CellContext, run: () => Promise<T>): Promise<T> {
  running.add(context);
  try {
    return await storage.run(context, () => {
      latest = context;
      return run();
    });
  } finally {
    running.delete(context);
  }
}
