/** Files of any size, in as few calls to the system as they take. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Encoding } from './codec.js';
import { type Block, BlockFinder, Blocks } from './codec/blocks.js';

/** One call to the system moves at most this much. */
const LARGEST = 2 ** 30;

/** Who is told of pieces works on one while the next is read. */
const PIECE = 8 * 2 ** 20;

type OnPiece = (piece: Uint8Array) => void;

/** Node's own readFile and writeFile go in pieces of half a megabyte, which takes twice as long for large values. */
export async function readAll(path: string, onPiece?: OnPiece): Promise<Uint8Array> {
  return withFile(path, async (file, size) => {
    const bytes = Buffer.allocUnsafeSlow(size);
    return bytes.subarray(0, await fill(bytes, file, 0, onPiece));
  });
}

/** A file that holds an encoding; where that has large byte strings, as blocks. */
export async function readBlocks(path: string, onPiece?: OnPiece): Promise<Encoding> {
  return withFile(path, async (file, size) => {
    // Memory that is never touched is none.
    const stream = Buffer.allocUnsafeSlow(size);
    const blocks: Block[] = [];
    const finder = new BlockFinder();
    let at = 0;
    let filled = 0;
    const read = async (bytes: Uint8Array): Promise<number> => {
      const count = await fill(bytes, file, at, onPiece);
      at += count;
      return count;
    };
    while (at < size) {
      const count = await read(stream.subarray(filled, filled + Math.min(PIECE, size - at)));
      if (count === 0) break; // cut short meanwhile, as its digest tells
      filled += count;
      for (let found; (found = finder.next(stream, filled));) {
        const { at: begin, size: length } = found;
        const here = Math.min(filled - begin, length);
        // Damaged, as its digest tells: no room is made for such a length.
        if (length - here > size - at) continue;
        const bytes = Buffer.allocUnsafeSlow(length);
        bytes.set(stream.subarray(begin, begin + here));
        stream.copyWithin(begin, begin + here, filled);
        filled -= here;
        await read(bytes.subarray(here));
        blocks.push({ at: begin, bytes });
      }
    }
    const rest = stream.subarray(0, filled);
    return blocks.length === 0 ? rest : new Blocks(rest, blocks);
  });
}

export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(bytes.length - at, LARGEST));
    at += bytesWritten;
  }
}

async function withFile<T>(path: string, read: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await read(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** Reads into memory from a place in the file on; returns how many bytes there were. */
async function fill(bytes: Uint8Array, file: FileHandle, place: number, onPiece?: OnPiece): Promise<number> {
  const size = bytes.length;
  const read = (at: number) =>
    file.read(bytes, at, Math.min(size - at, onPiece ? PIECE : LARGEST), place + at);
  let at = 0;
  let next = size > 0 ? read(0) : undefined;
  while (next) {
    const { bytesRead } = await next;
    const from = at;
    at += bytesRead;
    next = bytesRead > 0 && at < size ? read(at) : undefined;
    onPiece?.(bytes.subarray(from, at));
  }
  return at;
}
