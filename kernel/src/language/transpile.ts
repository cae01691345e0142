import ts from './typescript.js';

/** A piece of a cell as JavaScript that every supported Node runs. */
export interface Piece {
  /** On one line, unless a template holds line breaks. */
  code: string;
  /** What the piece imports on its own account: JSX calls functions that nobody named. */
  imports: { specifier: string; names: string }[];
}

/** Stands between a piece and what it is merged with. */
const BEGIN = '"piece";\n';

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
  const whole = merged.length === 0 ? source : `${merged.join('\n')}\n;${BEGIN}${source}`;
  const { outputText } = ts.transpileModule(whole, {
    fileName: mayBeJsx ? 'piece.tsx' : 'piece.ts',
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      isolatedModules: true,
      verbatimModuleSyntax: true,
      removeComments: true,
      jsx,
      ...(jsxImportSource && { jsxImportSource }),
    },
  });
  const imports: Piece['imports'] = [];
  const rest = outputText
    .replace(/^import \{ (.*) \} from "(.*)";$/gm, (_, names: string, specifier: string) => {
      imports.push({ specifier, names: names.replaceAll(' as ', ': ') });
      return '';
    })
    .replace(/^"use strict";\n/, '')
    .replace(/^export (?=var )/gm, '')
    .replace(/^export \{.*\};?$/gm, '');
  const own = merged.length === 0 ? rest : rest.slice(rest.lastIndexOf(BEGIN) + BEGIN.length);
  return { code: onOneLine(own), imports };
}

/** The compiler prints every semicolon and no comments, so that lines may be joined. */
function onOneLine(code: string): string {
  const sourceFile = ts.createSourceFile('piece.js', code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const templates: [number, number][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateLiteralToken(node)) templates.push([node.pos, node.end]);
    else ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  const inTemplate = (at: number) => templates.some(([start, end]) => at > start && at < end);
  return code.replace(/\r?\n\s*/g, (text, at: number) => (inTemplate(at) ? text : ' ')).trim();
}
