/** Makes views and ArrayBuffers from bytes. Each gets memory of its own, copied at once. */
import { DecodeError } from './error.js';
import type { TypedArrayName } from './tags.js';

type ViewConstructor = new (buffer: ArrayBuffer, offset?: number, length?: number) => ArrayBufferView;

/** A typed array over all of its memory. */
export function typedArray(name: TypedArrayName, bytes: Uint8Array): ArrayBufferView {
  return new (constructorOf(name))(copyOf(bytes));
}

export function nodeBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(copyOf(bytes));
}

export function viewOf(name: string, buffer: ArrayBuffer, offset: number, length: number): ArrayBufferView {
  return new (constructorOf(name))(buffer, offset, length);
}

export function bufferOf(view: unknown): ArrayBuffer {
  if (!ArrayBuffer.isView(view)) throw new DecodeError('It names the memory of something that has none.');
  return view.buffer as ArrayBuffer;
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function constructorOf(name: string): ViewConstructor {
  const constructor = (globalThis as Record<string, unknown>)[name];
  if (typeof constructor === 'function') return constructor as ViewConstructor;
  throw new DecodeError(`It holds a ${name}, which this version of Node does not have.`);
}
