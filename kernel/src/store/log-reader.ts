/** The log of a run while it grows: each piece is handed out once. */
import { attemptFolder } from './journal.js';
import { type LogEntry, entriesOf } from './log.js';
import { readAttempts } from './records.js';
import type { Store } from './store.js';

export class LogReader {
  /** Keys of pieces that were handed out. */
  private readonly known = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly run: string,
  ) {}

  /** What a step wrote since it was last asked for. */
  async read(step: string): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    for (const { start } of await readAttempts(this.store, this.run, step)) {
      const folder = attemptFolder(start);
      const pieces = (await this.store.list(folder)).filter((name) => name.startsWith('log.')).sort();
      for (const piece of pieces) {
        if (this.known.has(folder + piece)) continue;
        this.known.add(folder + piece);
        entries.push(...entriesOf(await this.store.get(folder + piece), piece));
      }
    }
    return entries;
  }
}
