import { aligned, type Line, linesOf } from './alignment.js';
import ts from '../typescript.js';

/** A piece of a cell as JavaScript that every supported Node runs. */
export interface Piece {
  /** Where it can, on the lines of its source. */
  code: string;
  /** What the piece imports on its own account: JSX calls functions that nobody named. */
  imports: { specifier: string; names: string }[];
}

/** Stands between a piece and what it is merged with. */
const BEGIN = '"piece";';

/** What is there because the piece was a file of its own. */
const FRAME = /^(?:"use strict";|export \{.*\};?|\/\/# sourceMappingURL=.*)$/;

/**
 * Lowers what erasing types leaves: enums, namespaces, JSX, decorators, accessors, `using`.
 * @param mayBeJsx whether `<T>` can begin JSX, as in a file .tsx
 * @param merged declarations that a namespace or enum is one with: they have declared its name, and theirs mean something
 * in it
 */
export function transpile(
  source: string,
  options: ts.CompilerOptions,
  mayBeJsx = true,
  merged: readonly string[] = [],
): Piece {
  const { jsx, jsxImportSource } = options;
  const whole = merged.length === 0 ? source : `${merged.join('\n')}\n;${BEGIN}\n${source}`;
  const { outputText, sourceMapText } = ts.transpileModule(whole, {
    fileName: mayBeJsx ? 'piece.tsx' : 'piece.ts',
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      isolatedModules: true,
      verbatimModuleSyntax: true,
      removeComments: true,
      sourceMap: true,
      jsx,
      ...(jsxImportSource && { jsxImportSource }),
    },
  });
  const before = whole.slice(0, -source.length).split('\n').length - 1;
  const written = linesOf(outputText, sourceMapText!);
  const imports: Piece['imports'] = [];
  const lines: Line[] = [];
  for (const line of written.slice(written.findLastIndex(({ text }) => text === BEGIN) + 1)) {
    const imported = /^import \{ (.*) \} from "(.*)";$/.exec(line.text);
    if (line.isInTemplate) lines.push(line);
    else if (imported)
      imports.push({ specifier: imported[2]!, names: imported[1]!.replaceAll(' as ', ': ') });
    else if (!FRAME.test(line.text)) {
      lines.push({
        ...line,
        text: line.text.replace(/^export (?=var )/, ''),
        ...(line.origin !== undefined && { origin: line.origin - before }),
      });
    }
  }
  return { code: aligned(lines), imports };
}
