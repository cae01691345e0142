import { unwrapped } from '../travel.js';
import ts from '../typescript.js';

/** The value of a JSON literal; absent when the expression is anything else. */
export function jsonLiteral(node: ts.Expression): { value: unknown } | undefined {
  const literal = unwrapped(node);
  if (ts.isStringLiteralLike(literal)) return { value: literal.text };
  if (ts.isNumericLiteral(literal)) return { value: Number(literal.text) };
  if (literal.kind === ts.SyntaxKind.TrueKeyword) return { value: true };
  if (literal.kind === ts.SyntaxKind.FalseKeyword) return { value: false };
  if (literal.kind === ts.SyntaxKind.NullKeyword) return { value: null };
  if (ts.isPrefixUnaryExpression(literal) && ts.isNumericLiteral(literal.operand)) {
    const number = Number(literal.operand.text);
    if (literal.operator === ts.SyntaxKind.MinusToken) return { value: -number };
    return literal.operator === ts.SyntaxKind.PlusToken ? { value: number } : undefined;
  }
  if (ts.isArrayLiteralExpression(literal)) return jsonArray(literal);
  return ts.isObjectLiteralExpression(literal) ? jsonObject(literal) : undefined;
}

function jsonArray(node: ts.ArrayLiteralExpression): { value: unknown } | undefined {
  const items = node.elements.map(jsonLiteral);
  return items.every((item) => item !== undefined) ? { value: items.map((item) => item.value) } : undefined;
}

function jsonObject(node: ts.ObjectLiteralExpression): { value: unknown } | undefined {
  const entries: [string, unknown][] = [];
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property)) return undefined;
    const { name } = property;
    const isPlain = ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name);
    const item = isPlain && name.text !== '__proto__' ? jsonLiteral(property.initializer) : undefined;
    if (!item) return undefined;
    entries.push([(name as ts.Identifier).text, item.value]);
  }
  return { value: Object.fromEntries(entries) };
}
