import type { VariableId } from '@tagflow/schema';
import type { Reference } from '../binding.js';
import { type DynamicImport, type ImportFact, type Unit, type ValuePass, variableId } from '../facts.js';
import { type Change, changesThrough, isTopLevel, parameterChanges, type Pass } from '../mutation.js';
import { hasModifier, unwrapped } from '../travel.js';
import ts from '../typescript.js';
import type { BoundCell } from './units.js';
import { addPlaceFacts } from './place.js';

/** What reading a cell's uses needs to know from outside the cell. */
export interface UseContext {
  importOf(variable: VariableId): ImportFact | undefined;
  /** The file or package that a specifier means in a cell. */
  meaningOf(specifier: string): string;
  /** Whether a called method belongs to a built-in object, as far as its type tells. */
  isBuiltIn(method: ts.Node): boolean;
}

interface NamedReference extends Reference {
  name: string;
  variable?: VariableId;
}

/** Fills in the uses of a cell's units, and what they say about changes, aliases, packages and place. */
export function addUses(cell: BoundCell, units: Unit[], context: UseContext): void {
  const bodies = units.filter((unit) => unit.kind !== 'import');
  let position = 0;
  for (const reference of references(cell)) {
    while (position < bodies.length && bodies[position]!.end <= reference.start) position++;
    const unit = bodies[position];
    if (unit && reference.start >= unit.start) addUse(cell, unit, reference, context);
  }
  addDynamicImports(cell, bodies, context);
  addParameters(cell, bodies, context);
}

/** All evaluated references to names of the cell's top level, of other cells and of globals, by position. */
function references(cell: BoundCell): NamedReference[] {
  const { binding, id, providers } = cell;
  const found: NamedReference[] = [];
  for (const reference of binding.locals) {
    const isAmbient = binding.declarations.get(reference.name)?.ambient;
    const variable = isAmbient ? undefined : variableId(id, reference.name);
    if (reference.runtime) found.push({ ...reference, variable });
  }
  for (const { name, refs } of binding.free.values()) {
    const provider = providers.get(name);
    const variable = provider === undefined ? undefined : variableId(provider, name);
    for (const reference of refs) if (reference.runtime) found.push({ ...reference, name, variable });
  }
  return found.sort((a, b) => a.start - b.start);
}

function addUse(cell: BoundCell, unit: Unit, reference: NamedReference, context: UseContext): void {
  const { node, name, variable, start, end, write } = reference;
  const { parent } = node;
  if (ts.isExportSpecifier(parent)) return;
  const origin = variable === undefined ? 'global' : context.importOf(variable);
  if (origin) addPlaceFacts(node, origin, unit.place);
  const shorthand = ts.isShorthandPropertyAssignment(parent) && parent.name === node;
  const nested = isNested(node);
  const use: Unit['uses'][number] = { name, variable, start, end, shorthand, write, nested };
  unit.uses.push(use);
  const { changes, passes, aliases } = changesThrough(node, cell.binding.checker);
  if (variable === undefined) {
    // Methods of globals, such as `Reflect.set`, are not those of containers.
    const [write] = changes.filter(({ method }) => !method);
    if (write) use.change = shortText(write);
    return;
  }
  const change = changes.find(({ method }) => !method || context.isBuiltIn(method));
  if (change) use.change = shortText(change);
  if (isMadeText(node)) use.asText = true;
  const given = valuePasses(cell, passes);
  if (given.length) use.passes = given;
  for (const alias of aliases) unit.aliases.push({ variable, other: variableId(cell.id, alias) });
  if (origin && origin !== 'global') use.configures = configuring(node, cell);
}

/** `f.toString()`, `String(f)`, `${f}`, `"" + f`. */
function isMadeText(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent))
    return (
      parent.expression === node && parent.name.text === 'toString' && ts.isCallExpression(parent.parent)
    );
  if (ts.isCallExpression(parent))
    return parent.expression !== node && parent.expression.getText() === 'String';
  const isSum = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.PlusToken;
  return isSum || ts.isTemplateSpan(parent);
}

/** The calls among them whose function stands at the top level of a cell. */
function valuePasses({ id, binding, providers }: BoundCell, passes: readonly Pass[]): ValuePass[] {
  return passes.flatMap(({ node, callee, index }): ValuePass[] => {
    if (!isTopLevel(callee, binding.checker)) return [];
    const name = callee.text;
    const home = binding.declarations.has(name) ? id : providers.get(name);
    return home === undefined ? [] : [{ function: variableId(home, name), index, call: shortText({ node }) }];
  });
}

function addParameters(cell: BoundCell, bodies: readonly Unit[], context: UseContext): void {
  const { sourceFile, checker } = cell.binding;
  const add = (node: ts.Node, start: number) => {
    const unit = bodies.find((body) => start >= body.start && start < body.end);
    if (!unit || !ts.isFunctionLike(node)) return;
    unit.parameters = parameterChanges(node, checker)
      .map(
        (found) =>
          found && {
            changes: found.changes.some(({ method }) => !method || context.isBuiltIn(method)),
            passes: valuePasses(cell, found.passes),
          },
      )
      .map((found) => found ?? null);
  };
  for (const statement of sourceFile.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.body) add(statement, statement.end - 1);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations)
      if (initializer && ts.isIdentifier(name)) add(unwrapped(initializer), name.getStart());
  }
}

/** Whether the code runs when a function is called, and not when the unit is evaluated. */
function isNested(node: ts.Node): boolean {
  for (let inner = node.parent; !ts.isSourceFile(inner); inner = inner.parent) {
    if (ts.isFunctionLike(inner) && !isCalledAtOnce(inner)) return true;
    if (ts.isPropertyDeclaration(inner) && !hasModifier(inner, ts.SyntaxKind.StaticKeyword)) return true;
  }
  return false;
}

/** `(() => { … })()`, and a function handed to a call, which may call it at once. */
function isCalledAtOnce(node: ts.Node): boolean {
  let outer = node.parent;
  while (ts.isParenthesizedExpression(outer)) outer = outer.parent;
  return ts.isCallExpression(outer) || ts.isNewExpression(outer);
}

function shortText({ node }: Change): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** `dayjs.extend(utc);`: a statement that only calls something of the import, or writes to it, for its effect. */
function configuring(node: ts.Identifier, cell: BoundCell): string | undefined {
  const { parent } = node;
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== node) return undefined;
  let outer: ts.Node = parent;
  while (isPartOfCall(outer.parent, outer)) outer = outer.parent;
  const isCall =
    ts.isCallExpression(outer) || (ts.isAwaitExpression(outer) && ts.isCallExpression(outer.expression));
  const statement = outer.parent;
  if (!isCall || !ts.isExpressionStatement(statement)) return undefined;
  const { statements } = cell.binding.sourceFile;
  const isTopLevel = statements.includes(statement);
  // The last expression of a cell is there to be shown.
  const isShown = statement === statements.at(-1) && !CONFIGURES.test(parent.name.text);
  return isTopLevel && !isShown ? shortText({ node: outer }) : undefined;
}

const CONFIGURES =
  /^(use|add|set|extend|register|config|configure|setup|init|install|mixin|plugin|enable|disable|load|locale|defaults?|seed)/i;

function isPartOfCall(outer: ts.Node, inner: ts.Node): boolean {
  if (ts.isAwaitExpression(outer) || ts.isNonNullExpression(outer) || ts.isParenthesizedExpression(outer))
    return true;
  const reaches = ts.isPropertyAccessExpression(outer) || ts.isCallExpression(outer);
  return reaches && outer.expression === inner;
}

function addDynamicImports(cell: BoundCell, bodies: Unit[], context: UseContext): void {
  for (const call of cell.binding.dynamicImports) {
    const start = call.expression.getStart();
    const unit = bodies.find((body) => start >= body.start && start < body.end);
    const argument = call.arguments[0];
    const specifier = argument && ts.isStringLiteralLike(argument) ? argument.text : undefined;
    const found: DynamicImport = { start, end: call.expression.end };
    if (specifier !== undefined) found.specifier = context.meaningOf(specifier);
    if (argument && found.specifier !== specifier)
      found.written = { start: argument.getStart(), end: argument.end };
    unit?.dynamicImports.push(found);
  }
}
