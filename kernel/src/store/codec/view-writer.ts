/** Writes ArrayBuffers and the views on them: typed arrays, DataView, Node's Buffer. Memory is never copied by element. */
import { isOwnPrototype } from './brand.js';
import type { Encoder } from './encoder.js';
import { pathText } from './error.js';
import { type FloatName, canonicalFloats, isFloatName } from './floats.js';
import { extraKeys } from './own-keys.js';
import * as tag from './tags.js';
import type { Place } from './writer.js';

/** A stretch of an ArrayBuffer that a view of the value shows, in bytes. */
interface Stretch {
  name: string;
  from: number;
  to: number;
  path: string;
}

/** What the value shows of one ArrayBuffer. */
interface Memory {
  stretches: Stretch[];
  /** The buffer is itself part of the value, so that its bytes count. */
  bare: boolean;
  /** Where its bytes were written, and the view that carried them, where a view did. */
  written?: Place;
  owner?: object;
}

const EXTRA = 'has properties of its own besides its elements, which cannot be kept.';

export class ViewWriter {
  private readonly memories = new Map<ArrayBufferLike, Memory>();

  constructor(private readonly encoder: Encoder) {}

  /** `name` is the built-in class. The object itself has been counted by the encoder. */
  write(value: ArrayBufferView | ArrayBuffer, name: string): void {
    const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
    const problem = memoryProblem(buffer, value);
    if (problem) return this.encoder.refuse(problem, 'memory');
    if (extraKeys(value, ArrayBuffer.isView(value) ? 'view' : 'buffer').length > 0)
      return this.encoder.refuse(EXTRA, 'view');
    const memory = this.memoryOf(buffer);
    if (ArrayBuffer.isView(value)) return this.view(value, name, memory);
    memory.bare = true;
    this.bytesOf(value, memory);
  }

  /** What can be told only when all views are known. */
  finish(): void {
    for (const memory of this.memories.values()) {
      if (!this.encoder.options.lax) this.refuseOverlaps(memory);
      this.unifyNaN(memory);
    }
  }

  private view(value: ArrayBufferView, name: string, memory: Memory): void {
    const { writer } = this.encoder;
    const { buffer, byteOffset: from, byteLength } = value;
    memory.stretches.push({ name, from, to: from + byteLength, path: pathText(this.encoder.path) });
    if (name === 'Buffer') {
      writer.tag(tag.NODE_BUFFER);
      writer.byteString(new Uint8Array(buffer, from, byteLength));
      return;
    }
    if (!isOrdinaryBuffer(buffer))
      return this.encoder.refuse(
        'shows an ArrayBuffer that is closed or has properties of its own, which cannot be kept.',
        'memory',
      );
    const whole = byteLength === buffer.byteLength;
    const number = (tag.TYPED_ARRAY_TAGS as Record<string, number | undefined>)[name];
    if (whole && !memory.written && number !== undefined) {
      memory.owner = value;
      writer.tag(number);
      memory.written = writer.byteString(new Uint8Array(buffer));
      return;
    }
    if (buffer.byteLength === Buffer.poolSize && !whole && !memory.written) {
      return this.encoder.refuse(
        'shows part of memory that Node shares with other data: copy it with slice() first.',
        'pooled memory',
      );
    }
    writer.tag(tag.VIEW);
    writer.head(4, 4);
    writer.text(name);
    if (!this.encoder.repeated(buffer)) this.bytesOf(buffer as ArrayBuffer, memory);
    writer.number(from);
    writer.number(name === 'DataView' ? byteLength : (value as Uint8Array).length);
  }

  /** The bytes of an ArrayBuffer that is met for the first time, or the view that already carries them. */
  private bytesOf(buffer: ArrayBuffer, memory: Memory): void {
    const { writer } = this.encoder;
    if (memory.owner) {
      writer.tag(tag.BUFFER_OF);
      this.encoder.value(memory.owner);
    } else {
      memory.written = writer.byteString(new Uint8Array(buffer));
    }
  }

  /** A Buffer is kept by its contents; if another view shows the same bytes, a later write would show in one only. */
  private refuseOverlaps({ stretches }: Memory): void {
    if (!stretches.some(({ name }) => name === 'Buffer')) return;
    const sorted = [...stretches].sort((a, b) => a.from - b.from);
    let reach = { to: -1, buffer: false };
    for (const { name, from, to, path } of sorted) {
      const buffer = name === 'Buffer';
      if (from < reach.to && (buffer || reach.buffer)) {
        this.encoder.path.splice(0, Infinity, path);
        return this.encoder.refuse(
          'is a Buffer whose memory another value shares: copy it with Buffer.from(…).',
          '',
        );
      }
      if (to > reach.to) reach = { to, buffer };
    }
  }

  /**
   * A processor makes NaN with either sign, and the same line of code gives one or the other as it is optimised. Where
   * memory is seen as floats alone, its NaN are written as the one NaN.
   */
  private unifyNaN({ stretches, bare, written }: Memory): void {
    const names = new Set(stretches.map(({ name }) => name));
    const [name] = names;
    if (!written || bare || names.size !== 1 || !isFloatName(name!)) return;
    for (const { from, to } of stretches)
      this.encoder.writer.rewrite(written, (bytes) => canonicalFloats(bytes, name as FloatName, from, to));
  }

  private memoryOf(buffer: ArrayBufferLike): Memory {
    const known = this.memories.get(buffer) ?? { stretches: [], bare: false };
    this.memories.set(buffer, known);
    return known;
  }
}

function memoryProblem(buffer: ArrayBufferLike, value: ArrayBufferView | ArrayBuffer): string | undefined {
  if (Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]')
    return 'is memory shared between threads, which cannot be kept: copy it with slice().';
  if (isDetached(buffer)) return 'was given away (detached), so that nothing is left to keep.';
  if (!(buffer as { resizable?: boolean }).resizable) return undefined;
  const what = buffer === value ? 'is' : 'shows';
  return `${what} a resizable ArrayBuffer, which cannot be kept: copy it with slice().`;
}

function isOrdinaryBuffer(buffer: ArrayBufferLike): boolean {
  return (
    Object.isExtensible(buffer) &&
    Reflect.ownKeys(buffer).length === 0 &&
    isOwnPrototype('buffer', Object.getPrototypeOf(buffer) as object)
  );
}

/** Node 20 has no property that tells. */
function isDetached(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    return !new Uint8Array(buffer);
  } catch {
    return true;
  }
}
