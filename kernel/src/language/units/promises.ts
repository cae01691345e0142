import type { Span, Unit } from '../facts.js';
import ts from '../typescript.js';

/**
 * Fills in which statements start a promise and do not wait for it: the cell, or the step, is over before it is.
 *
 * @param sourceFile the cell as the compiler sees it, with `offset` characters before the cell's own
 */
export function addPromises(
  units: readonly Unit[],
  sourceFile: ts.SourceFile,
  offset: number,
  checker: ts.TypeChecker,
): void {
  let position = 0;
  for (const span of floatingPromises(sourceFile, checker)) {
    const start = span.start - offset;
    while (position < units.length && units[position]!.end <= start) position++;
    const unit = units[position];
    if (unit && start >= unit.start) unit.promises.push({ start, end: span.end - offset });
  }
}

/** Expression statements outside functions whose value is a promise. */
function floatingPromises(sourceFile: ts.SourceFile, checker: ts.TypeChecker): Span[] {
  const found: Span[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isExpression(node)) return;
    if (ts.isExpressionStatement(node)) {
      const { expression } = node;
      if (isStarted(expression) && isPromise(checker.getTypeAtLocation(expression), checker)) {
        found.push({ start: expression.getStart(sourceFile), end: expression.end });
      }
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(sourceFile);
  return found;
}

/** A call, and not an assignment: what is assigned may be awaited later. */
function isStarted(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isStarted(node.expression);
  return (
    ts.isCallExpression(node) ||
    ts.isIdentifier(node) ||
    ts.isNewExpression(node) ||
    ts.isConditionalExpression(node)
  );
}

function isPromise(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return false;
  if (type.isUnion()) return type.types.some((part) => isPromise(part, checker));
  const then = checker.getPropertyOfType(type, 'then');
  return !!then && checker.getTypeOfSymbol(then).getCallSignatures().length > 0;
}
