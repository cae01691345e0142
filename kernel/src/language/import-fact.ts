import type { Declaration } from './declaration.js';
import type { ImportFact } from './facts.js';
import ts from './typescript.js';

/** Where an imported name comes from. */
export function importFact(declaration: Declaration | undefined): ImportFact | undefined {
  const node = declaration?.kind === 'import' ? declaration.nodes[0] : undefined;
  if (!node) return undefined;
  const statement = ts.findAncestor(node, ts.isImportDeclaration);
  if (!statement || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined;
  const specifier = statement.moduleSpecifier.text;
  if (ts.isImportSpecifier(node)) return { specifier, name: (node.propertyName ?? node.name).text };
  return { specifier, name: ts.isNamespaceImport(node) ? '*' : 'default' };
}
