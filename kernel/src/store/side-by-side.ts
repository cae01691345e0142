/** Work on many things, some at a time. */

/** Hears what is being done, and how far it is. */
export type Tell = (what: string, done: number) => void;

const AT_ONCE = 16;

/** Rejects when one of them does; those that had begun may still go on then. */
export async function sideBySide<T>(
  all: readonly T[],
  work: (each: T) => Promise<void>,
  tell: (done: number) => void = () => undefined,
): Promise<void> {
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < all.length) {
      await work(all[next++]!);
      tell(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, worker));
}
