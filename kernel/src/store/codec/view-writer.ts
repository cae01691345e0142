/** Writes ArrayBuffers and the views on them: typed arrays, DataView, Node's Buffer. Memory is never copied by element. */
import { inspect } from 'node:util';
import type { Encoder } from './encoder.js';
import { pathText } from './error.js';
import * as tag from './tags.js';

/** A stretch of an ArrayBuffer that a Buffer of the value shows. */
interface Stretch {
  from: number;
  to: number;
  path: string;
}

export class ViewWriter {
  /** The view that carried an ArrayBuffer's bytes, where a view did. */
  private readonly owners = new Map<ArrayBufferLike, object>();
  private readonly stretches = new Map<ArrayBufferLike, { buffers: Stretch[]; others: Stretch[] }>();

  constructor(private readonly encoder: Encoder) {}

  /** `name` is the built-in class. The object itself has been counted by the encoder. */
  write(value: ArrayBufferView | ArrayBuffer, name: string): void {
    if (!ArrayBuffer.isView(value)) {
      if (this.hasExtraProperties(value)) return;
      return this.bytesOf(value);
    }
    if (isShared(value.buffer)) {
      return this.encoder.refuse('is memory shared between threads, which cannot be kept.', 'shared memory');
    }
    if (this.hasExtraProperties(value)) return;
    const writer = this.encoder.writer;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    this.remember(value, name);
    if (name === 'Buffer') {
      writer.tag(tag.NODE_BUFFER);
      return writer.byteString(bytes);
    }
    const whole = value.byteOffset === 0 && value.byteLength === value.buffer.byteLength;
    const first = !this.owners.has(value.buffer) && !this.seenBuffers.has(value.buffer);
    const number = (tag.TYPED_ARRAY_TAGS as Record<string, number | undefined>)[name];
    if (whole && first && number !== undefined) {
      this.owners.set(value.buffer, value);
      writer.tag(number);
      return writer.byteString(bytes);
    }
    if (value.buffer.byteLength === Buffer.poolSize && !whole && first) {
      return this.encoder.refuse(
        'shows part of memory that Node shares with other data: copy it with slice() first.',
        'pooled memory',
      );
    }
    writer.tag(tag.VIEW);
    writer.head(4, 4);
    writer.text(name);
    if (!this.encoder.repeated(value.buffer)) this.bytesOf(value.buffer as ArrayBuffer);
    writer.number(value.byteOffset);
    writer.number(name === 'DataView' ? value.byteLength : (value as Uint8Array).length);
  }

  /** A Buffer is kept by its contents; if another view shows the same bytes, a later write would show in one only. */
  refuseOverlaps(): void {
    if (this.encoder.options.lax) return;
    for (const { buffers, others } of this.stretches.values()) {
      if (buffers.length === 0) continue;
      const all = [
        ...buffers.map((b) => ({ ...b, buffer: true })),
        ...others.map((o) => ({ ...o, buffer: false })),
      ];
      all.sort((a, b) => a.from - b.from);
      let reach = { to: -1, buffer: false };
      for (const each of all) {
        if (each.from < reach.to && (each.buffer || reach.buffer)) {
          this.encoder.path.splice(0, Infinity, each.path);
          return this.encoder.refuse(
            'is a Buffer whose memory another value shares: copy it with Buffer.from(…).',
            '',
          );
        }
        if (each.to > reach.to) reach = each;
      }
    }
  }

  private readonly seenBuffers = new Set<ArrayBufferLike>();

  /** The bytes of an ArrayBuffer that is met for the first time, or the view that already carries them. */
  private bytesOf(buffer: ArrayBuffer): void {
    const writer = this.encoder.writer;
    const problem = bufferProblem(buffer);
    if (problem) return this.encoder.refuse(problem, 'buffer');
    this.seenBuffers.add(buffer);
    const owner = this.owners.get(buffer);
    if (owner) {
      writer.tag(tag.BUFFER_OF);
      this.encoder.value(owner);
    } else {
      writer.byteString(new Uint8Array(buffer));
    }
  }

  private remember(value: ArrayBufferView, name: string): void {
    const known = this.stretches.get(value.buffer) ?? { buffers: [], others: [] };
    this.stretches.set(value.buffer, known);
    const stretch = {
      from: value.byteOffset,
      to: value.byteOffset + value.byteLength,
      path: pathText(this.encoder.path),
    };
    (name === 'Buffer' ? known.buffers : known.others).push(stretch);
  }

  /** Own properties besides the elements are refused. A list of a long array's keys would cost more than its bytes. */
  private hasExtraProperties(value: object): boolean {
    const shown = inspect(value, {
      maxArrayLength: 0,
      depth: 0,
      customInspect: false,
      breakLength: Infinity,
    });
    const plain =
      ArrayBuffer.isView(value) &&
      !(value instanceof DataView) &&
      / \[( \.\.\. \d+ more items? )?\]$/.test(shown);
    const extra = plain
      ? false
      : Reflect.ownKeys(value).some((key) => typeof key === 'symbol' || !/^\d+$/.test(key));
    if (extra)
      this.encoder.refuse('has properties of its own besides its elements, which cannot be kept.', 'view');
    return extra;
  }
}

function isShared(buffer: ArrayBufferLike): boolean {
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]';
}

function bufferProblem(buffer: ArrayBuffer): string | undefined {
  const state = buffer as { detached?: boolean; resizable?: boolean };
  if (state.detached) return 'was given away (detached), so that nothing is left to keep.';
  if (state.resizable) return 'is a resizable ArrayBuffer, which cannot be kept: copy it with slice().';
  return undefined;
}
