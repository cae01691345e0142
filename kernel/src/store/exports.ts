/**
 * What exported pipelines hold on to. No record of a run names it before their first run, and a schedule may be slower
 * than a removal: each export has an entry that lists its digests, made young again whenever a run begins from it.
 */
import { reuseBlob } from './content.js';
import { digestTextsIn, digestsIn } from './run-files.js';
import { sideBySide } from './side-by-side.js';
import type { Store } from './store.js';

const FOLDER = 'exports/';

interface ExportEntry {
  format: 1;
  pipeline: string;
  /** Digests of the blob that its runs begin from, and of all others that they need. */
  blobs: string[];
}

/** @param needed texts that name all else that its runs need */
export async function keepExport(
  store: Store,
  start: string,
  pipeline: string,
  needed: readonly Uint8Array[],
): Promise<void> {
  const blobs = [...new Set([start, ...needed.flatMap(digestTextsIn)])].sort();
  const entry: ExportEntry = { format: 1, pipeline, blobs };
  await store.put(FOLDER + start, Buffer.from(JSON.stringify(entry)));
}

/** A run begins from it: a removal that goes on meanwhile leaves what it needs alone. */
export async function renewExport(store: Store, start: string): Promise<void> {
  if (!(await store.touch(FOLDER + start))) return;
  const entry = entryOf(await store.get(FOLDER + start));
  await sideBySide(entry?.blobs ?? [], async (digest) => void (await reuseBlob(store, digest)));
}

export interface Exports {
  /** Keys of those from which no run has begun for too long. */
  outdated: string[];
  /** Digests of the others, as `compact` has them. */
  digests: string[];
}

/**
 * The newest of each pipeline stays: its schedule may be slower than any removal.
 * @param horizon what is younger stays too, in milliseconds by the store's clock
 */
export async function readExports(store: Store, horizon: number): Promise<Exports> {
  const all: { key: string; modified: number; bytes: Uint8Array | undefined }[] = [];
  for await (const entries of store.entries(FOLDER))
    for (const { key, modified, unfinished } of entries)
      if (!unfinished) all.push({ key, modified, bytes: await store.get(key) });
  all.sort((a, b) => b.modified - a.modified);
  const seen = new Set<string | undefined>();
  const found: Exports = { outdated: [], digests: [] };
  for (const { key, modified, bytes } of all) {
    const pipeline = entryOf(bytes)?.pipeline;
    const isNewest = !seen.has(pipeline);
    seen.add(pipeline);
    if (!isNewest && modified < horizon) found.outdated.push(key);
    else found.digests.push(...digestsIn(bytes));
  }
  return found;
}

/** Undefined of what is damaged. */
function entryOf(bytes: Uint8Array | undefined): ExportEntry | undefined {
  try {
    return JSON.parse(Buffer.from(bytes ?? []).toString()) as ExportEntry;
  } catch {
    return undefined;
  }
}
