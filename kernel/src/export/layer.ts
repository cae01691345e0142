/** A layer of an image: an archive of files, compressed. */
import { createHash } from 'node:crypto';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type TarEntry, tarOf } from './tar.js';

export interface Layer {
  /** `sha256:…` of the compressed bytes. */
  digest: string;
  /** Compressed, in bytes. */
  size: number;
  /** `sha256:…` of the archive inside. */
  diffId: string;
}

/** Small pieces are handed on together. */
const PIECE = 256 * 1024;
/** Where gzip says which system it ran on (RFC 1952). */
const SYSTEM = 9;
const UNKNOWN = 255;

/**
 * Writes a layer and says what it is. The same entries give the same archive everywhere, and the same bytes wherever
 * Node's zlib is the same.
 *
 * @throws what reading the entries or writing throws
 */
export async function packLayer(
  entries: Iterable<TarEntry>,
  to: Writable,
  signal?: AbortSignal,
): Promise<Layer> {
  const archive = meter();
  const compressed = meter((first) => (first[SYSTEM] = UNKNOWN));
  await pipeline(
    Readable.from(joined(tarOf(entries)), { objectMode: false }),
    archive.stream,
    createGzip({ level: 6, chunkSize: PIECE }),
    compressed.stream,
    to,
    { signal },
  );
  return { digest: compressed.digest(), size: compressed.size(), diffId: archive.digest() };
}

/** `sha256:…` of some bytes. */
export function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Passes bytes on, counts and digests them. */
export function meter(onFirst?: (bytes: Uint8Array) => void) {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(bytes: Buffer, _, done) {
      if (size === 0) onFirst?.(bytes);
      size += bytes.length;
      hash.update(bytes);
      done(null, bytes);
    },
  });
  return { stream, size: () => size, digest: () => `sha256:${hash.digest('hex')}` };
}

async function* joined(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < PIECE) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}
