/** The log of a run while it grows: each piece is handed out once. */
import { type LogEntry, logChunks, readChunks } from './log.js';
import type { Store } from './store.js';

/** A piece of what an attempt wrote. */
export interface AttemptLog {
  /** As `attemptKey` tells it. */
  key: string;
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

  /** What a step wrote since it was last asked for, in pieces, with the attempt that each is of. */
  async read(step: string): Promise<AttemptLog[]> {
    const chunks = (await logChunks(this.store, this.run, step)).filter((key) => !this.known.has(key));
    const entries = await readChunks(this.store, chunks);
    // Only now: what could not be read is asked for again.
    for (const key of chunks) this.known.add(key);
    return chunks.map((chunk, i) => {
      const [place, attempt] = chunk.split('/').slice(-3);
      return { key: `${place}/${attempt}`, attempt: Number(attempt), entries: entries[i]! };
    });
  }
}
