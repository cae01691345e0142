import { parseCell } from '../binding.js';
import type { Completeness } from '../messages.js';
import ts from '../typescript.js';

/** What a parser says of a text that goes on, wherever it says it: an open comment, template, element or fragment. */
const UNTERMINATED = new Set([1010, 1160, 17008, 17014]);

/** Whether a cell typed into a console can run, goes on, or can never run. */
export function isComplete(source: string): Completeness {
  const { parseDiagnostics, text } = parseCell(source);
  if (!parseDiagnostics.length) return { status: 'complete', indent: '' };
  const end = text.trimEnd().length;
  const goesOn = parseDiagnostics.every(({ start, code }) => start >= end || UNTERMINATED.has(code));
  return goesOn ? { status: 'incomplete', indent: indentAfter(text) } : { status: 'invalid', indent: '' };
}

/** Two blanks for every bracket that is still open. */
function indentAfter(source: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.JSX, source);
  let depth = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (OPENING.has(token)) depth++;
    if (CLOSING.has(token)) depth--;
  }
  return '  '.repeat(Math.max(0, depth));
}

const OPENING = new Set([
  ts.SyntaxKind.OpenBraceToken,
  ts.SyntaxKind.OpenBracketToken,
  ts.SyntaxKind.OpenParenToken,
]);
const CLOSING = new Set([
  ts.SyntaxKind.CloseBraceToken,
  ts.SyntaxKind.CloseBracketToken,
  ts.SyntaxKind.CloseParenToken,
]);
