/** The log of a run while it grows: each piece is handed out once. */
import { type LogEntry, logChunks, readChunks } from './log.js';
import type { Store } from './store.js';

/** A piece of what an attempt wrote. */
export interface AttemptLog {
  attempt: number;
  entries: LogEntry[];
}

export class LogReader {
  /** Keys of chunks that were handed out. */
  private readonly known = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly run: string,
  ) {}

  /** What a step wrote since it was last asked for. */
  async read(step: string): Promise<LogEntry[]> {
    return (await this.readAttempts(step)).flatMap(({ entries }) => entries);
  }

  /** The same in pieces, with the attempt that each is of. */
  async readAttempts(step: string): Promise<AttemptLog[]> {
    const chunks = (await logChunks(this.store, this.run, step)).filter((key) => !this.known.has(key));
    const entries = await readChunks(this.store, chunks);
    // Only now: what could not be read is asked for again.
    for (const key of chunks) this.known.add(key);
    return chunks.map((key, i) => ({ attempt: Number(key.split('/').at(-2)), entries: entries[i]! }));
  }
}
