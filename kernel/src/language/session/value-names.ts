import { onceForEachState } from '../each-state.js';
import ts from '../typescript.js';

/**
 * Names that stand as values somewhere in a file: an import of any other name is taken for one of a type, and is left
 * out of TypeScript that runs. A name that means something else in an inner scope counts too.
 */
export const valueNames = onceForEachState((sourceFile): ReadonlySet<string> => {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (isForTypes(node)) return;
    if (ts.isExpressionWithTypeArguments(node)) return visit(node.expression);
    if (ts.isPropertyAccessExpression(node)) return visit(node.expression);
    if (ts.isExportSpecifier(node)) {
      const { name, propertyName = name } = node;
      names.add(propertyName.text);
    } else if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  sourceFile.statements.forEach(visit);
  return names;
});

function isForTypes(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
    return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly || node.moduleSpecifier !== undefined;
  if (ts.isExportSpecifier(node)) return node.isTypeOnly;
  if (ts.isHeritageClause(node)) return node.token === ts.SyntaxKind.ImplementsKeyword;
  // What a class extends is written as a type, and is a value.
  return ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);
}
