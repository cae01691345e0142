/** The index of links and tags, for commands that need it: a store may hold runs from before there was one. */
import { areLinksComplete } from '../store/links.js';
import { reindex } from '../store/reindex.js';
import type { Store } from '../store/store.js';

export async function requireIndex(store: Store): Promise<void> {
  if ((await areLinksComplete(store)) || (await store.list('runs/')).length === 0) return;
  process.stderr.write('Indexing all runs, this once.\n');
  await reindex(store);
}
