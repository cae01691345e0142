import type { Position, Range } from '@tagflow/schema';

/** UTF-16 offsets in a cell's source as 1-based lines and columns. */
export function rangeIn(source: string, { start, end }: { start: number; end: number }): Range {
  return { start: positionIn(source, start), end: positionIn(source, end) };
}

function positionIn(source: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** The offset of a position; the inverse of `rangeIn`. */
export function offsetIn(source: string, { line, column }: Position): number {
  let lineStart = 0;
  for (let n = 1; n < line; n++) lineStart = source.indexOf('\n', lineStart) + 1;
  return lineStart + column - 1;
}
