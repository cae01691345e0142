import { isWrapping } from './emit/erase.js';
import ts from './typescript.js';

/** One place where a cell names something. */
export interface Reference {
  node: ts.Identifier;
  /** UTF-16 offsets in the cell. */
  start: number;
  end: number;
  /** What it is named as: a value, a type, a namespace, or (an export specifier) any of them. */
  meaning: ts.SymbolFlags;
  /** Whether the name is evaluated when the cell runs; `typeof x` in a type is not. */
  runtime: boolean;
  /** Whether it is the target of an assignment. */
  write: boolean;
}

/** A name that a cell uses and does not declare. */
export interface FreeName {
  name: string;
  /** Used as a value when the cell runs. */
  value: boolean;
  /** Used as a value in a type: `typeof x`. */
  valueInType: boolean;
  type: boolean;
  namespace: boolean;
  /** Assigned somewhere in the cell. */
  assigned: boolean;
  refs: Reference[];
}

/** A use, in the cell, of a name that its own top level declares. */
export interface LocalReference extends Reference {
  name: string;
}

export function referenceTo(
  node: ts.Identifier,
  meaning: ts.SymbolFlags,
  runtime: boolean,
  sourceFile: ts.SourceFile,
): Reference {
  const evaluated = runtime && (meaning & ts.SymbolFlags.Value) !== 0;
  return {
    node,
    start: node.getStart(sourceFile),
    end: node.end,
    meaning,
    runtime: evaluated,
    write: evaluated && isWritten(node),
  };
}

/**
 * Whether an expression is the target of an assignment: `=`, `+=` …, `++`, the head of `for … of` and `for … in`, or a
 * place in a destructuring pattern.
 */
export function isWritten(expression: ts.Expression): boolean {
  let node: ts.Node = expression;
  let parent = node.parent;
  while (isWrapping(parent)) {
    node = parent;
    parent = parent.parent;
  }
  if (ts.isBinaryExpression(parent) && parent.left === node && isAssignment(parent.operatorToken.kind)) {
    return true;
  }
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    const { operator } = parent;
    return operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
  }
  if (isLoopHead(parent) && parent.initializer === node) return true;
  return isPatternTarget(node);
}

/** Whether a node is a target inside an array or object literal that is itself assigned to. */
function isPatternTarget(from: ts.Node): boolean {
  let node = from;
  for (let parent = node.parent; ; node = parent, parent = parent.parent) {
    if (
      ts.isArrayLiteralExpression(parent) ||
      ts.isObjectLiteralExpression(parent) ||
      ts.isSpreadElement(parent) ||
      ts.isSpreadAssignment(parent) ||
      ts.isParenthesizedExpression(parent) ||
      (ts.isPropertyAssignment(parent) && parent.initializer === node) ||
      (ts.isShorthandPropertyAssignment(parent) && parent.name === node)
    ) {
      continue;
    }
    const isLiteral = ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node);
    if (
      ts.isBinaryExpression(parent) &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      parent.left === node
    ) {
      if (isLiteral) return true;
      continue; // `[a = 1] = …`: the default of a place in a pattern
    }
    return isLoopHead(parent) && parent.initializer === node && isLiteral;
  }
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}

function isLoopHead(node: ts.Node): node is ts.ForInOrOfStatement {
  return ts.isForOfStatement(node) || ts.isForInStatement(node);
}

/** Whether an identifier stands where it names a declaration, a property or a label, and so refers to nothing. */
export function isOnlyAName(node: ts.Identifier): boolean {
  const parent = node.parent;
  switch (parent.kind) {
    case ts.SyntaxKind.QualifiedName:
      return (parent as ts.QualifiedName).right === node;
    case ts.SyntaxKind.BindingElement:
    case ts.SyntaxKind.ImportSpecifier: {
      const { name, propertyName } = parent as ts.BindingElement | ts.ImportSpecifier;
      return name === node || propertyName === node;
    }
    case ts.SyntaxKind.LabeledStatement:
    case ts.SyntaxKind.BreakStatement:
    case ts.SyntaxKind.ContinueStatement:
      return (parent as ts.LabeledStatement | ts.BreakOrContinueStatement).label === node;
    case ts.SyntaxKind.ImportType:
    case ts.SyntaxKind.NamespaceExportDeclaration:
    case ts.SyntaxKind.JsxNamespacedName:
      return true;
    case ts.SyntaxKind.ShorthandPropertyAssignment:
    case ts.SyntaxKind.ExportSpecifier:
      return false;
    default:
      return (parent as ts.NamedDeclaration).name === node;
  }
}
