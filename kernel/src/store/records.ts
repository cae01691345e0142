/** Reads the records of runs: states are derived from them. */
import {
  type AttemptEnd,
  validateAttemptEnd,
  validateAttemptStart,
  validateRunEnd,
  validateRunStart,
  type Pipeline,
  type Run,
  type RunEnd,
  type RunStart,
} from '@tagflow/schema';
import { getBlob } from './content.js';
import { type AttemptId, attemptFolder, placeInStep } from './place-in-step.js';
import { type RunFilter, firstId, fits, idFilter } from './run-filter.js';
import { idTime, isRunId, runFolder } from './run-id.js';
import { taggedRuns } from './run-tag.js';
import { sideBySide } from './side-by-side.js';
import { type AttemptRecord, HEARTBEAT_LIMIT, deriveRun, endedRun } from './state.js';
import { AmbiguousError, MissingRunError, StoreError, type Store } from './store.js';

/**
 * A run as it stands now.
 * @param known attempts that were read before, for who asks again and again
 * @throws StoreError if there is none with the id, or its records are damaged
 */
export async function readRun(store: Store, id: string, known?: EndedAttempts): Promise<Run> {
  if (!isRunId(id))
    throw new StoreError(`${JSON.stringify(id)} is no id of a run. \`tagflow runs\` lists them.`);
  const folder = runFolder(id);
  const end = await readRunEnd(store, id);
  if (end) return endedRun(end);
  const start = await read(store, `${folder}start.json`, validateRunStart);
  if (!start)
    throw new MissingRunError(`There is no run ${id} in ${store.location}. \`tagflow runs\` lists them.`);
  const [pipeline, attempts, alive] = await Promise.all([
    readPipeline(store, start),
    readAttempts(store, id, undefined, known),
    // What a cluster does without a word, such as waiting for a node, only the cluster can tell.
    start.cluster !== undefined || isAlive(store, id),
  ]);
  // Between the two reads the run may have ended.
  const late = alive ? undefined : await readRunEnd(store, id);
  if (late) return endedRun(late);
  return deriveRun({ start, steps: pipeline.steps, attempts, alive });
}

/** How a run began; undefined if there is no run with the id. Throws StoreError if the record is damaged. */
export async function readRunStart(store: Store, id: string): Promise<RunStart | undefined> {
  return read(store, `${runFolder(id)}start.json`, validateRunStart);
}

/** How a run ended; undefined if that is not recorded. Throws StoreError if the record is damaged. */
export async function readRunEnd(store: Store, run: string): Promise<RunEnd | undefined> {
  return read(store, `${runFolder(run)}end.json`, validateRunEnd);
}

/** The notebook as it was, outputs stripped; undefined if it was not recorded. Throws StoreError if it is damaged. */
export async function readNotebook(store: Store, run: string): Promise<string | undefined> {
  const key = `${runFolder(run)}notebook.ipynb`;
  const bytes = await store.get(key);
  if (bytes && parse(bytes) === undefined) throw damaged(store, key);
  return bytes && Buffer.from(bytes).toString();
}

/** The Pipeline that a run was made from. */
export async function readPipeline(store: Store, run: Pick<RunStart, 'document'>): Promise<Pipeline> {
  return JSON.parse(Buffer.from(await getBlob(store, run.document)).toString()) as Pipeline;
}

/** Attempts that have ended, by their folders: records of theirs are never changed. */
export type EndedAttempts = Map<string, AttemptRecord>;

/**
 * The attempts of a run's steps, as far as they were recorded.
 * @param known those that were read before; what has ended since is added
 */
export async function readAttempts(
  store: Store,
  run: string,
  step?: string,
  known: EndedAttempts = new Map(),
): Promise<AttemptRecord[]> {
  return readAttemptsIn(store, `${runFolder(run)}${step === undefined ? '' : `${step}/`}`, known);
}

/** How an attempt ended; undefined if that is not recorded. Throws StoreError if the record is damaged. */
export async function readAttemptEnd(store: Store, id: AttemptId): Promise<AttemptEnd | undefined> {
  return read(store, `${attemptFolder(id)}end.json`, validateAttemptEnd);
}

/** The places of a step at which an attempt has begun, as `placeInStep` writes them. */
export async function placesBegun(store: Store, run: string, step: string): Promise<Set<string>> {
  const folder = `${runFolder(run)}${step}/`;
  const places = new Set<string>();
  for await (const keys of store.keys(folder))
    for (const key of keys) places.add(key.slice(folder.length).split('/', 1)[0]!);
  return places;
}

/** The attempts of one program or item, in their order. */
export async function readAttemptsAt(
  store: Store,
  place: Omit<AttemptId, 'attempt'>,
): Promise<AttemptRecord[]> {
  const records = await readAttemptsIn(store, `${runFolder(place.run)}${place.step}/${placeInStep(place)}/`);
  return records.sort((a, b) => a.start.attempt - b.start.attempt);
}

const RECORD = /^(runs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/\d+\/)(start|end)\.json$/;

async function readAttemptsIn(
  store: Store,
  prefix: string,
  known: EndedAttempts = new Map(),
): Promise<AttemptRecord[]> {
  const begun: string[] = [];
  const ended = new Set<string>();
  for await (const keys of store.keys(prefix)) {
    for (const key of keys) {
      const [, folder, record] = RECORD.exec(key) ?? [];
      if (record === 'start') begun.push(folder!);
      else if (record === 'end') ended.add(folder!);
    }
  }
  begun.sort();
  const records: AttemptRecord[] = [];
  // Not all at once: each is an open file, and a foreach may have thousands of items.
  await sideBySide([...begun.entries()], async ([i, folder]) => {
    const earlier = known.get(folder);
    if (earlier) return void (records[i] = earlier);
    const [start, end] = await Promise.all([
      read(store, `${folder}start.json`, validateAttemptStart),
      ended.has(folder) ? read(store, `${folder}end.json`, validateAttemptEnd) : undefined,
    ]);
    if (!start) return;
    records[i] = { start, ...(end ? { end } : {}) };
    if (end) known.set(folder, records[i]);
  });
  return records.filter((record) => record !== undefined);
}

export interface PastOptions {
  /** Only runs that had ended before this moment, as toISOString writes it. */
  endedBefore?: string;
}

/** Whether the end of a run is recorded as one before a moment; true if there is none. */
export function hadEnded({ ended }: Pick<Run, 'ended'>, moment: string | undefined): boolean {
  return moment === undefined || (ended !== undefined && ended < moment);
}

export interface EachOptions extends RunFilter, PastOptions {
  /** Hears of each run that cannot be read. */
  onUnreadable?: (error: StoreError) => void;
}

export interface ListOptions extends EachOptions {
  /** At most so many, the newest; all if absent. */
  limit?: number;
}

/**
 * Runs, newest first. A run whose records are damaged is left out; `readRun` says what is wrong with it.
 * @throws StoreError if the filter names no moment where one belongs
 */
export async function listRuns(
  store: Store,
  { limit = Infinity, ...options }: ListOptions = {},
): Promise<Run[]> {
  const runs: Run[] = [];
  if (limit <= 0) return runs;
  for await (const run of eachRun(store, options)) {
    runs.push(run);
    if (runs.length >= limit) break;
  }
  return runs;
}

/** As `listRuns`, for who may have enough before the end: little more is read than what is taken. */
export async function* eachRun(
  store: Store,
  { onUnreadable, endedBefore, ...filter }: EachOptions = {},
): AsyncGenerator<Run> {
  const { tag } = filter;
  const inTime = idFilter(filter);
  const isWanted = (run: Run): boolean => hadEnded(run, endedBefore) && fits(run, filter);
  const unreadable = (error: unknown): undefined => {
    if (!(error instanceof StoreError)) throw error;
    // Only its folder is there, or a tag: it is about to begin, could not, or was removed.
    if (!(error instanceof MissingRunError)) onUnreadable?.(error);
  };
  for await (const all of tag === undefined ? runIds(store, firstId(filter)) : tagged(store, tag)) {
    const ids = all.filter((id) => inTime(id) && hadBegun(id, endedBefore));
    for (let from = 0; from < ids.length; from += READ_AHEAD) {
      const some = await Promise.all(
        ids.slice(from, from + READ_AHEAD).map((id) => readRun(store, id).catch(unreadable)),
      );
      yield* some.filter((run) => run !== undefined).filter(isWanted);
    }
  }
}

/** Told without reading the run. */
function hadBegun(id: string, moment: string | undefined): boolean {
  return moment === undefined || id < idTime(new Date(moment));
}

async function* tagged(store: Store, tag: string): AsyncGenerator<string[]> {
  yield (await taggedRuns(store, tag)).filter(isRunId);
}

/**
 * The id that a person means: `latest`, an id, or the beginning of one.
 * @throws StoreError if there is none, or more than one
 */
export async function findRunId(
  store: Store,
  reference: string,
  { endedBefore, pipeline }: PastOptions & Pick<RunFilter, 'pipeline'> = {},
): Promise<string> {
  if (isRunId(reference)) return reference;
  // A variable of a script that is not set must not mean the only run there is.
  if (reference === '')
    throw new StoreError('An empty text names no run: give `latest`, an id or the beginning of one.');
  if (reference === 'latest') {
    let problem: StoreError | undefined;
    const onUnreadable = (error: StoreError): void => void (problem ??= error);
    const [latest] = await listRuns(store, { limit: 1, pipeline, endedBefore, onUnreadable });
    if (latest) return latest.id;
    if (problem) throw problem;
    throw new StoreError(`There is no run yet in ${store.location}. \`tagflow run NOTEBOOK\` makes one.`);
  }
  const found: string[] = [];
  const isMeant = (id: string): boolean => id.startsWith(reference) && hadBegun(id, endedBefore);
  for await (const ids of runIds(store)) found.push(...ids.filter(isMeant));
  if (found.length === 1) return found[0]!;
  const which = JSON.stringify(reference);
  if (found.length === 0)
    throw new StoreError(`No run has an id that begins with ${which}. \`tagflow runs\` lists them.`);
  throw new AmbiguousError(
    `${found.length} runs have ids that begin with ${which}, such as ${found.slice(0, 3).join(', ')}: give more of the id.`,
  );
}

const READ_AHEAD = 16;

/** Ids of the runs of each day, newest first, from the day of an id on. */
export async function* runIds(store: Store, from = ''): AsyncGenerator<string[]> {
  for (const day of folders(await store.list('runs/')).reverse()) {
    if (day.replaceAll('-', '') < from.slice(0, 8)) return;
    const ids = folders(await store.list(`runs/${day}`)).map((name) => name.slice(0, -1));
    yield ids.filter(isRunId).reverse();
  }
}

async function isAlive(store: Store, run: string): Promise<boolean> {
  const heard =
    (await store.stat(`${runFolder(run)}heartbeat`)) ?? (await store.stat(`${runFolder(run)}start.json`));
  return heard !== undefined && Date.now() - heard.modified < HEARTBEAT_LIMIT;
}

function folders(names: readonly string[]): string[] {
  return names.filter((name) => name.endsWith('/'));
}

async function read<T>(
  store: Store,
  key: string,
  validate: (data: unknown) => data is T,
): Promise<T | undefined> {
  const bytes = await store.get(key);
  // After a power cut a file may be there without what was written to it: then nothing was recorded.
  if (!bytes?.length) return undefined;
  const record = parse(bytes);
  if (validate(record)) return record;
  const format = (record as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > 1) {
    throw new StoreError(
      `The record ${key} in ${store.location} was written by a newer tagflow: update tagflow to read it.`,
    );
  }
  throw damaged(store, key);
}

function damaged({ location }: Store, key: string): StoreError {
  return new StoreError(
    `The record ${key} in ${location} is damaged. Delete its folder, or restore it from a copy.`,
  );
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
