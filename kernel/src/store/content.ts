/** Content addressing: bytes are named by their sha256, and checked against it whenever they are read. */
import { createHash } from 'node:crypto';
import { now } from './clock.js';
import { type Encoding, digestOfChunks } from './codec.js';
import { CorruptBlobError, StoreError, type Store } from './store.js';

/** Where the bytes of a digest lie. */
export function blobKey(digest: string): string {
  return `blobs/sha256/${digest.slice(0, 2)}/${digest}`;
}

/**
 * A blob that is used again is made young again if it is older than this, in milliseconds: whoever clears the store
 * leaves young blobs alone, because the record that will name them may not be written yet.
 */
export const FRESH = 3_600_000;

/** The digest of no bytes, as a declared file may have. */
const NOTHING = digestOfChunks([]);

/** Writes bytes under their digest. Bytes that are there already are not written again, unless that costs less. */
export async function putBlob(
  store: Store,
  bytes: Uint8Array | readonly Uint8Array[],
): Promise<{ digest: string; size: number }> {
  const chunks = bytes instanceof Uint8Array ? [bytes] : bytes;
  const digest = digestOfChunks(chunks);
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (size <= (store.smallWrite ?? -1) || !(await reuseBlob(store, digest, size)))
    await store.put(blobKey(digest), chunks);
  return { digest, size };
}

/**
 * Whether a blob is there to be used again, by whoever will name it in a record without having its bytes at hand: it
 * will not be cleared away before that record is written.
 * @param size in bytes, where it is known
 */
export async function reuseBlob(store: Store, digest: string, size?: number): Promise<boolean> {
  const known = await store.stat(blobKey(digest));
  if (!known || known.size !== (size ?? known.size)) return false;
  // A power cut may have left it empty.
  if (known.size === 0 && digest !== NOTHING) return false;
  return refresh(store, digest, known.modified);
}

async function refresh(store: Store, digest: string, modified: number): Promise<boolean> {
  return now() - modified < FRESH || store.touch(blobKey(digest));
}

/**
 * The bytes of a digest.
 * @throws CorruptBlobError if they were changed or cut, StoreError if they are not there
 */
export async function getBlob(store: Store, digest: string): Promise<Uint8Array> {
  return verified(store, digest, (onPiece) => store.get(blobKey(digest), onPiece));
}

/** The same, to be decoded once. */
export async function getEncoding(store: Store, digest: string): Promise<Encoding> {
  const get = (store.getEncoding ?? store.get).bind(store);
  return verified<Encoding>(store, digest, (onPiece) => get(blobKey(digest), onPiece));
}

async function verified<T extends Encoding>(
  store: Store,
  digest: string,
  read: (onPiece: (piece: Uint8Array) => void) => Promise<T | undefined>,
): Promise<T> {
  const hash = createHash('sha256');
  let hashed = 0;
  const bytes = await read((piece) => {
    hash.update(piece);
    hashed += piece.length;
  });
  if (!bytes)
    throw new StoreError(
      `The store at ${store.location} has no blob ${digest}. Run the step that made it again.`,
    );
  if (hashed === 0 && bytes instanceof Uint8Array) hash.update(bytes);
  if (hash.digest('hex') !== digest) {
    throw new CorruptBlobError(
      `The blob ${digest} in ${store.location} is damaged: its bytes do not have this digest. Delete ${blobKey(digest)} there and run the step that made it again.`,
    );
  }
  return bytes;
}
