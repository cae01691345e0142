/** CBOR tag numbers of the encoding. `codec.md` beside this folder is the specification; keep the two equal. */

/** Version of the encoding, in the header of every value. */
export const CODEC_VERSION = 1;

/** Tags that others registered, with their registered meaning. */
export const SELF_DESCRIBED = 55799;
export const POSITIVE_BIGINT = 2;
export const NEGATIVE_BIGINT = 3;
export const SHAREABLE = 28;
export const REFERENCE = 29;
export const SET = 258;
export const MAP = 259;
/** A string that has no UTF-8 form because it holds lone surrogates. */
export const WTF8_STRING = 273;

/** RFC 8746: typed arrays, little-endian. */
export const TYPED_ARRAY_TAGS = {
  Uint8Array: 64,
  Uint8ClampedArray: 68,
  Uint16Array: 69,
  Uint32Array: 70,
  BigUint64Array: 71,
  Int8Array: 72,
  Int16Array: 77,
  Int32Array: 78,
  BigInt64Array: 79,
  Float16Array: 84,
  Float32Array: 85,
  Float64Array: 86,
} as const;

export type TypedArrayName = keyof typeof TYPED_ARRAY_TAGS;

/** Our own tags: a block that nobody registered. Numbers are never given a second meaning. */
const OWN = 0x5446;
export const DATE = OWN;
export const REGEXP = OWN + 1;
export const ERROR = OWN + 2;
export const BOXED = OWN + 3;
export const NULL_PROTOTYPE = OWN + 4;
export const SPARSE_ARRAY = OWN + 5;
export const WITH_PROPERTIES = OWN + 6;
export const INTEGRITY = OWN + 7;
export const NODE_BUFFER = OWN + 8;
export const VIEW = OWN + 9;
export const BUFFER_OF = OWN + 10;
export const INSTANCE = OWN + 11;
export const CONVERTED = OWN + 12;
/** Inside what a package's `toJSON` returned: an object that stands there as its own `toJSON` has it. */
export const AS_JSON = OWN + 14;
/** Written by the lax mode of digests only; never in a stored value. */
export const OPAQUE = OWN + 13;
