/** What a run takes over from the one on which it goes on. */
import { basename, dirname, join } from 'node:path';
import type { Origin, Run, RunStart } from '@tagflow/schema';
import { projectOf } from '../store/location.js';
import { readAttempts, readNotebook, readRunStart } from '../store/records.js';
import type { AttemptRecord } from '../store/state.js';
import { StoreError, type Store } from '../store/store.js';
import type { Results } from './key/cache.js';
import type { StartOptions } from './start.js';

/**
 * As of which moment the steps of a run see earlier runs.
 * @throws StoreError if there is no such run
 */
export async function asOfRun(store: Store, run: string): Promise<string> {
  const start = await readRunStart(store, run);
  if (!start) throw new StoreError(`There is no run ${run} in ${store.location}.`);
  return start.asOf ?? start.created;
}

/**
 * All programs and items that succeeded in a run, or in those on which it went on: it may have been stopped before it
 * took them over.
 */
export async function resultsOf(store: Store, run: string): Promise<Results> {
  const attempts = await readAttempts(store, run);
  const own = attempts.flatMap((attempt): [string, AttemptRecord][] =>
    attempt.end?.state === 'succeeded' && attempt.start.key ? [[attempt.start.key, attempt]] : [],
  );
  const origin = (await readRunStart(store, run))?.origin;
  return new Map([...(origin ? await resultsOf(store, origin.run) : []), ...own]);
}

/** The runs on which a run goes on, that with which it was told to go on first. */
export async function originsOf(store: Store, { origin }: Pick<RunStart, 'origin'>): Promise<string[]> {
  if (!origin) return [];
  const earlier = await readRunStart(store, origin.run);
  return [origin.run, ...(earlier ? await originsOf(store, earlier) : [])];
}

/**
 * How to go on with a run: what succeeded in it stands, as far as its key is the same, also where nothing is cached.
 * @param kind resume: with the notebook as it is now, `current`; retry: with the notebook as it was
 * @throws StoreError if the run did not record its notebook, or the record is damaged
 */
export async function goOnWith(
  store: Store,
  run: Run,
  kind: Origin['kind'],
  directory: string,
  current?: string,
): Promise<Pick<StartOptions, 'notebook' | 'path' | 'directory' | 'origin' | 'asOf' | 'resumed'>> {
  const text = kind === 'retry' ? await readNotebook(store, run.id) : current;
  if (run.notebook === undefined || text === undefined)
    throw new StoreError(`Run ${run.id} did not record its notebook, so that it cannot be run again.`);
  const path = join(projectOf(directory), run.notebook);
  return {
    notebook: text,
    path: basename(path),
    directory: dirname(path),
    origin: { run: run.id, kind },
    asOf: await asOfRun(store, run.id),
    resumed: await resultsOf(store, run.id),
  };
}
