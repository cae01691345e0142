/** Makes the links and tags of all runs anew from their records. */
import { areLinksComplete, linksOfEnd, linksOfStart, markLinksComplete, writeLinks } from './links.js';
import { readAttempts, readRunStart, runIds } from './records.js';
import { writeTags } from './run-tag.js';
import { StoreError, type Store } from './store.js';

/**
 * Sees to it that all runs have links and tags: a store may hold some from before there were such.
 * @param tell hears that this takes a while
 */
export async function completeIndex(store: Store, tell: () => void = () => undefined): Promise<void> {
  if ((await areLinksComplete(store)) || (await store.list('runs/')).length === 0) return;
  tell();
  await reindex(store);
}

/** Returns how many runs there are. `tell` hears how far it is. */
export async function reindex(store: Store, tell: (runs: number) => void = () => undefined): Promise<number> {
  let count = 0;
  for await (const ids of runIds(store)) {
    for (const id of ids) {
      await indexRun(store, id);
      tell(++count);
    }
  }
  await markLinksComplete(store);
  return count;
}

async function indexRun(store: Store, id: string): Promise<void> {
  try {
    const start = await readRunStart(store, id);
    if (start?.tags) await writeTags(store, id, start.tags);
    const attempts = await readAttempts(store, id);
    await writeLinks(
      store,
      attempts.flatMap((attempt) => [
        ...linksOfStart(attempt.start),
        ...(attempt.end ? linksOfEnd(attempt.start, attempt.end) : []),
      ]),
    );
  } catch (error) {
    // A run whose records are damaged is in no lineage.
    if (!(error instanceof StoreError)) throw error;
  }
}
