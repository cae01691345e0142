/** The one NaN of floats in memory: quiet, positive, without a payload. */

/** Bytes of an element. */
const SIZES = { Float16Array: 2, Float32Array: 4, Float64Array: 8 } as const;

export type FloatName = keyof typeof SIZES;

export function isFloatName(name: string): name is FloatName {
  return Object.hasOwn(SIZES, name);
}

/**
 * The bytes with every NaN between two offsets written as the one NaN: the same memory if there is no other NaN,
 * else a copy.
 * @param bytes all of an ArrayBuffer's bytes, little-endian
 */
export function canonicalFloats(bytes: Uint8Array, name: FloatName, from: number, to: number): Uint8Array {
  const size = SIZES[name];
  const aligned = (bytes.byteOffset + from) % size === 0;
  const part = aligned ? bytes.subarray(from, to) : new Uint8Array(bytes.subarray(from, to));
  const changed =
    name === 'Float16Array' ? oddHalf(part) : name === 'Float32Array' ? oddSingle(part) : oddDouble(part);
  if (changed.length === 0) return bytes;
  const copy = new Uint8Array(bytes);
  const view = new DataView(copy.buffer, from);
  for (const index of changed) {
    if (size === 8) view.setBigUint64(index * 8, 0x7ff8000000000000n, true);
    else if (size === 4) view.setUint32(index * 4, 0x7fc00000, true);
    else view.setUint16(index * 2, 0x7e00, true);
  }
  return copy;
}

/** Indices of NaN that are written otherwise. */
function oddDouble(bytes: Uint8Array): number[] {
  const values = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const odd: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== values[i] && (words[2 * i] !== 0 || words[2 * i + 1] !== 0x7ff80000)) odd.push(i);
  }
  return odd;
}

function oddSingle(bytes: Uint8Array): number[] {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const odd: number[] = [];
  for (let i = 0; i < words.length; i++) {
    if ((words[i]! & 0x7fffffff) > 0x7f800000 && words[i] !== 0x7fc00000) odd.push(i);
  }
  return odd;
}

function oddHalf(bytes: Uint8Array): number[] {
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const odd: number[] = [];
  for (let i = 0; i < words.length; i++) {
    if ((words[i]! & 0x7fff) > 0x7c00 && words[i] !== 0x7e00) odd.push(i);
  }
  return odd;
}
