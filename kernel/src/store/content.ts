/** Content addressing: bytes are named by their sha256, and checked against it whenever they are read. */
import { createHash } from 'node:crypto';
import { digestOfChunks } from './codec.js';
import { CorruptBlobError, StoreError, type Store } from './store.js';

/** Where the bytes of a digest lie. */
export function blobKey(digest: string): string {
  return `blobs/sha256/${digest.slice(0, 2)}/${digest}`;
}

/** Writes bytes under their digest. Bytes that are there already are not written again. */
export async function putBlob(
  store: Store,
  bytes: Uint8Array | readonly Uint8Array[],
): Promise<{ digest: string; size: number }> {
  const chunks = bytes instanceof Uint8Array ? [bytes] : bytes;
  const digest = digestOfChunks(chunks);
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const known = await store.stat(blobKey(digest));
  // A file that a power cut left short has another size, and is mended here.
  if (known?.size !== size) await store.put(blobKey(digest), chunks);
  return { digest, size };
}

/**
 * The bytes of a digest.
 * @throws CorruptBlobError if they were changed or cut, StoreError if they are not there
 */
export async function getBlob(store: Store, digest: string): Promise<Uint8Array> {
  const hash = createHash('sha256');
  let hashed = 0;
  const bytes = await store.get(blobKey(digest), (piece) => {
    hash.update(piece);
    hashed += piece.length;
  });
  if (!bytes)
    throw new StoreError(
      `The store at ${store.location} has no blob ${digest}. Run the step that made it again.`,
    );
  if (hashed === 0) hash.update(bytes);
  if (hash.digest('hex') !== digest) {
    throw new CorruptBlobError(
      `The blob ${digest} in ${store.location} is damaged: its bytes do not have this digest. Delete ${blobKey(digest)} there and run the step that made it again.`,
    );
  }
  return bytes;
}
