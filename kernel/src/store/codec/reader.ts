/** Reads CBOR (RFC 8949) items of definite length from memory. */
import type { Block } from './blocks.js';
import { DecodeError } from './error.js';

/** Keys repeat: those of up to this length are kept, so that each is made once. */
const CACHED_LENGTH = 24;
const CACHE_SIZE = 4096;

export class Reader {
  private readonly view: DataView;
  private readonly buffer: Buffer;
  private readonly cache: (string | undefined)[] = new Array<string | undefined>(CACHE_SIZE);
  at = 0;
  /** Major type, 0 to 7, of the head read last. */
  major = 0;
  /** Its additional information: 25, 26, 27 tell floats apart. */
  info = 0;

  private nextBlock = 0;

  /** @param blocks byte strings that are left out of the bytes, in their order */
  constructor(
    readonly bytes: Uint8Array,
    private readonly blocks: readonly Block[] = [],
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads a head; returns its argument. For floats (major 7) the argument is left unread. */
  head(): number {
    const first = this.byte();
    this.major = first >> 5;
    this.info = first & 31;
    if (this.info < 24) return this.info;
    if (this.info > 27)
      throw new DecodeError('It holds an item of indefinite length, which is never written.');
    if (this.major === 7) return this.info;
    const size = 1 << (this.info - 24);
    this.need(size);
    const at = this.at;
    this.at += size;
    if (size === 1) return this.bytes[at]!;
    if (size === 2) return this.view.getUint16(at);
    if (size === 4) return this.view.getUint32(at);
    const value = this.view.getUint32(at) * 0x100000000 + this.view.getUint32(at + 4);
    if (!Number.isSafeInteger(value)) throw new DecodeError('It holds an integer beyond 2^53.');
    return value;
  }

  float(): number {
    const size = 1 << (this.info - 24);
    this.need(size);
    const at = this.at;
    this.at += size;
    if (size === 8) return this.view.getFloat64(at);
    if (size === 4) return this.view.getFloat32(at);
    throw new DecodeError('It holds a float of a size that is never written.');
  }

  /** A string of so many bytes of UTF-8. */
  text(size: number): string {
    this.need(size);
    const from = this.at;
    this.at += size;
    if (size > CACHED_LENGTH) return this.buffer.toString('utf8', from, this.at);
    return this.cached(from, size);
  }

  /** So many bytes, as a view of the memory that is read. */
  slice(size: number): Uint8Array {
    const block = this.blocks[this.nextBlock];
    if (block?.at === this.at && block.bytes.length === size) {
      this.nextBlock++;
      return block.bytes;
    }
    this.need(size);
    const from = this.at;
    this.at += size;
    return this.bytes.subarray(from, this.at);
  }

  /** A byte string with its head. */
  byteString(): Uint8Array {
    return this.slice(this.byteCount());
  }

  /** So many bytes, as memory for the value alone. */
  memory(size = this.byteCount()): ArrayBuffer {
    const bytes = this.slice(size);
    if (bytes.buffer !== this.bytes.buffer) return bytes.buffer as ArrayBuffer;
    const copy = new ArrayBuffer(size);
    new Uint8Array(copy).set(bytes);
    return copy;
  }

  /** Major type of the item that comes next. */
  nextMajor(): number {
    return (this.bytes[this.at] ?? 0) >> 5;
  }

  /** The number of items that a head announced, refused if the bytes cannot hold so many. */
  count(items: number): number {
    if (items > this.bytes.length - this.at) throw new DecodeError('It ends too early.');
    return items;
  }

  private cached(from: number, size: number): string {
    const bytes = this.bytes;
    let hash = size;
    for (let i = from; i < from + size; i++) hash = (hash * 31 + bytes[i]!) | 0;
    const slot = hash & (CACHE_SIZE - 1);
    const known = this.cache[slot];
    if (known !== undefined && known.length === size && this.equals(known, from)) return known;
    const text = this.buffer.toString('utf8', from, from + size);
    this.cache[slot] = text;
    return text;
  }

  private equals(text: string, from: number): boolean {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== this.bytes[from + i]) return false;
    return true;
  }

  private byteCount(): number {
    const size = this.head();
    if (this.major !== 2) throw new DecodeError('It holds no bytes where bytes belong.');
    return size;
  }

  private byte(): number {
    this.need(1);
    return this.bytes[this.at++]!;
  }

  private need(size: number): void {
    if (this.at + size > this.bytes.length) throw new DecodeError('It ends too early.');
  }
}

/** The integer of tag 2, or 3 if negative. */
export function bigintOf(bytes: Uint8Array, negative: boolean): bigint {
  const value = bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return negative ? -1n - value : value;
}
