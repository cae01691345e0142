import type { Diagnostic, Range } from '@tagflow/schema';
import { diagnose, IMPORTS } from '../diagnostics/table.js';
import type { CellBinding } from './binding.js';
import type { Host } from './host.js';
import { positionAt, rangeOf } from './session/position.js';
import { loadedBy, ReachedFiles } from './reached-files.js';
import { isSubpath } from './subpaths.js';
import ts from './typescript.js';

/** A diagnostic that says in which cell. */
export type CellDiagnostic = Diagnostic & { cell: string };

/** `Could not find a declaration file for module '…'`: the code runs all the same. */
const UNTYPED_PACKAGE = 7016;
const UNASSIGNED = 2454;
/** `import x = require()` and `export =` in an ES module: the kernel lowers them. */
const LOWERED = new Set([1202, 1203]);
/** Modules, the one that JSX needs, declarations of a module; what code that runs would not find. */
const NOT_FOUND = new Set(['2307', '2875', '7016', 'TF507']);

/** Whether a module was missing, or its types, so that looking again may help: it may be installed by then. */
export function lacksModule(diagnostics: readonly { code: number | string }[]): boolean {
  return diagnostics.some(({ code }) => NOT_FOUND.has(String(code).replace(/^TS/, '')));
}

/**
 * The compiler's diagnostics, placed in the cell as it was written.
 * @param offset length of what the compiler saw before the cell
 */
export function cellDiagnostics(
  cell: string,
  binding: CellBinding,
  diagnostics: readonly ts.Diagnostic[],
  offset: number,
): CellDiagnostic[] {
  const seen = new Set<string>();
  return diagnostics.flatMap((diagnostic) => {
    if (LOWERED.has(diagnostic.code)) return [];
    const range = rangeIn(binding, diagnostic, offset);
    const advice = adviceOn(diagnostic, binding);
    const result: CellDiagnostic = {
      code: `TS${diagnostic.code}`,
      severity: severityOf(diagnostic),
      message: messageOf(diagnostic),
      ...(advice && { advice }),
      cell,
      range,
    };
    const key = JSON.stringify(result);
    return seen.has(key) || !seen.add(key) ? [] : [result];
  });
}

/** A cell is no file, in the notebook and in a step's program alike. */
export function importMetaErrors(cell: string, { importMetas, sourceFile }: CellBinding): CellDiagnostic[] {
  return importMetas.map((node) => {
    const range = rangeOf(sourceFile, node.getStart(sourceFile), node.end);
    return { ...diagnose('TF605', { range }), cell };
  });
}

/** What a cell loads, itself or by local files, that only the compiler finds. */
export function mappedImportErrors(
  cell: string,
  binding: CellBinding,
  { host, program, from }: { host: Host; program: ts.Program; from: string },
): CellDiagnostic[] {
  if (!host.maps) return [];
  const files = new ReachedFiles(host, program);
  return loadedBy(binding).flatMap((node) => {
    const range = rangeOf(binding.sourceFile, node.getStart(binding.sourceFile), node.end);
    const error = (specifier: string, where: string) => ({
      ...diagnose('TF507', { range }, { specifier: JSON.stringify(specifier), where }),
      cell,
    });
    if (host.isMapped(node.text, from)) return [error(node.text, '')];
    return files.through(node.text, from).flatMap(({ path, sourceFile, loads }) =>
      loads
        .filter(({ specifier }) => host.isMapped(specifier.text, sourceFile.fileName))
        .map(({ specifier }) => {
          const { line } = positionAt(sourceFile, specifier.getStart(sourceFile));
          return error(specifier.text, `, which ${path} imports in line ${line}`);
        }),
    );
  });
}

function severityOf({ category, code }: ts.Diagnostic): Diagnostic['severity'] {
  if (code === UNTYPED_PACKAGE || category === ts.DiagnosticCategory.Warning) return 'warning';
  return category === ts.DiagnosticCategory.Error ? 'error' : 'info';
}

/** The compiler's sentence, with cells called by their place instead of by the files it was told of. */
function messageOf({ messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n');
  return text.replace(/import\("[^"]*\/cell-[^"]*"\)\.|typeof import\("[^"]*\/cell-[^"]*"\)\./g, '');
}

function rangeIn(
  { sourceFile, declarations }: CellBinding,
  { start = 0, length = 0, ...rest }: ts.Diagnostic,
  offset: number,
): Range {
  const { text } = sourceFile;
  const from = start - offset;
  if (from <= text.length) return rangeOf(sourceFile, from, Math.max(from, 0) + length);
  // What follows the cell names its declarations: the declaration is meant.
  const name = rest.file?.text.slice(start, start + length) ?? '';
  const declared = declarations.get(name)?.nodes[0];
  const node = declared && (ts.getNameOfDeclaration(declared) ?? declared);
  if (node) return rangeOf(sourceFile, node.getStart(sourceFile), node.end);
  return rangeOf(sourceFile, text.trimEnd().length, text.length);
}

function adviceOn(
  { code, start = 0, length = 0, file }: ts.Diagnostic,
  { declarations }: CellBinding,
): string | undefined {
  const name = file?.text.slice(start, start + length) ?? '';
  if (code === UNASSIGNED && declarations.has(name)) {
    return `Other cells can read ${name}: give it a value in this cell, or let its type say \`| undefined\`.`;
  }
  if (code !== 2307 && code !== UNTYPED_PACKAGE) return undefined;
  const specifier = name.replace(/^['"]|['"]$/g, '');
  if (/^[./]/.test(specifier))
    return code === 2307 ? 'The path is looked up from the folder of the notebook.' : undefined;
  if (isSubpath(specifier))
    return code === 2307
      ? `Say in package.json which file it is: ${IMPORTS} lets \`#lib/x.ts\` be lib/x.ts beside it.`
      : undefined;
  const [scope, rest] = specifier.split('/');
  const module = scope?.startsWith('@') ? `${scope}/${rest}` : scope;
  if (code === UNTYPED_PACKAGE) {
    return `Everything in it is \`any\`. Its types may be in a package of their own: \`npm install ${typesPackage(module ?? '')}\`.`;
  }
  return `If it is a package, install it beside the notebook: \`npm install ${module}\`.`;
}

function typesPackage(name: string): string {
  return `@types/${name.replace(/^@(.*)\/(.*)$/, '$1__$2')}`;
}
