import type { NestedCall } from '../facts.js';
import { awaitedCall, calledName, type ControlContext, isIndexed, isInlineFunction } from '../loop-call.js';
import { changesThrough, isTopLevel, symbolOf } from '../mutation.js';
import { pieceOf } from '../piece.js';
import { isOnlyAName, isWritten } from '../reference.js';
import { unwrapped } from '../travel.js';
import ts from '../typescript.js';

type Body = ts.ArrowFunction | ts.FunctionExpression;

/**
 * Loops at the top of a loop's body that can be spread as well: their bodies change nothing around them. Any other stays
 * what it is, a concurrent map.
 */
export function nestedCalls({ body }: Body, context: ControlContext): NestedCall[] {
  if (!ts.isBlock(body)) return [];
  return body.statements.flatMap((statement) => nestedCall(expressionOf(statement), context) ?? []);
}

/** The expression that a statement consists of, or whose value it declares. */
function expressionOf(node: ts.Statement): ts.Expression | undefined {
  if (ts.isExpressionStatement(node)) return node.expression;
  if (!ts.isVariableStatement(node)) return undefined;
  const { declarations } = node.declarationList;
  return declarations.length === 1 ? declarations[0]!.initializer : undefined;
}

function nestedCall(expression: ts.Expression | undefined, context: ControlContext): NestedCall | undefined {
  const parts = awaitedCall(expression);
  const called = parts && calledName(parts.call.expression, context);
  if (!called || !isTopLevelName(parts.call.expression, context)) return undefined;
  const { call, items, body } = parts;
  const inner = unwrapped(body);
  const head = { start: call.getStart(), end: items.getStart() };
  if (isInlineFunction(inner)) {
    const captures = capturesOf(inner, context);
    if (!captures) return undefined;
    const nested = nestedCalls(inner, context);
    return {
      ...called,
      head,
      body: pieceOf(body),
      inline: true,
      indexed: isIndexed(inner),
      captures,
      nested,
    };
  }
  const fact = ts.isIdentifier(inner) && isTopLevelName(inner, context) ? context.nameOf(inner) : undefined;
  if (!fact) return undefined;
  const bodyOf = fact.variable;
  return {
    ...called,
    head,
    body: pieceOf(body),
    bodyOf,
    inline: false,
    indexed: true,
    captures: [],
    nested: [],
  };
}

/** Whether `name`, or `name.member`, means what stands at the top of a cell. */
function isTopLevelName(node: ts.Expression, { checker }: ControlContext): boolean {
  const name = ts.isPropertyAccessExpression(node) ? node.expression : node;
  return ts.isIdentifier(name) && isTopLevel(name, checker);
}

/** Local names from around a function that it uses; undefined if it assigns or changes one, or has the `this` of there. */
function capturesOf(body: Body, { checker }: ControlContext): string[] | undefined {
  const names = new Set<string>();
  let isClosed = true;
  const visit = (node: ts.Node, ownThis: boolean): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword)
      isClosed &&= ownThis;
    else if (ts.isIdentifier(node)) {
      // The arguments of a function around it cannot be handed over by that name.
      if (node.text === 'arguments') isClosed &&= ownThis;
      if (isOnlyAName(node) || !isFromOutside(node, body, checker)) return;
      names.add(node.text);
      isClosed &&= !isWritten(node) && changesThrough(node, checker).changes.length === 0;
    } else {
      const has = ownThis || (ts.isFunctionLike(node) && !ts.isArrowFunction(node)) || ts.isClassLike(node);
      ts.forEachChild(node, (child) => visit(child, has));
    }
  };
  visit(body, !ts.isArrowFunction(body));
  return isClosed ? [...names].sort() : undefined;
}

function isFromOutside(node: ts.Identifier, body: Body, checker: ts.TypeChecker): boolean {
  if (node.text === 'arguments') return false;
  if (isTopLevel(node, checker)) return false;
  const declaration = symbolOf(node, checker)?.valueDeclaration;
  return !!declaration && (declaration.pos < body.pos || declaration.end > body.end);
}
