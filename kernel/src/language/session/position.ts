import type { Position, Range } from '@tagflow/schema';
import ts from '../typescript.js';

/** 1-based line and column of an offset; one past the end means the end. */
export function positionAt(sourceFile: ts.SourceFile, offset: number): Position {
  const clamped = Math.max(0, Math.min(offset, sourceFile.text.length));
  const { line, character } = ts.getLineAndCharacterOfPosition(sourceFile, clamped);
  return { line: line + 1, column: character + 1 };
}

export function rangeOf(sourceFile: ts.SourceFile, start: number, end: number): Range {
  return { start: positionAt(sourceFile, start), end: positionAt(sourceFile, end) };
}
