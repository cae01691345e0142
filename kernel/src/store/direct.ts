/**
 * Small files without a detour: handed to a thread of Node's, each of the calls that a small file takes costs several
 * times the call itself (a read 11 µs against 150 and more). What does not succeed here is tried again the other way,
 * which says what is wrong.
 */
import {
  type Dirent,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  writevSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers';

/** Larger files take so long themselves that a thread does not matter. In bytes. */
const SMALL = 64 * 1024;
/** Nothing else happens meanwhile, so at most so long at a stretch, in milliseconds. */
const STRETCH = 8;

/** Says whether there is time for a direct call before timers and messages have their turn again. */
export class Stretch {
  private began: number | undefined;

  get isOpen(): boolean {
    const now = performance.now();
    if (this.began !== undefined) return now - this.began < STRETCH;
    this.began = now;
    setImmediate(() => (this.began = undefined));
    return true;
  }
}

export function isSmall(chunks: readonly Uint8Array[]): boolean {
  return sizeOf(chunks) <= SMALL;
}

/** A file's bytes; undefined if it is not small or cannot be read. */
export function readDirectly(path: string): Uint8Array | undefined {
  return attempted(() => {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      if (size > SMALL) return undefined;
      const bytes = Buffer.allocUnsafeSlow(size);
      return readSync(file, bytes, 0, size, 0) === size ? bytes : undefined;
    } finally {
      closeSync(file);
    }
  });
}

export function listDirectly(path: string): Dirent[] | undefined {
  return attempted(() => readdirSync(path, { withFileTypes: true }));
}

/** Writes a file beside its place and renames it; false if that failed. */
export function writeDirectly(path: string, temporary: string, chunks: readonly Uint8Array[]): boolean {
  const done = attempted(() => {
    const isEmpty = sizeOf(chunks) === 0;
    // Of an empty file there is no half: a new one is made in its place at once.
    if (isEmpty && attempted(() => create(path, chunks))) return true;
    create(temporary, chunks);
    renameSync(temporary, path);
    return true;
  });
  if (!done) attempted(() => rmSync(temporary, { force: true }));
  return done ?? false;
}

function create(path: string, chunks: readonly Uint8Array[]): true {
  const file = openNew(path);
  try {
    const size = sizeOf(chunks);
    if (size > 0 && writevSync(file, chunks) !== size) throw new Error('The disk took a part.');
  } finally {
    closeSync(file);
  }
  return true;
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'wx');
  }
}

function attempted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}
