/** Writing to a descriptor at once and in full: the writer waits when the reader is behind. */
import { writeSync } from 'node:fs';

const writeNow = writeSync; // whatever user code does to node:fs
const pause = new Int32Array(new SharedArrayBuffer(4));

/** @throws Error of the system, such as EPIPE when no one reads any more */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeNow(descriptor, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
