/** `tagflow logs`: what a step wrote, or writes. */
import { setTimeout as pause } from 'node:timers/promises';
import { type PastRun, pastRun, settled } from '../cluster/past-run.js';
import { type LogEntry, readLog } from '../store/log.js';
import { LogReader } from '../store/log-reader.js';
import { type EndedAttempts, readRun } from '../store/records.js';
import { stepOf } from './show.js';
import { writeJson } from './text.js';

export interface LogsOptions {
  directory: string;
  /** Goes on until the step has ended. */
  follow?: boolean;
  json?: boolean;
}

export async function logs(reference: string, step: string, options: LogsOptions): Promise<void> {
  const { json, follow } = options;
  const past = await pastRun(options.directory, reference);
  const { store, run } = past;
  const { name } = stepOf(run, step);
  if (follow) {
    // Whoever reads it takes a line at a time.
    const tell = (entry: LogEntry): void =>
      json ? void process.stdout.write(`${JSON.stringify(entry)}\n`) : print(entry);
    return followLog(past, name, tell);
  }
  const entries = await readLog(store, run.id, name);
  if (json) return writeJson(entries);
  if (entries.length === 0) process.stderr.write(`Step ${name} of run ${run.id} wrote nothing.\n`);
  entries.forEach(print);
}

/** How often the store is asked, in milliseconds. */
const INTERVAL = 1_000;
/** The cluster is asked every so many times whether the run still goes on. */
const SELDOM = 10;

async function followLog(
  { store, run }: PastRun,
  name: string,
  tell: (entry: LogEntry) => void,
): Promise<void> {
  const reader = new LogReader(store, run.id);
  const ended: EndedAttempts = new Map();
  for (let round = 1; ; round++) {
    let now = await readRun(store, run.id, ended);
    if (round % SELDOM === 0) now = await settled({ store, run: now });
    // After the state: what a step wrote is there before its end is.
    for (const entry of await reader.read(name)) tell(entry);
    const { state } = stepOf(now, name);
    if (now.ended !== undefined || (state !== 'pending' && state !== 'running')) return;
    await pause(INTERVAL);
  }
}

function print({ stream, text }: LogEntry): void {
  process[stream].write(text);
}
