/**
 * The binary form of values: canonical CBOR, described in `codec.md`.
 *
 * The reader and writer are our own because the encoding is what digests rest on for years: published libraries choose
 * their own forms for what CBOR leaves open (records, float sizes, classes), change them between versions, copy typed
 * arrays and drop what they do not know. Ours writes the listed kinds exactly and refuses the rest, with the path.
 */
import { createHash } from 'node:crypto';
import type { Blocks } from './codec/blocks.js';
import type { ClassOrigin } from './codec/classes.js';
import { Decoder, type DecodeOptions } from './codec/decoder.js';
import { Encoder, type EncodeOptions, type Lax } from './codec/encoder.js';
import { DecodeError, EncodeError } from './codec/error.js';

export { ClassRegistry, type ClassOrigin } from './codec/classes.js';
export type { ClassNotice, DecodeOptions } from './codec/decoder.js';
export type { EncodeOptions, Lax } from './codec/encoder.js';
export { DecodeError, EncodeError } from './codec/error.js';
export { CODEC_VERSION } from './codec/tags.js';

/** The canonical encoding. Throws EncodeError, which names the part that cannot be kept. */
export function encode(value: unknown, options: EncodeOptions = {}): Uint8Array {
  const chunks = encodeChunks(value, options);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** The same bytes in pieces; the large ones are the value's own memory, so use them before it changes. */
export function encodeChunks(value: unknown, options: EncodeOptions = {}): Uint8Array[] {
  try {
    return new Encoder(options).encode(value);
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      throw new EncodeError(options.name ?? 'value', 'is nested too deeply to be kept.');
    }
    throw error;
  }
}

/** A canonical encoding as it was read. */
export type Encoding = Uint8Array | Blocks;

/**
 * The value. Throws DecodeError for bytes that are not an encoding, or one of a newer version. Of blocks it takes the
 * memory: they can be decoded once.
 */
export function decode(encoding: Encoding, options: DecodeOptions = {}): unknown {
  const isWhole = encoding instanceof Uint8Array;
  try {
    const decoder = isWhole
      ? new Decoder(encoding, options)
      : new Decoder(encoding.stream, options, encoding.take());
    return decoder.decode();
  } catch (error) {
    // What is no encoding may name an impossible length, date or expression, or nest without end.
    if (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError)
      throw new DecodeError('It is not written as an encoded value is.', { cause: error });
    throw error;
  }
}

/** The classes whose instances an encoded value holds; those of packages must be imported before it is decoded. */
export function classesOf(encoding: Encoding): ClassOrigin[] {
  return new Decoder(encoding instanceof Uint8Array ? encoding : encoding.stream).header();
}

/** sha256 of bytes in pieces, hexadecimal. */
export function digestOfChunks(chunks: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * A digest that tells whether a value changed. Also for values that cannot be kept: what of them can be seen counts, but
 * no functions.
 * @param lax given again with the same value: a getter that has become a value by being asked is no change
 */
export function guardDigest(
  value: unknown,
  options: Omit<EncodeOptions, 'lax'> = {},
  lax: Lax = { accessors: new WeakMap() },
): string {
  return digestOfChunks(encodeChunks(value, { ...options, lax }));
}
