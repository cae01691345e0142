/** Makes views of memory. */
import { DecodeError } from './error.js';
import type { TypedArrayName } from './tags.js';

type ViewConstructor = new (buffer: ArrayBuffer, offset?: number, length?: number) => ArrayBufferView;

/** A typed array over all of its memory. */
export function typedArray(name: TypedArrayName, memory: ArrayBuffer): ArrayBufferView {
  return new (constructorOf(name))(memory);
}

export function viewOf(name: string, buffer: ArrayBuffer, offset: number, length: number): ArrayBufferView {
  return new (constructorOf(name))(buffer, offset, length);
}

export function bufferOf(view: unknown): ArrayBuffer {
  if (!ArrayBuffer.isView(view)) throw new DecodeError('It names the memory of something that has none.');
  return view.buffer as ArrayBuffer;
}

function constructorOf(name: string): ViewConstructor {
  const constructor = (globalThis as Record<string, unknown>)[name];
  if (typeof constructor === 'function') return constructor as ViewConstructor;
  throw new DecodeError(`It holds a ${name}, which this version of Node does not have.`);
}
