/** Calls of what Tagflow's own library reads past runs with, and where they lead. */
import { fileURLToPath } from 'node:url';
import type { PastNames } from '../messages.js';
import { unwrapped } from '../travel.js';
import ts from '../typescript.js';

/** Where the library declares `runs`, runs and steps. */
const LIBRARY = fileURLToPath(new URL('../../library/runs.d.ts', import.meta.url));

/** More constants and calls than this lead nowhere: they may go round in a circle. */
const LIMIT = 50;

/** Whether a member of an expression's type is one of those with which the library reads past runs. */
export function isOfLibrary(receiver: ts.Expression, member: string, checker: ts.TypeChecker): boolean {
  const declared = checker.getTypeAtLocation(receiver).getProperty(member)?.declarations ?? [];
  return declared.some((node) => node.getSourceFile().fileName === LIBRARY);
}

/**
 * Which runs, and which step of theirs, an expression stands for: told by the calls of the library that it comes from,
 * through constants, also of other cells, and through what lists of runs do. What is not written down is left out.
 */
export function pastNamesOf(
  expression: ts.Expression,
  checker: ts.TypeChecker,
  limit: number = LIMIT,
): PastNames {
  if (limit === 0) return {};
  const further = (before: ts.Expression) => pastNamesOf(before, checker, limit - 1);
  const literal = (node: ts.Expression | undefined) => literalOf(node, checker);
  const node = unwrapped(expression);
  if (ts.isAwaitExpression(node)) return further(node.expression);
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
    return further(node.expression);
  if (ts.isIdentifier(node)) {
    const source = sourceOf(node, checker);
    return source ? further(source) : {};
  }
  if (!ts.isCallExpression(node)) return {};
  const [first, second] = node.arguments;
  switch (calledMethod(node, checker)) {
    case 'latest':
      return { pipeline: literal(first), state: literal(propertyOf(second, 'state')) };
    case 'list':
      return { pipeline: literal(propertyOf(first, 'pipeline')), state: literal(propertyOf(first, 'state')) };
    case 'get':
      return { run: literal(first) };
    case 'step':
      return { ...further(node.expression), step: literal(first) };
    default:
      return further(node.expression);
  }
}

/** The text that is written down for an expression. Its type would tell more, but may have to be inferred from far. */
export function literalOf(
  expression: ts.Expression | undefined,
  checker: ts.TypeChecker,
  limit: number = LIMIT,
): string | undefined {
  if (!expression || limit === 0) return undefined;
  const node = unwrapped(expression);
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isIdentifier(node) ? literalOf(sourceOf(node, checker), checker, limit - 1) : undefined;
}

/** Name of the method of the library that is called; undefined if it is another's. */
function calledMethod({ expression }: ts.CallExpression, checker: ts.TypeChecker): string | undefined {
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const { name, expression: receiver } = expression;
  return isOfLibrary(receiver, name.text, checker) ? name.text : undefined;
}

/** What a constant, or the parameter of a function that is called with each run of a list, gets its value from. */
function sourceOf(name: ts.Identifier, checker: ts.TypeChecker): ts.Expression | undefined {
  const found = checker.getSymbolAtLocation(name);
  const isAlias = found && (found.flags & ts.SymbolFlags.Alias) !== 0;
  const declared = (isAlias ? checker.getAliasedSymbol(found) : found)?.valueDeclaration;
  if (!declared) return undefined;
  const declaration = ts.isBindingElement(declared)
    ? ts.walkUpBindingElementsAndPatterns(declared)
    : declared;
  if (ts.isParameter(declaration)) {
    const call = declaration.parent.parent;
    return ts.isCallExpression(call) ? call.expression : undefined;
  }
  if (!ts.isVariableDeclaration(declaration) || !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const))
    return undefined;
  const statement = declaration.parent.parent;
  return ts.isForOfStatement(statement) ? statement.expression : declaration.initializer;
}

function propertyOf(node: ts.Expression | undefined, name: string): ts.Expression | undefined {
  if (!node || !ts.isObjectLiteralExpression(node)) return undefined;
  const property = node.properties.find((each) => each.name?.getText() === name);
  return property && ts.isPropertyAssignment(property) ? property.initializer : undefined;
}
