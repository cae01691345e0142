import type { VariableId } from '@tagflow/schema';
import type { Branches, ForeachCall, Piece, Span } from './facts.js';
import { parameterChanges, type Change } from './mutation.js';
import { normalDigest } from './normal.js';
import { isPrimitiveLiteral, type NameFacts, unwrapped } from './travel.js';
import ts from './typescript.js';

/** What reading the control of a cell needs to know. */
export interface ControlContext {
  nameOf: NameFacts;
  checker: ts.TypeChecker;
  /** Whether a called method belongs to a built-in object, as far as its type tells. */
  isBuiltIn(method: ts.Node): boolean;
}

/**
 * An expression that is `await name(items, body)` or `await name(items, body, options)`.
 * @param takes what is declared with its results
 */
export function foreachCall(
  expression: ts.Expression | undefined,
  context: ControlContext,
  takes?: ts.BindingName,
): ForeachCall | undefined {
  const awaited = expression && unwrapped(expression);
  if (!awaited || !ts.isAwaitExpression(awaited)) return undefined;
  const call = unwrapped(awaited.expression);
  if (!ts.isCallExpression(call) || call.arguments.some(ts.isSpreadElement)) return undefined;
  const [items, body, options] = call.arguments;
  const called = calledName(call.expression, context);
  if (!called || !items || !body || call.arguments.length > 3) return undefined;
  const inner = unwrapped(body);
  const inline = isInlineFunction(inner) ? inner : undefined;
  return {
    ...spanOf(awaited),
    ...called,
    items: pieceOf(items),
    itemsOf: variableOf(unwrapped(items), context),
    body: pieceOf(body),
    options: options && pieceOf(options),
    bodyOf: variableOf(inner, context),
    inline: inline !== undefined,
    indexed: inline !== undefined && isIndexed(inline),
    takes: takes ? normalDigest(takes) : '',
    itemChanges: inline ? itemChanges(inline, context) : [],
  };
}

function calledName(
  node: ts.Expression,
  { nameOf }: ControlContext,
): { callee: VariableId; property?: string } | undefined {
  if (ts.isIdentifier(node)) {
    const fact = nameOf(node);
    return fact && { callee: fact.variable };
  }
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const fact = nameOf(node.expression);
  return fact && { callee: fact.variable, property: node.name.text };
}

function variableOf(node: ts.Expression, { nameOf }: ControlContext): VariableId | undefined {
  return ts.isIdentifier(node) ? nameOf(node)?.variable : undefined;
}

function isInlineFunction(node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression {
  return ts.isArrowFunction(node) || (ts.isFunctionExpression(node) && !node.asteriskToken);
}

/** Whether a function may look at its second argument. */
export function isIndexed(node: ts.SignatureDeclaration): boolean {
  if (node.parameters.length > 1 || node.parameters.some((parameter) => parameter.dotDotDotToken))
    return true;
  return !ts.isArrowFunction(node) && /\barguments\b/.test(node.getText());
}

/** The function that a declarator or a declaration gives a name. */
export function declaredFunction(node: ts.Node): ts.SignatureDeclaration | undefined {
  if (ts.isFunctionDeclaration(node)) return node;
  const value = ts.isVariableDeclaration(node) && node.initializer ? unwrapped(node.initializer) : undefined;
  return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? value : undefined;
}

function itemChanges(
  body: ts.ArrowFunction | ts.FunctionExpression,
  { checker, isBuiltIn }: ControlContext,
): ForeachCall['itemChanges'] {
  const changes = parameterChanges(body, checker)[0]?.changes ?? [];
  return changes
    .filter(({ method }) => !method || isBuiltIn(method))
    .map(({ node }: Change) => ({
      ...spanOf(node),
      change: node.getText().replace(/\s+/g, ' ').slice(0, 60),
    }));
}

/** The conditions and branches of an `if` with its `else if`s. */
export function branchesOf(node: ts.IfStatement): Branches {
  const found: Branches = { conditions: [], branches: [] };
  for (let at: ts.Statement | undefined = node; at;) {
    if (!ts.isIfStatement(at)) {
      found.branches.push(pieceOf(at));
      break;
    }
    found.conditions.push(pieceOf(at.expression));
    found.branches.push(pieceOf(at.thenStatement));
    at = at.elseStatement;
  }
  return found;
}

/** A value that a variable may have before anything happens: none, or a literal. */
export function isInitialValue(node: ts.Expression | undefined): boolean {
  const value = node && unwrapped(node);
  if (!value || isPrimitiveLiteral(value)) return true;
  if (ts.isIdentifier(value)) return value.text === 'undefined';
  return ts.isArrayLiteralExpression(value) && value.elements.length === 0;
}

function pieceOf(node: ts.Node): Piece {
  return { ...spanOf(node), normal: normalDigest(node) };
}

function spanOf(node: ts.Node): Span {
  return { start: node.getStart(), end: node.end };
}
