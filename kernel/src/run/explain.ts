/** Why the programs of a step ran, or did not. */
import type { Pipeline, Program, Run, Step } from '@tagflow/schema';
import { findCacheEntry } from '../store/cache.js';
import { getBlob } from '../store/content.js';
import { listRuns, readAttempts, readPipeline } from '../store/records.js';
import type { AttemptRecord } from '../store/state.js';
import type { Store } from '../store/store.js';
import { cachingOf } from './key/caching.js';
import { differences, type KeyParts } from './key/key.js';

export interface Explanation {
  segment: number;
  kind: Program['kind'];
  /** The run whose results stand for it. */
  cached?: string;
  /** Of a body: the other runs of which results stand for items. */
  cachedToo?: string[];
  /** Of a body: how many items stood already, of how many. */
  items?: { cached: number; total: number };
  /** Sentences; empty where nothing ran. */
  reasons: string[];
}

/** One for each program of the step that the run came to. */
export async function explainStep(store: Store, run: Run, name: string): Promise<Explanation[]> {
  const pipeline = await readPipeline(store, run);
  const step = pipeline.steps.find((each) => each.name === name)!;
  const attempts = await readAttempts(store, run.id, name);
  const explanations: Explanation[] = [];
  for (const program of step.programs) {
    const own = attempts.filter(({ start }) => start.segment === program.segment);
    if (own.length === 0) continue;
    const items = own.filter(({ start, end }) => start.index !== undefined && end);
    const cached = own.filter(({ end }) => end?.cached !== undefined);
    const { segment, kind } = program;
    const [first, ...others] = new Set(cached.map(({ end }) => end!.cached!));
    explanations.push({
      segment,
      kind,
      ...(cached.length === own.length ? { cached: first! } : {}),
      ...(cached.length === own.length && others.length > 0 ? { cachedToo: others } : {}),
      ...(kind === 'body' ? { items: { cached: cached.length, total: items.length } } : {}),
      reasons:
        cached.length === own.length
          ? []
          : await reasonsOf(
              store,
              run,
              step,
              own.find(({ end }) => !end?.cached)!,
            ),
    });
  }
  return explanations;
}

async function reasonsOf(store: Store, run: Run, step: Step, attempt: AttemptRecord): Promise<string[]> {
  const { cached, reason } = cachingOf(step);
  const never = cached ? [] : [`It runs each time, because ${reason}.`];
  const before = await earlierAttempt(store, run, attempt);
  if (!before) return [...never, 'No earlier run came to it.'];
  const changes = await changesSince(store, before, attempt);
  if (changes.length > 0)
    return [...never, ...changes.map((each) => `Since run ${before.start.run}: ${each}.`)];
  if (never.length > 0) return never;
  const hasSucceeded = before.end?.state === 'succeeded';
  if (attempt.start.index !== undefined && !(hasSucceeded && before.start.key === attempt.start.key))
    return ['These items are new, or did not succeed before.'];
  if (!hasSucceeded) return [`In run ${before.start.run} it did not succeed.`];
  const old = await tooOldOf(store, step, before, attempt);
  if (old !== undefined) return [`The results of run ${old} were older than ${cachingOf(step).maxAgeText}.`];
  return [
    'Its results were not used: the run was told so, they are no longer in the store, or they lack what is kept now.',
  ];
}

/** The run whose results would have stood, had they not been too old. */
async function tooOldOf(
  store: Store,
  step: Step,
  before: AttemptRecord,
  { start: { created, key } }: AttemptRecord,
): Promise<string | undefined> {
  const { maxAge = Infinity } = cachingOf(step);
  const maker = before.end?.cached ?? before.start.run;
  const entry = key === undefined ? undefined : await findCacheEntry(store, key, { run: maker });
  return entry && Date.parse(created) - Date.parse(entry.created) > maxAge ? maker : undefined;
}

/** Sentences about what differs between two attempts of a program. */
export async function changesSince(
  store: Store,
  before: AttemptRecord,
  now: AttemptRecord,
): Promise<string[]> {
  if (before.start.parts === undefined || now.start.parts === undefined) return [];
  const [was, is] = await Promise.all([partsIn(store, before.start.parts), partsIn(store, now.start.parts)]);
  return differences(was, is).map(({ sentence }) => sentence);
}

export async function partsIn(store: Store, digest: string): Promise<KeyParts> {
  return JSON.parse(Buffer.from(await getBlob(store, digest)).toString()) as KeyParts;
}

/** So many earlier runs are looked at. */
const LOOK_BACK = 20;

/** The last attempt of the same program in an earlier run of the pipeline, on the same item if there is one. */
async function earlierAttempt(
  store: Store,
  run: Run,
  { start: { step, segment, key } }: AttemptRecord,
): Promise<AttemptRecord | undefined> {
  const runs = await listRuns(store, { pipeline: run.pipeline, until: run.created, limit: LOOK_BACK });
  for (const { id } of runs) {
    if (id === run.id) continue;
    const attempts = (await readAttempts(store, id, step)).filter(
      ({ start }) => start.segment === segment && start.parts !== undefined,
    );
    const found = attempts.findLast(({ start }) => start.key === key) ?? attempts.at(-1);
    if (found) return found;
  }
  return undefined;
}

/** The last attempt of each program in the newest run of a pipeline that came to it: by step and segment. */
export async function latestAttempts(
  store: Store,
  { name, steps }: Pick<Pipeline, 'name' | 'steps'>,
): Promise<Map<string, AttemptRecord>> {
  const found = new Map<string, AttemptRecord>();
  const wanted = new Set(
    steps.flatMap((step) => step.programs.map(({ segment }) => `${step.name}/${segment}`)),
  );
  for (const { id } of await listRuns(store, { pipeline: name, limit: LOOK_BACK })) {
    for (const attempt of await readAttempts(store, id)) {
      const { step, segment, parts } = attempt.start;
      const key = `${step}/${segment}`;
      if (parts !== undefined && wanted.delete(key)) found.set(key, attempt);
    }
    if (wanted.size === 0) break;
  }
  return found;
}
