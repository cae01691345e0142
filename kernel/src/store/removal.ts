/**
 * Removes what nothing needs, in an order that leaves a store that reads correctly wherever it breaks off.
 *
 * First go cached results, so that no new run is given a value that is about to go. Then runs: of each the attempts,
 * then its start, last its end, which alone still reads as the whole run. Blobs go after all records that name them, so
 * that what a record names is always there; what is left without a record is found again the next time. Links and tags
 * are derived: they may go any time.
 */
import type { Garbage } from './garbage.js';
import { runFolder } from './run-id.js';
import { type Tell, sideBySide } from './side-by-side.js';
import type { Store } from './store.js';

/** Removes what was found. Breaking it off at any moment leaves a store that reads correctly. */
export async function removeGarbage(
  store: Store,
  garbage: Garbage,
  tell: Tell = () => undefined,
): Promise<void> {
  const { cached, runs, exports, index, blobs, programs, unfinished, horizon } = garbage;
  const remove = (key: string): Promise<void> => store.delete(key);
  const removeOld = async (key: string): Promise<void> => {
    const known = await store.stat(key);
    if (known && known.modified < horizon) await store.delete(key);
  };
  await sideBySide(cached, remove, (done) => tell('Removing cached results', done));
  await sideBySide(
    runs,
    (id) => removeRun(store, id),
    (done) => tell('Removing runs', done),
  );
  await sideBySide(exports, removeOld, (done) => tell('Removing exported pipelines', done));
  await sideBySide(index, remove, (done) => tell('Removing links', done));
  await sideBySide(blobs, removeOld, (done) => tell('Removing values', done));
  await sideBySide(programs, removeOld, (done) => tell('Removing programs', done));
  await sideBySide(unfinished, remove, (done) => tell('Removing unfinished writes', done));
}

async function removeRun(store: Store, id: string): Promise<void> {
  const folder = runFolder(id);
  const [start, end] = [`${folder}start.json`, `${folder}end.json`];
  for await (const entries of store.entries(folder)) {
    for (const { key } of entries) if (key !== start && key !== end) await store.delete(key);
  }
  await store.delete(start);
  await store.delete(end);
}
