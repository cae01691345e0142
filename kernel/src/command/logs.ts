/** `tagflow logs`: what a step wrote, or writes. */
import type { StepRun } from '@tagflow/schema';
import { type Look, follow } from '../cluster/follow.js';
import { type PastRun, pastRun, settled } from '../cluster/past-run.js';
import { type LogEntry, readLog } from '../store/log.js';
import { repeatedAttempts } from '../store/attempts.js';
import { stepOf } from '../store/named.js';
import { LogReader } from '../store/log-reader.js';
import { placeInStep } from '../store/place-in-step.js';
import { type EndedAttempts, readAttempts, readPipeline, readRun } from '../store/records.js';
import type { AttemptRecord } from '../store/state.js';
import { againText } from './progress.js';
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
  const found = stepOf(run, step);
  const { name } = found;
  if (follow) {
    // Whoever reads it takes a line at a time.
    const tell = (entry: LogEntry): void =>
      json ? void process.stdout.write(`${JSON.stringify(entry)}\n`) : print(entry);
    return followLog(past, name, tell);
  }
  const entries = await readLog(store, run.id, name);
  if (json) return writeJson(entries);
  if (entries.length === 0) process.stderr.write(`${silence(found, run.id)}\n`);
  entries.forEach(print);
}

/** Why there is no log. */
function silence({ name, cached, started }: StepRun, run: string): string {
  const which = `Step ${name} of run ${run}`;
  if (cached !== undefined)
    return `${which} did not run: results of run ${cached} stand for it. \`tagflow logs ${cached} ${name}\` prints what it wrote there.`;
  return started === undefined ? `${which} did not begin.` : `${which} wrote nothing.`;
}

/** The cluster is asked every so many times whether the run still goes on. */
const SELDOM = 10;

/** Until the step has ended, or the run: a failure that is made good by another attempt is no end. */
async function followLog(
  { store, run }: PastRun,
  name: string,
  tell: (entry: LogEntry) => void,
): Promise<void> {
  const { steps } = await readPipeline(store, run);
  const { retries = 0 } = steps.find((step) => step.name === name)!.settings;
  const reader = new LogReader(store, run.id);
  const ended: EndedAttempts = new Map();
  let round = 0;
  let attempt = 1;
  const begin = async (latest: number): Promise<void> => {
    if (attempt >= latest) return;
    const all = repeatedAttempts(await readAttempts(store, run.id, name, ended), true);
    const isLost = (number: number): boolean =>
      all.some(({ place, state }) => place.attempt === number && state === 'lost');
    while (attempt < latest) {
      const why = isLost(attempt) ? `, since attempt ${attempt} was lost` : '';
      process.stderr.write(`Step ${name}: attempt ${++attempt} begins${why}.\n`);
    }
  };
  const look: Look<StepRun> = async (heard) => {
    let now = await readRun(store, run.id, ended);
    heard();
    if (++round % SELDOM === 0) now = (await settled({ store, run: now })).run;
    // After the state: what a step wrote is there before its end is.
    for (const written of await reader.read(name)) {
      await begin(written.attempt);
      written.entries.forEach(tell);
    }
    const step = stepOf(now, name);
    await begin(step.attempts);
    const hasEnded = now.state !== 'running' || isOver(step, [...ended.values()], retries);
    return hasEnded ? step : undefined;
  };
  await follow(look, { onAway: ({ message }) => void process.stderr.write(`${againText(message)}\n`) });
}

/** A failure is the end only where no try is left and every item of a loop has had its turn. */
function isOver(
  { name, state, loops = [] }: StepRun,
  ended: readonly AttemptRecord[],
  retries: number,
): boolean {
  if (state !== 'failed') return state !== 'pending' && state !== 'running';
  const ends = new Map<string, string[]>();
  for (const { start, end } of ended) {
    if (start.step !== name) continue;
    const place = placeInStep(start);
    ends.set(place, [...(ends.get(place) ?? []), end!.state]);
  }
  const isTriedAgain = [...ends.values()].some(
    (states) => !states.includes('succeeded') && states.filter((each) => each === 'failed').length <= retries,
  );
  return !isTriedAgain && loops.every(({ total, succeeded, failed }) => succeeded + failed.length >= total);
}

function print({ stream, text }: LogEntry): void {
  process[stream].write(text);
}
