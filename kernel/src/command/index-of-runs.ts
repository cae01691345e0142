import { completeIndex } from '../store/reindex.js';
import type { Store } from '../store/store.js';
import { printAside } from './text.js';

/** The index of links and tags, for commands that need it. */
export function requireIndex(store: Store): Promise<void> {
  return completeIndex(store, () => printAside('Indexing all runs, this once.\n'));
}
