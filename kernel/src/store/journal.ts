/**
 * Writes the records of runs: each once, never changed; and what finds them again, links and tags. Apart from the reading
 * side because a step's process writes only, and should start without what reading needs.
 */
import type { AttemptEnd, AttemptStart, RunEnd, RunStart } from '@tagflow/schema';
import { linksOfEnd, linksOfStart, markLinksComplete, writeLinks } from './links.js';
import { type AttemptId, attemptFolder } from './place-in-step.js';
import { runFolder } from './run-id.js';
import { writeTags } from './run-tag.js';
import type { Store } from './store.js';

/** Begins a run: its start, and the notebook (outputs stripped) as it was. */
export async function writeRunStart(store: Store, start: RunStart, notebook?: string): Promise<void> {
  // The first run of a store: from here on every run has its links.
  if ((await store.list('runs/')).length === 0) await markLinksComplete(store);
  if (start.tags) await writeTags(store, start.id, start.tags);
  if (notebook !== undefined) await store.put(`${runFolder(start.id)}notebook.ipynb`, Buffer.from(notebook));
  await store.put(`${runFolder(start.id)}start.json`, json(start));
}

export async function writeRunEnd(store: Store, end: RunEnd): Promise<void> {
  await store.put(`${runFolder(end.id)}end.json`, json(end));
}

export async function writeAttemptStart(store: Store, start: AttemptStart): Promise<void> {
  await Promise.all([
    writeLinks(store, linksOfStart(start)),
    store.put(`${attemptFolder(start)}start.json`, json(start)),
  ]);
}

export async function writeAttemptEnd(store: Store, id: AttemptId, end: AttemptEnd): Promise<void> {
  await writeLinks(store, linksOfEnd(id, end));
  await store.put(`${attemptFolder(id)}end.json`, json(end));
}

export async function beatHeart(store: Store, run: string): Promise<void> {
  await store.put(`${runFolder(run)}heartbeat`, Buffer.alloc(0));
}

function json(record: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}
