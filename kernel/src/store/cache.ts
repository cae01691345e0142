/**
 * What programs made, by key. Entries are written once each under a name of their own, never changed: two runs that make
 * the same at the same time leave two entries. The newest counts.
 *
 *     keys/<first three of the key>/<key>.<run>.<step>.<segment>[.<index>].json
 *
 * A folder per key would cost each item of a loop one more thing to make.
 */
import { type CacheEntry, validateCacheEntry } from '@tagflow/schema';
import { blobKey } from './content.js';
import { placeInStep } from './place-in-step.js';
import type { Store } from './store.js';

export interface FindOptions {
  /** Milliseconds; an older entry does not count. */
  maxAge?: number;
  /** Only entries of this run count. */
  run?: string;
}

/** An artifact that one key gave different values: the program depends on something that its key does not show. */
export interface Conflict {
  /** The artifact's name; `branch` or `items` of a condition or foreach. */
  name: string;
  /** Each digest (a branch's number, the digests of items) with the runs that made it, oldest first. */
  values: { value: string; runs: string[] }[];
}

export async function writeCacheEntry(store: Store, entry: CacheEntry): Promise<void> {
  const { key, run, step } = entry;
  const name = [key, run, step, placeInStep(entry)].join('.');
  await store.put(`${folderOf(key)}${name}.json`, Buffer.from(`${JSON.stringify(entry)}\n`));
}

/**
 * The newest entry that is whole: its blobs are there and have their sizes. Entries that are damaged, or of a newer
 * format, are passed over.
 */
export async function findCacheEntry(
  store: Store,
  key: string,
  { maxAge = Infinity, run }: FindOptions = {},
): Promise<CacheEntry | undefined> {
  const names = await namesOf(store, key);
  // Ids of runs are sorted by time.
  for (const name of names.reverse()) {
    if (run !== undefined && !name.startsWith(`${key}.${run}.`)) continue;
    const entry = await readEntry(store, key, name);
    if (!entry || Date.now() - Date.parse(entry.created) > maxAge) continue;
    if (await isWhole(store, entry)) return entry;
  }
  return undefined;
}

/** Where the entries of a key contradict each other: empty as long as equal keys gave equal values. */
export async function conflicts(store: Store, key: string): Promise<Conflict[]> {
  const names = await namesOf(store, key);
  if (names.length < 2) return [];
  const entries = await Promise.all(names.map((name) => readEntry(store, key, name)));
  const found = new Map<string, Map<string, string[]>>();
  for (const entry of entries) {
    if (!entry) continue;
    for (const [name, digest] of valuesOf(entry)) {
      const values = found.get(name) ?? new Map<string, string[]>();
      values.set(digest, [...(values.get(digest) ?? []), entry.run]);
      found.set(name, values);
    }
  }
  return [...found]
    .filter(([, values]) => values.size > 1)
    .map(([name, values]) => ({ name, values: [...values].map(([value, runs]) => ({ value, runs })) }));
}

/** Oldest run first. */
async function namesOf(store: Store, key: string): Promise<string[]> {
  return (await store.list(folderOf(key))).filter((name) => name.startsWith(`${key}.`));
}

function folderOf(key: string): string {
  return `keys/${key.slice(0, 3)}/`;
}

async function readEntry(store: Store, key: string, name: string): Promise<CacheEntry | undefined> {
  const bytes = await store.get(folderOf(key) + name);
  if (!bytes) return undefined;
  try {
    const entry: unknown = JSON.parse(Buffer.from(bytes).toString());
    return validateCacheEntry(entry) && entry.key === key ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the blobs of an entry are there and have their sizes. */
export async function isWhole(store: Store, { outputs, items = [], result }: CacheEntry): Promise<boolean> {
  const present = await Promise.all(
    [...outputs, ...items, ...(result ? [result] : [])].map(async ({ digest, size, identity }) => {
      const found = await Promise.all([
        store.stat(blobKey(digest)),
        identity === undefined ? undefined : store.stat(blobKey(identity)),
      ]);
      return found[0]?.size === size && (identity === undefined || !!found[1]?.size);
    }),
  );
  return present.every(Boolean);
}

function valuesOf({ outputs, branch, items, result }: CacheEntry): [string, string][] {
  const values = outputs.map(({ name, digest }): [string, string] => [name, digest]);
  if (branch !== undefined) values.push(['branch', String(branch)]);
  if (result) values.push(['result', result.digest]);
  if (items) values.push(['items', items.map(({ digest }) => digest).join(' ')]);
  return values;
}
