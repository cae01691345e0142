/** Console and streams: what they write goes to the kernel with the cell it belongs to. */
import { StringDecoder } from 'node:string_decoder';
import { currentCell } from './cell-context.js';
import { tell } from './kernel-pipe.js';
import type { StreamName } from './messages.js';

type Done = (error?: Error | null) => void;

/** From now on `process.stdout` and `process.stderr`, and so the console, write to the kernel. */
export function captureStreams(): void {
  process.stdout.write = writer('stdout');
  process.stderr.write = writer('stderr');
}

function writer(name: StreamName): typeof process.stdout.write {
  const decoder = new StringDecoder('utf8');
  return (chunk: Uint8Array | string, encoding?: BufferEncoding | Done, callback?: Done): boolean => {
    const done = typeof encoding === 'function' ? encoding : callback;
    const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
    if (text) tell({ type: 'stream', cell: currentCell()?.cell, name, text });
    if (done) process.nextTick(done);
    return true;
  };
}
