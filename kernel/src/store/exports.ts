/**
 * What exported pipelines hold on to. No record of a run names it before their first run, and a schedule may be slower
 * than a removal: each export has an entry that lists its digests, made young again whenever a run begins from it.
 */
import { digestsIn } from './run-files.js';
import type { Store } from './store.js';

const FOLDER = 'exports/';

/** @param start digest of the blob that its runs begin from; `digests` are all others that they need */
export async function keepExport(store: Store, start: string, digests: readonly string[]): Promise<void> {
  const entry = { format: 1, blobs: [...new Set([start, ...digests])].sort() };
  await store.put(FOLDER + start, Buffer.from(JSON.stringify(entry)));
}

/** A run begins from it. */
export async function renewExport(store: Store, start: string): Promise<void> {
  await store.touch(FOLDER + start);
}

export interface Exports {
  /** Keys of those from which no run has begun for too long. */
  outdated: string[];
  /** Digests of the others, as `compact` has them. */
  digests: string[];
}

/** @param horizon what is younger stays, in milliseconds by the store's clock */
export async function readExports(store: Store, horizon: number): Promise<Exports> {
  const found: Exports = { outdated: [], digests: [] };
  for await (const entries of store.entries(FOLDER)) {
    for (const { key, modified, unfinished } of entries) {
      if (unfinished) continue;
      if (modified < horizon) found.outdated.push(key);
      else found.digests.push(...digestsIn(await store.get(key)));
    }
  }
  return found;
}
