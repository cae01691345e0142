import type { VariableId } from '@tagflow/schema';
import type { Branches, ForeachCall } from '../facts.js';
import { parameterChanges, type Change } from '../mutation.js';
import { normalDigest } from '../normal.js';
import { awaitedCall, calledName, type ControlContext, isIndexed, isInlineFunction } from '../loop-call.js';
import { pieceOf, spanOf } from '../piece.js';
import { isPrimitiveLiteral, unwrapped } from '../travel.js';
import ts from '../typescript.js';
import { nestedCalls } from './nested.js';

/**
 * An expression that is `await name(items, body)` or `await name(items, body, options)`.
 * @param takes what is declared with its results
 */
export function foreachCall(
  expression: ts.Expression | undefined,
  context: ControlContext,
  takes?: ts.BindingName,
): ForeachCall | undefined {
  const parts = awaitedCall(expression);
  const called = parts && calledName(parts.call.expression, context);
  if (!called) return undefined;
  const { awaited, items, body, options } = parts;
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
    nested: inline ? nestedCalls(inline, context) : [],
  };
}

function variableOf(node: ts.Expression, { nameOf }: ControlContext): VariableId | undefined {
  return ts.isIdentifier(node) ? nameOf(node)?.variable : undefined;
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
