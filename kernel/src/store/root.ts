/** What a store's root says: in which format it is, and which store. */
import { randomBytes } from 'node:crypto';
import { STORE_FORMAT, StoreError } from './store.js';

export const ROOT = 'store.json';

/** The root of a new store. */
export function newRoot(): Uint8Array {
  return Buffer.from(`${JSON.stringify({ format: STORE_FORMAT, id: randomBytes(8).toString('hex') })}\n`);
}

/**
 * @param text what stands in the root
 * @param where the store is, and how another could be taken: the end of a sentence
 * @throws StoreError if it is damaged, or the store's format is newer than this version knows
 */
export function checkRoot(text: string, { location, other }: { location: string; other: string }): void {
  const format = formatOf(text);
  if (format === undefined) {
    throw new StoreError(
      `${ROOT} of the store at ${location} is damaged: it does not name the store's format. Restore it, or ${other}.`,
    );
  }
  if (format > STORE_FORMAT) {
    throw new StoreError(
      `The store at ${location} has format ${format}, made by a newer tagflow; this one knows format ${STORE_FORMAT}. Update tagflow, or ${other}.`,
    );
  }
}

function formatOf(text: string): number | undefined {
  try {
    const format = (JSON.parse(text) as { format?: unknown } | null)?.format;
    return typeof format === 'number' ? format : undefined;
  } catch {
    return undefined;
  }
}
