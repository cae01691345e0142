import { parseCell } from './binding.js';
import ts from './typescript.js';

/**
 * The text of a `parameters` cell as the compiler is to see it: `let` instead of `const`, at the same length, so that
 * it widens `3` to `number`. A run may give any other value.
 */
export function withWidenedConstants(source: string): string {
  let text = source;
  for (const statement of parseCell(source).statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const start = statement.declarationList.getStart();
    if (text.startsWith('const', start)) text = `${text.slice(0, start)}let  ${text.slice(start + 5)}`;
  }
  return text;
}
