/** Logs of attempts: numbered chunks, each a line of JSON per piece of text. */
import type { AttemptPlace } from '@tagflow/schema';
import { attemptFolder, type AttemptId } from './place-in-step.js';
import { runFolder } from './run-id.js';
import { sideBySide } from './side-by-side.js';
import type { Store } from './store.js';

export type LogStream = 'stdout' | 'stderr';

export interface LogEntry {
  time: string;
  stream: LogStream;
  text: string;
}

/** Text is written to the store after this long, in milliseconds, or when there is this much of it, in characters. */
const FLUSH_AFTER = 1_000;
const FLUSH_SIZE = 64 * 1024;

export class LogWriter {
  private entries: LogEntry[] = [];
  private size = 0;
  private chunk = 0;
  private timer: NodeJS.Timeout | undefined;
  private written: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly id: AttemptId,
  ) {}

  write(stream: LogStream, text: string): void {
    this.entries.push({ time: new Date().toISOString(), stream, text });
    this.size += text.length;
    if (this.size >= FLUSH_SIZE) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER);
  }

  /** Writes what is left. Throws StoreError if any of the log could not be written. */
  async end(): Promise<void> {
    this.flush();
    await this.written;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.entries.length === 0) return;
    const key = `${attemptFolder(this.id)}log.${String(this.chunk++).padStart(3, '0')}`;
    const bytes = Buffer.from(this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    this.entries = [];
    this.size = 0;
    const write = this.written.then(() => this.store.put(key, bytes));
    // Who ends the log hears of a failure; until then it must not count as unhandled.
    write.catch(() => undefined);
    this.written = write;
  }
}

/** The log of a step: of one attempt, or of all in order. A chunk that is damaged is said to be so. */
export async function readLog(
  store: Store,
  run: string,
  step: string,
  attempt?: AttemptPlace,
): Promise<LogEntry[]> {
  return (await readChunks(store, await logChunks(store, run, step, attempt))).flat();
}

/** Keys of the chunks of a step's log: by segment, item, attempt, and as they were written. */
export async function logChunks(
  store: Store,
  run: string,
  step: string,
  attempt?: AttemptPlace,
): Promise<string[]> {
  const found: { key: string; place: number[] }[] = [];
  const folder = attempt ? attemptFolder({ run, step, ...attempt }) : `${runFolder(run)}${step}/`;
  for await (const keys of store.keys(folder)) {
    for (const key of keys) {
      const [, place] = /\/([\d.]+\/\d+\/log\.\d+)$/.exec(key) ?? [];
      if (place !== undefined) found.push({ key, place: place.match(/\d+/g)!.map(Number) });
    }
  }
  return found.sort((a, b) => compare(a.place, b.place)).map(({ key }) => key);
}

/** What is in each. */
export async function readChunks(store: Store, chunks: readonly string[]): Promise<LogEntry[][]> {
  const entries: LogEntry[][] = [];
  await sideBySide([...chunks.entries()], async ([i, key]) => {
    entries[i] = entriesOf(await store.get(key), key.slice(key.lastIndexOf('/') + 1));
  });
  return entries;
}

/** Numbers in a row; of two that begin alike, the shorter comes first. */
function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, i) => number !== b[i]);
  return at === -1 ? a.length - b.length : a[at]! - (b[at] ?? -Infinity);
}

function entriesOf(bytes: Uint8Array | undefined, chunk: string): LogEntry[] {
  const lines = Buffer.from(bytes ?? [])
    .toString()
    .split('\n')
    .filter(Boolean);
  try {
    return lines.map((line) => entryOf(JSON.parse(line)));
  } catch {
    return [{ time: '', stream: 'stderr', text: `[${chunk} is damaged]\n` }];
  }
}

/** @throws TypeError if it is none */
function entryOf(data: unknown): LogEntry {
  const { time, stream, text } = data as LogEntry;
  if (typeof time === 'string' && (stream === 'stdout' || stream === 'stderr') && typeof text === 'string')
    return { time, stream, text };
  throw new TypeError('This is no entry of a log.');
}
