import { availableParallelism } from 'node:os';

export interface ForeachOptions {
  /** How many items are worked on at once; by default as many as there are processors. */
  concurrency?: number;
}

/**
 * Maps a list concurrently. The results are in the order of the items.
 *
 *     const models = await foreach(shards, (shard) => train(shard), { concurrency: 4 });
 *
 * @throws what the body throws. After a failure no further item is started; once those under way have ended, the
 * error of the first item that failed, in the order of the list, is thrown
 */
export async function foreach<Item, Result>(
  items: Iterable<Item>,
  body: (item: Item, index: number) => Result,
  { concurrency = availableParallelism() }: ForeachOptions = {},
): Promise<Awaited<Result>[]> {
  checkConcurrency(concurrency);
  const all = [...items];
  const results = new Array<Awaited<Result>>(all.length);
  const failures = new Map<number, unknown>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < all.length && failures.size === 0) {
      const index = next++;
      try {
        results[index] = await body(all[index]!, index);
      } catch (error) {
        failures.set(index, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, all.length) }, work));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return results;
}

/** Throws RangeError for a concurrency below 1. */
export function checkConcurrency(concurrency = 1): void {
  if (!(concurrency >= 1)) throw new RangeError('foreach takes a concurrency from 1 on.');
}
