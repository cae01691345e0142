/** Items of a loop as pods share them out: each pod works on a chunk, one item after the other. Pure. */

export interface Chunking {
  /** How many items there are. */
  items: number;
  /** Most chunks that a run may have of a loop. */
  most: number;
  /** How many items at once, where the loop says so. */
  concurrency?: number;
  /** How many items a pod works on, where the settings say so. */
  batch?: number;
}

/** How many items a chunk has; the last may have fewer. */
export function chunkSize({ items, most, concurrency = Infinity, batch = 1 }: Chunking): number {
  return Math.max(batch, Math.ceil(items / Math.max(1, Math.min(most, concurrency))));
}

/** The chunks that hold these items, by their numbers from 0 on. */
export function chunksOf(indices: readonly number[], chunking: Chunking): number[] {
  const size = chunkSize(chunking);
  return [...new Set(indices.map((index) => Math.floor(index / size)))].sort((a, b) => a - b);
}

export function isInChunk(index: number, chunk: number, chunking: Chunking): boolean {
  return Math.floor(index / chunkSize(chunking)) === chunk;
}
