import { onceForEachState } from './each-state.js';
import { isImportCall, isRequireCall } from './module-syntax.js';
import ts from './typescript.js';

/** A module that a file loads when it is evaluated, or when some of its code runs. */
export interface FileLoad {
  specifier: ts.StringLiteralLike;
  /** What it takes from the module; if these are types alone, it loads nothing. Absent where it loads in any case. */
  names?: ts.Identifier[];
}

/** What a file loads by its form. */
export const loadsOf = onceForEachState((sourceFile): readonly FileLoad[] => [
  ...statementLoads(sourceFile),
  ...callLoads(sourceFile),
]);

function statementLoads({ statements }: ts.SourceFile): FileLoad[] {
  return statements.flatMap((node): FileLoad[] => {
    if (ts.isImportDeclaration(node)) return importLoads(node);
    if (ts.isExportDeclaration(node)) return exportLoads(node);
    if (!ts.isImportEqualsDeclaration(node) || node.isTypeOnly) return [];
    const { moduleReference: reference } = node;
    return ts.isExternalModuleReference(reference) ? load(reference.expression, [node.name]) : [];
  });
}

function importLoads({ importClause: clause, moduleSpecifier }: ts.ImportDeclaration): FileLoad[] {
  if (!clause) return load(moduleSpecifier);
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const { name, namedBindings } = clause;
  const names = name ? [name] : [];
  if (namedBindings && ts.isNamespaceImport(namedBindings)) names.push(namedBindings.name);
  if (namedBindings && ts.isNamedImports(namedBindings))
    names.push(...namedBindings.elements.filter((each) => !each.isTypeOnly).map((each) => each.name));
  return load(moduleSpecifier, names);
}

function exportLoads({
  exportClause: clause,
  isTypeOnly,
  moduleSpecifier,
}: ts.ExportDeclaration): FileLoad[] {
  if (!moduleSpecifier || isTypeOnly) return [];
  if (!clause || !ts.isNamedExports(clause)) return load(moduleSpecifier);
  const names = clause.elements.filter((each) => !each.isTypeOnly).map((each) => each.name);
  return load(moduleSpecifier, names.filter(ts.isIdentifier));
}

function callLoads(sourceFile: ts.SourceFile): FileLoad[] {
  if (!/\b(import|require)\s*\(/.test(sourceFile.text)) return [];
  const loads: FileLoad[] = [];
  const visit = (node: ts.Node): void => {
    if ((isImportCall(node) || isRequireCall(node)) && node.arguments[0])
      loads.push(...load(node.arguments[0]));
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return loads;
}

function load(specifier: ts.Expression, names?: ts.Identifier[]): FileLoad[] {
  return ts.isStringLiteralLike(specifier) ? [{ specifier, ...(names && { names }) }] : [];
}
