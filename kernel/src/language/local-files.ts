import type { CellBinding } from './binding.js';
import type { Declaration } from './declaration.js';
import { isLocal } from './slice/modules.js';
import { isSubpath } from './subpaths.js';
import ts from './typescript.js';

/** Whether a cell names local files, for their types or values; also where it computes what it imports. */
export function namesLocalFiles({ imports, dynamicImports }: CellBinding): boolean {
  return (
    dynamicImports.some((call) => namesLocalFile(call.arguments[0] ?? call)) ||
    imports.some((node) => {
      const specifier = specifierOf(node);
      return specifier !== undefined && namesLocalFile(specifier);
    })
  );
}

/** Whether a cell evaluates local files when it runs. */
export function evaluatesLocalFiles({ imports, dynamicImports, declarations }: CellBinding): boolean {
  return (
    dynamicImports.some((call) => namesLocalFile(call.arguments[0] ?? call)) ||
    imports.some((node) => {
      const isBare = ts.isImportDeclaration(node) && !node.importClause;
      return isBare && namesLocalFile(node.moduleSpecifier);
    }) ||
    [...declarations.values()].some((declaration) => declaration.value && isOfLocalFile(declaration))
  );
}

/** Whether a name is imported from a local file. */
export function isOfLocalFile({ kind, nodes }: Declaration): boolean {
  const statement = kind === 'import' ? nodes[0] && ts.findAncestor(nodes[0], isImport) : undefined;
  const specifier = statement && specifierOf(statement);
  return specifier !== undefined && namesLocalFile(specifier);
}

function isImport(node: ts.Node): node is ts.ImportDeclaration | ts.ImportEqualsDeclaration {
  return ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node);
}

function specifierOf(node: CellBinding['imports'][number]): ts.Expression | undefined {
  if (!ts.isImportEqualsDeclaration(node)) return node.moduleSpecifier;
  const { moduleReference: reference } = node;
  return ts.isExternalModuleReference(reference) ? reference.expression : undefined;
}

function namesLocalFile(specifier: ts.Node): boolean {
  return !ts.isStringLiteralLike(specifier) || mayBeLocal(specifier.text);
}

/** What `#name` means, package.json says, and may say otherwise the next time. */
export function mayBeLocal(specifier: string): boolean {
  return isLocal(specifier) || isSubpath(specifier);
}
