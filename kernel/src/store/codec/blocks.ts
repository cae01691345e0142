/**
 * An encoding as it is read from a file: large byte strings in memory of their own, which the value takes over. Read as
 * one, each would lie in memory twice, and be copied.
 */

/** A large byte string. */
export interface Block {
  /** Where it belongs in the stream of all other bytes. */
  at: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export class Blocks {
  private blocks: readonly Block[] | undefined;

  /** @param blocks in their order; each is all of its memory */
  constructor(
    readonly stream: Uint8Array,
    blocks: readonly Block[],
  ) {
    this.blocks = blocks;
  }

  /** The blocks, for the one value that takes them over. */
  take(): readonly Block[] {
    const { blocks } = this;
    if (!blocks) throw new Error('The memory of this encoding belongs to a value already.');
    this.blocks = undefined;
    return blocks;
  }
}

/** Smaller byte strings stay in the stream. In bytes. */
const LARGE = 2 ** 20;

/** Finds large byte strings by the heads of items alone: whatever is nested follows its holder. */
export class BlockFinder {
  private at = 0;

  /** The next one whose head is among the first `filled` bytes of the stream; where it begins, and its size. */
  next(stream: Uint8Array, filled: number): { at: number; size: number } | undefined {
    while (this.at < filled) {
      const first = stream[this.at]!;
      const width = widthOf(first & 31);
      if (width === undefined) {
        this.at = Infinity; // never written so: the decoder tells
        return undefined;
      }
      const begin = this.at + 1 + width;
      if (begin > filled) return undefined;
      const major = first >> 5;
      const size = major === 2 || major === 3 ? argumentOf(stream, this.at, width) : 0;
      this.at = begin;
      // What follows it in the file comes here in the stream.
      if (major === 2 && size >= LARGE) return { at: begin, size };
      this.at += size;
    }
    return undefined;
  }
}

/** How many bytes an argument takes after the first byte of its head. */
function widthOf(info: number): number | undefined {
  return info < 24 ? 0 : info < 28 ? 1 << (info - 24) : undefined;
}

function argumentOf(bytes: Uint8Array, at: number, width: number): number {
  if (width === 0) return bytes[at]! & 31;
  let argument = 0;
  for (let i = 1; i <= width; i++) argument = argument * 256 + bytes[at + i]!;
  return argument;
}
