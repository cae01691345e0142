import type { VariableId } from '@tagflow/schema';
import { type NameFacts, unwrapped } from './travel.js';
import ts from './typescript.js';

/** What reading the control of a cell needs to know. */
export interface ControlContext {
  nameOf: NameFacts;
  checker: ts.TypeChecker;
  /** Whether a called method belongs to a built-in object, as far as its type tells. */
  isBuiltIn(method: ts.Node): boolean;
}

/** `await call(items, body)` or `await call(items, body, options)`, taken apart. */
export function awaitedCall(expression: ts.Expression | undefined) {
  const awaited = expression && unwrapped(expression);
  if (!awaited || !ts.isAwaitExpression(awaited)) return undefined;
  const call = unwrapped(awaited.expression);
  if (!ts.isCallExpression(call) || call.arguments.some(ts.isSpreadElement)) return undefined;
  const [items, body, options] = call.arguments;
  if (!items || !body || call.arguments.length > 3) return undefined;
  return { awaited, call, items, body, options };
}

/** The name that is called, or whose member is. */
export function calledName(
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

export function isInlineFunction(node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression {
  return ts.isArrowFunction(node) || (ts.isFunctionExpression(node) && !node.asteriskToken);
}

/** Whether a function may look at its second argument. */
export function isIndexed(node: ts.SignatureDeclaration): boolean {
  if (node.parameters.length > 1 || node.parameters.some((parameter) => parameter.dotDotDotToken))
    return true;
  return !ts.isArrowFunction(node) && /\barguments\b/.test(node.getText());
}
