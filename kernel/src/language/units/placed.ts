import type { CellBinding } from '../binding.js';
import { onceForEachState } from '../each-state.js';
import type { PlacedFile, Unit } from '../facts.js';
import { isImportMeta } from '../module-syntax.js';
import { positionAt } from '../session/position.js';
import { loadedBy, type ReachedFiles } from '../reached-files.js';
import ts from '../typescript.js';

/**
 * Fills in which local files that units load ask where they are: a run has them within a program that lies elsewhere.
 * @param from name of the cell's file, as the compiler knows it
 */
export function addPlacedFiles(
  units: readonly Unit[],
  binding: CellBinding,
  files: ReachedFiles,
  from: string,
): void {
  for (const node of loadedBy(binding)) {
    const placed = files.through(node.text, from).flatMap(({ path, sourceFile }): PlacedFile[] => {
      const asked = placeAskedBy(sourceFile);
      return asked ? [{ path, ...asked }] : [];
    });
    if (placed.length === 0) continue;
    for (const unit of unitsWith(node, units))
      unit.place.placed.push({ start: node.getStart(), end: node.end, files: placed });
  }
}

/** The names of an import are units, and what has an `import()` in it is one. */
function unitsWith(specifier: ts.Node, units: readonly Unit[]): Unit[] {
  const statement = ts.findAncestor(
    specifier,
    (node) => ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node),
  );
  return units.filter(({ start, end }) =>
    statement
      ? start >= statement.getStart() && end <= statement.end
      : start <= specifier.getStart() && end >= specifier.end,
  );
}

type Asked = Pick<PlacedFile, 'line' | 'text'>;

/** The first place where a file asks. */
const placeAskedBy = onceForEachState((sourceFile): Asked | undefined => {
  if (!/\bimport\s*\.\s*meta\b|\b__(dir|file)name\b/.test(sourceFile.text)) return undefined;
  const visit = (node: ts.Node): Asked | undefined => {
    const text = isImportMeta(node) ? metaText(node) : commonJsText(node, sourceFile);
    if (text !== undefined) return { text, line: positionAt(sourceFile, node.getStart(sourceFile)).line };
    return ts.forEachChild(node, visit);
  };
  return visit(sourceFile);
});

/** `import.meta.main` and the like are the same everywhere. */
function metaText({ parent }: ts.MetaProperty): string | undefined {
  const name = ts.isPropertyAccessExpression(parent) ? parent.name.text : undefined;
  if (name === undefined) return 'import.meta';
  return /^(url|dirname|filename|resolve)$/.test(name) ? `import.meta.${name}` : undefined;
}

function commonJsText(node: ts.Node, { fileName, locals }: ts.SourceFile): string | undefined {
  if (!ts.isIdentifier(node) || !/^__(dir|file)name$/.test(node.text)) return undefined;
  const isName = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  const isDeclared = locals?.has(ts.escapeLeadingUnderscores(node.text)) ?? false;
  return /\.c?[jt]s$/.test(fileName) && !isName && !isDeclared ? node.text : undefined;
}
