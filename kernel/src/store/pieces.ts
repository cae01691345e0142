/** Files of any size, in as few calls to the system as they take. */
import { type FileHandle, open } from 'node:fs/promises';

/** One call to the system moves at most this much. */
const LARGEST = 2 ** 30;

/** Who is told of pieces works on one while the next is read. */
const PIECE = 8 * 2 ** 20;

/** Node's own readFile and writeFile go in pieces of half a megabyte, which takes twice as long for large values. */
export async function readAll(path: string, onPiece?: (piece: Uint8Array) => void): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.allocUnsafeSlow(size);
    const read = (from: number) => file.read(bytes, from, Math.min(size - from, onPiece ? PIECE : LARGEST));
    let at = 0;
    let next = size > 0 ? read(0) : undefined;
    while (next) {
      const { bytesRead } = await next;
      const from = at;
      at += bytesRead;
      next = bytesRead > 0 && at < size ? read(at) : undefined;
      onPiece?.(bytes.subarray(from, at));
    }
    return bytes.subarray(0, at);
  } finally {
    await file.close();
  }
}

export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(bytes.length - at, LARGEST));
    at += bytesWritten;
  }
}
