/**
 * Writes CBOR (RFC 8949) items into growing memory.
 *
 * Large byte strings are not copied: they stay blocks of their own and become chunks of the result. Objects that turn
 * out to be met twice are marked afterwards (`edit`), so that one pass over a value is enough.
 */
import { WTF8_STRING } from './tags.js';

const FIRST_SIZE = 1024;
/** From this size on, bytes are handed on instead of copied. */
const BLOCK_SIZE = 64 * 1024;
const SHORT_STRING = 48;

/** Where a byte string was written: a block of its own, or a part of the small stream. */
export type Place = { block: number } | { from: number; to: number };

/** Bytes that belong at a position of the small stream; `over` bytes of the stream are left out there. */
interface Edit {
  at: number;
  over: number;
  bytes: Uint8Array;
}

/** The bytes of a CBOR head: a major type with its argument, in the shortest form. */
export function head(major: number, argument: number): Uint8Array {
  const writer = new Writer();
  writer.head(major, argument);
  return writer.chunks([])[0]!;
}

export class Writer {
  private bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  private view = new DataView(this.bytes.buffer);
  private blocks: { at: number; bytes: Uint8Array }[] = [];
  /** Position in the small stream, in bytes. */
  at = 0;

  head(major: number, argument: number): void {
    this.reserve(9);
    const bytes = this.bytes;
    const type = major << 5;
    if (argument < 24) {
      bytes[this.at++] = type | argument;
    } else if (argument < 0x100) {
      bytes[this.at++] = type | 24;
      bytes[this.at++] = argument;
    } else if (argument < 0x10000) {
      bytes[this.at++] = type | 25;
      bytes[this.at++] = argument >>> 8;
      bytes[this.at++] = argument & 0xff;
    } else if (argument < 0x100000000) {
      bytes[this.at++] = type | 26;
      this.view.setUint32(this.at, argument);
      this.at += 4;
    } else {
      bytes[this.at++] = type | 27;
      this.view.setUint32(this.at, Math.floor(argument / 0x100000000));
      this.view.setUint32(this.at + 4, argument >>> 0);
      this.at += 8;
    }
  }

  tag(number: number): void {
    this.head(6, number);
  }

  /** One of the values that CBOR writes as a single byte: false, true, null, undefined. */
  simple(number: number): void {
    this.reserve(1);
    this.bytes[this.at++] = 0xe0 | number;
  }

  /** Safe integers other than -0 as integers, all else as binary64; there is one NaN. */
  number(value: number): void {
    if (Number.isSafeInteger(value) && (value !== 0 || !Object.is(value, -0))) {
      if (value >= 0) this.head(0, value);
      else this.head(1, -1 - value);
      return;
    }
    this.reserve(9);
    this.bytes[this.at] = 0xfb;
    if (value !== value) {
      this.view.setUint32(this.at + 1, 0x7ff80000);
      this.view.setUint32(this.at + 5, 0);
    } else {
      this.view.setFloat64(this.at + 1, value);
    }
    this.at += 9;
  }

  /** Any string; one with lone surrogates has no UTF-8 form. */
  string(value: string): void {
    if (value.length < SHORT_STRING && this.ascii(value, value.length)) return;
    if (isWellFormed(value)) return this.text(value);
    this.tag(WTF8_STRING);
    this.byteString(wtf8(value));
  }

  /** A well-formed string. */
  text(value: string): void {
    const length = value.length;
    if (length < SHORT_STRING && this.ascii(value, length)) return;
    const size = Buffer.byteLength(value);
    this.head(3, size);
    if (size >= BLOCK_SIZE) {
      this.block(Buffer.from(value));
      return;
    }
    this.reserve(size);
    this.bytes.write(value, this.at, 'utf8');
    this.at += size;
  }

  byteString(bytes: Uint8Array): Place {
    this.head(2, bytes.length);
    if (bytes.length >= BLOCK_SIZE) {
      this.block(bytes);
      return { block: this.blocks.length - 1 };
    }
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    return { from: this.at - bytes.length, to: this.at };
  }

  /** Replaces a byte string by another of the same length. */
  rewrite(place: Place, change: (bytes: Uint8Array) => Uint8Array): void {
    if ('block' in place) {
      const block = this.blocks[place.block]!;
      block.bytes = change(block.bytes);
    } else {
      this.bytes.set(change(this.bytes.subarray(place.from, place.to)), place.from);
    }
  }

  /** The result in order, with edits (sorted by position) made. Large blocks are the caller's memory, not copies. */
  chunks(edits: Edit[]): Uint8Array[] {
    const { bytes, moved } = applyEdits(this.bytes.subarray(0, this.at), edits);
    const chunks: Uint8Array[] = [];
    let from = 0;
    for (const block of this.blocks) {
      const to = moved(block.at);
      if (to > from) chunks.push(bytes.subarray(from, to));
      chunks.push(block.bytes);
      from = to;
    }
    if (from < bytes.length || chunks.length === 0) chunks.push(bytes.subarray(from));
    return chunks;
  }

  private ascii(value: string, length: number): boolean {
    this.reserve(length + 2);
    const bytes = this.bytes;
    const first = length < 24 ? this.at + 1 : this.at + 2;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[first + i] = code;
    }
    if (length < 24) {
      bytes[this.at] = 0x60 | length;
    } else {
      bytes[this.at] = 0x78;
      bytes[this.at + 1] = length;
    }
    this.at = first + length;
    return true;
  }

  private block(bytes: Uint8Array): void {
    this.blocks.push({ at: this.at, bytes });
  }

  private reserve(size: number): void {
    const needed = this.at + size;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

function applyEdits(stream: Buffer, edits: Edit[]): { bytes: Buffer; moved: (at: number) => number } {
  if (edits.length === 0) return { bytes: stream, moved: (at) => at };
  const growth = edits.reduce((sum, edit) => sum + edit.bytes.length - edit.over, 0);
  const bytes = Buffer.allocUnsafeSlow(stream.length + growth);
  let from = 0;
  let to = 0;
  for (const edit of edits) {
    to += stream.copy(bytes, to, from, edit.at);
    bytes.set(edit.bytes, to);
    to += edit.bytes.length;
    from = edit.at + edit.over;
  }
  stream.copy(bytes, to, from);
  let next = 0;
  let shift = 0;
  // Blocks are asked for in rising order, so one walk over the edits answers them all.
  const moved = (at: number): number => {
    for (; next < edits.length && edits[next]!.at < at; next++) {
      shift += edits[next]!.bytes.length - edits[next]!.over;
    }
    return at + shift;
  };
  return { bytes, moved };
}

/** ES2024, in every Node that this runs on. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** The generalised UTF-8 (WTF-8) of a string with lone surrogates. */
function wtf8(value: string): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const point = value.codePointAt(i)!;
    if (point > 0xffff) i++;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000)
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 63),
        0x80 | ((point >> 6) & 63),
        0x80 | (point & 63),
      );
    }
  }
  return Uint8Array.from(bytes);
}

/** The string whose WTF-8 is given. */
export function fromWtf8(bytes: Uint8Array): string {
  const points: string[] = [];
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i]!;
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let point = more === 0 ? first : first & (0x3f >> more);
    for (let k = 1; k <= more; k++) point = (point << 6) | (bytes[i + k]! & 63);
    points.push(point > 0xffff ? String.fromCodePoint(point) : String.fromCharCode(point));
    i += more + 1;
  }
  return points.join('');
}
