import type { VariableId } from '@tagflow/schema';
import { isWrapping } from './emit/erase.js';
import ts from './typescript.js';

/** What travel needs to know about an identifier in a cell: the variable it names, and whether that is an import or an enum. */
export interface NameFact {
  variable: VariableId;
  kind: string;
}

export type NameFacts = (identifier: ts.Identifier) => NameFact | undefined;

/**
 * A declaration travels with the steps that use it when evaluating it again anywhere gives the same. This judges its
 * form; whether the names in `names` travel, and whether anything writes to it, is seen from the whole notebook.
 */
export interface TravelForm {
  travels: boolean;
  names: VariableId[];
  /** Names whose text or number is taken: of an object that would be what its own code says, each time anew. */
  texts?: VariableId[];
  /** Set when the value is a primitive, if these names have primitives as their values. */
  primitive?: VariableId[];
  /** Why a function or class does not. */
  reason?: string;
}

const STAYS: TravelForm = { travels: false, names: [] };
const TRAVELS: TravelForm = { travels: true, names: [] };
const PRIMITIVE: TravelForm = { ...TRAVELS, primitive: [] };

/** Of a statement that declares a function, class, enum or namespace; anything else stays. */
export function statementForm(node: ts.Statement, nameOf: NameFacts): TravelForm {
  if (ts.isFunctionDeclaration(node)) return TRAVELS;
  if (ts.isEnumDeclaration(node)) return enumForm(node, nameOf);
  if (ts.isClassDeclaration(node)) return classForm(node, nameOf);
  if (!ts.isModuleDeclaration(node)) return STAYS;
  const { body } = node;
  if (!body || !ts.isModuleBlock(body)) return STAYS;
  const whole = all(body.statements.map((statement) => memberForm(statement, nameOf)));
  return whole.travels ? whole : { ...whole, reason: whole.reason ?? 'a value in it is computed' };
}

function memberForm(node: ts.Statement, nameOf: NameFacts): TravelForm {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return TRAVELS;
  if (!ts.isVariableStatement(node)) return statementForm(node, nameOf);
  if (!(node.declarationList.flags & ts.NodeFlags.Const))
    return { ...STAYS, reason: 'a value in it may be assigned' };
  return all(node.declarationList.declarations.map((declaration) => constantForm(declaration, nameOf)));
}

/** Its members are evaluated again wherever it travels: each must be constant, or made of travelling names. */
function enumForm(node: ts.EnumDeclaration, nameOf: NameFacts): TravelForm {
  const own = new Set([node.name.text, ...node.members.map(({ name }) => name.getText())]);
  const form = (expression: ts.Expression): TravelForm => {
    const value = unwrapped(expression);
    if (ts.isTemplateExpression(value)) return all(value.templateSpans.map((span) => form(span.expression)));
    if (ts.isPrefixUnaryExpression(value)) return form(value.operand);
    if (ts.isBinaryExpression(value)) return all([form(value.left), form(value.right)]);
    const holder = isMember(value) ? unwrapped(value.expression) : value;
    if (ts.isIdentifier(holder) && own.has(holder.text)) return PRIMITIVE;
    return textForm(value, nameOf);
  };
  const whole = all(node.members.map(({ initializer }) => (initializer ? form(initializer) : TRAVELS)));
  return whole.travels ? whole : { ...whole, reason: 'a member of it is computed' };
}

/** Of `const name = value`. */
export function constantForm(node: ts.VariableDeclaration, nameOf: NameFacts): TravelForm {
  if (!ts.isIdentifier(node.name) || !node.initializer) return STAYS;
  return valueForm(node.initializer, nameOf);
}

/** Of an expression whose text or number is taken. */
function textForm(node: ts.Expression, nameOf: NameFacts): TravelForm {
  const { names, texts = [], primitive } = valueForm(node, nameOf);
  return primitive ? { travels: true, names, texts: [...texts, ...primitive], primitive: [] } : STAYS;
}

/** `E.a`, `E["a"]`. */
function isMember(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  if (ts.isElementAccessExpression(node)) return ts.isStringLiteralLike(node.argumentExpression);
  return ts.isPropertyAccessExpression(node);
}

/** A literal, a closed template, a function, a class, or an array or object of these and of travelling names. */
function valueForm(node: ts.Expression, nameOf: NameFacts): TravelForm {
  const value = unwrapped(node);
  const form = (expression: ts.Expression) => valueForm(expression, nameOf);
  if (isPrimitiveLiteral(value)) return PRIMITIVE;
  if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return TRAVELS;
  if (ts.isTemplateExpression(value)) {
    const whole = all(value.templateSpans.map((span) => textForm(span.expression, nameOf)));
    return whole.travels ? { ...whole, primitive: [] } : whole;
  }
  if (ts.isRegularExpressionLiteral(value)) return isStateless(value) ? TRAVELS : STAYS;
  if (ts.isClassExpression(value)) return classForm(value, nameOf);
  if (ts.isArrayLiteralExpression(value)) {
    return all(value.elements.map((item) => (ts.isSpreadElement(item) ? form(item.expression) : form(item))));
  }
  if (ts.isObjectLiteralExpression(value))
    return all(value.properties.map((item) => propertyForm(item, nameOf)));
  if (ts.isIdentifier(value)) return nameForm(value, nameOf);
  if (isMember(value) && ts.isIdentifier(value.expression)) {
    const fact = nameOf(value.expression);
    return fact?.kind === 'enum' ? { travels: true, names: [fact.variable], primitive: [] } : STAYS;
  }
  return ts.isOmittedExpression(value) ? TRAVELS : STAYS;
}

function propertyForm(node: ts.ObjectLiteralElementLike, nameOf: NameFacts): TravelForm {
  if (ts.isSpreadAssignment(node)) return valueForm(node.expression, nameOf);
  if (ts.isShorthandPropertyAssignment(node)) return nameForm(node.name, nameOf);
  if (ts.isComputedPropertyName(node.name)) return STAYS;
  if (ts.isMethodDeclaration(node)) return TRAVELS;
  return ts.isPropertyAssignment(node) ? valueForm(node.initializer, nameOf) : STAYS;
}

/** An object that holds an import stays: what a package exports is not known to be the same everywhere. */
function nameForm(node: ts.Identifier, nameOf: NameFacts): TravelForm {
  if (node.text === 'undefined' || node.text === 'NaN' || node.text === 'Infinity') return PRIMITIVE;
  const fact = nameOf(node);
  if (!fact || fact.kind === 'import') return STAYS;
  return { travels: true, names: [fact.variable], primitive: [fact.variable] };
}

function classForm(node: ts.ClassLikeDeclaration, nameOf: NameFacts): TravelForm {
  const reason = classObstacle(node, nameOf);
  if (reason) return { travels: false, names: [], reason };
  const base = node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword);
  const expression = base?.types[0]?.expression;
  if (!expression) return TRAVELS;
  if (!ts.isIdentifier(expression)) return { travels: false, names: [], reason: 'its base is computed' };
  const fact = nameOf(expression);
  return { travels: true, names: fact ? [fact.variable] : [] };
}

function classObstacle(node: ts.ClassLikeDeclaration, nameOf: NameFacts): string | undefined {
  if (ts.getDecorators(node)?.length) return 'it has a decorator';
  for (const member of node.members) {
    if (ts.isClassStaticBlockDeclaration(member)) return 'it has a static block';
    const isStatic = ts.canHaveModifiers(member) && hasModifier(member, ts.SyntaxKind.StaticKeyword);
    if (isStatic && ts.isPropertyDeclaration(member))
      return `it has the static field ${member.name.getText()}`;
    if (ts.canHaveDecorators(member) && ts.getDecorators(member)?.length) return 'a member has a decorator';
    if (member.name && ts.isComputedPropertyName(member.name)) {
      if (!isLastingSymbol(member.name.expression, nameOf)) return 'a member has a computed name';
    }
  }
  return undefined;
}

/** `[Symbol.iterator]`, `[Symbol.for('name')]`, an imported symbol: the same everywhere. */
function isLastingSymbol(node: ts.Expression, nameOf: NameFacts): boolean {
  if (ts.isIdentifier(node)) return nameOf(node)?.kind === 'import';
  if (ts.isPropertyAccessExpression(node)) return node.expression.getText() === 'Symbol';
  return ts.isCallExpression(node) && node.expression.getText() === 'Symbol.for';
}

export function isPrimitiveLiteral(node: ts.Expression): boolean {
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) return true;
  if (ts.isPrefixUnaryExpression(node)) {
    const { operator, operand } = node;
    const isSign = operator === ts.SyntaxKind.MinusToken || operator === ts.SyntaxKind.PlusToken;
    return isSign && (ts.isNumericLiteral(operand) || ts.isBigIntLiteral(operand));
  }
  return (
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword ||
    node.kind === ts.SyntaxKind.NullKeyword
  );
}

/** With the flag g or y, a regular expression remembers where it stopped. */
function isStateless(node: ts.RegularExpressionLiteral): boolean {
  return !/[gy]/.test(node.text.slice(node.text.lastIndexOf('/')));
}

/** An array or object literal without functions in it and without `as const`: data that a step makes. */
export function isData(node: ts.Expression): boolean {
  const isConstant = ts.isAssertionExpression(node) && node.type.getText() === 'const';
  if (isConstant) return false;
  if (node !== unwrapped(node)) return isData((node as ts.ParenthesizedExpression).expression);
  return isObjectLiteral(node) && !containsFunction(node);
}

export function isObjectLiteral(node: ts.Expression): boolean {
  return ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node);
}

function containsFunction(node: ts.Node): boolean {
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return true;
  return ts.forEachChild(node, (child) => containsFunction(child) || undefined) ?? false;
}

/** An expression without parentheses and what is only for the compiler. */
export function unwrapped(node: ts.Expression): ts.Expression {
  let inner = node;
  while (isWrapping(inner)) inner = inner.expression;
  return inner;
}

export function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

function all(forms: TravelForm[]): TravelForm {
  const stays = forms.find((form) => !form.travels);
  const names = forms.flatMap((form) => form.names);
  return stays ?? { travels: true, names, texts: forms.flatMap(({ texts = [] }) => texts) };
}
