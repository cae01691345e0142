import type { Position, Range } from '@tagflow/schema';
import type { Script } from './messages.js';
import ts from './typescript.js';

/** 1-based line and column of an offset; one past the end means the end. */
export function positionAt(sourceFile: ts.SourceFile, offset: number): Position {
  const clamped = Math.max(0, Math.min(offset, sourceFile.text.length));
  const { line, character } = ts.getLineAndCharacterOfPosition(sourceFile, clamped);
  return { line: line + 1, column: character + 1 };
}

export function rangeOf(sourceFile: ts.SourceFile, start: number, end: number): Range {
  return { start: positionAt(sourceFile, start), end: positionAt(sourceFile, end) };
}

/** Where in the cell a position in its script is; both 1-based, as in a stack trace. */
export function cellPosition({ shifts }: Pick<Script, 'shifts'>, { line, column }: Position): Position {
  let shift = 0;
  for (const known of shifts) {
    if (known.line === line - 1 && known.column <= column - 1) ({ shift } = known);
  }
  return { line, column: Math.max(1, column - shift) };
}
