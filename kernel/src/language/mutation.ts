import { isWritten } from './binding.js';
import { isWrapping } from './emit/erase.js';
import ts from './typescript.js';

/** Methods of the built-in objects that change the object they are called on. */
const MUTATORS = new Set(
  (
    'push pop shift unshift splice sort reverse fill copyWithin set add delete clear setDate setFullYear setHours ' +
    'setMilliseconds setMinutes setMonth setSeconds setTime setUTCDate setUTCFullYear setUTCHours setUTCMinutes ' +
    'setUTCMonth setUTCSeconds'
  ).split(' '),
);
/** Methods that give a part of the object, and those that give a new container of its parts. */
const PARTS = new Set(['find', 'findLast', 'at', 'get', 'values', 'entries']);
const CONTAINERS = new Set([
  'filter',
  'slice',
  'concat',
  'flat',
  'toSorted',
  'toReversed',
  'toSpliced',
  'with',
]);
/** Methods that hand each part to a function, as its first or, for a reducer, second parameter. */
const VISITORS = new Map([
  ...[
    'forEach',
    'map',
    'flatMap',
    'filter',
    'some',
    'every',
    'find',
    'findLast',
    'findIndex',
    'findLastIndex',
  ].map((name) => [name, 0] as const),
  ['reduce', 1] as const,
  ['reduceRight', 1] as const,
]);
const OBJECT_WRITERS =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|defineProperty|deleteProperty|setPrototypeOf))$/;
const OBJECT_READERS = /^Object\.(values|entries)$/;

/** A place where a value is changed. `method` is the called method's name, when it is one that may not be built in. */
export interface Change {
  node: ts.Node;
  method?: ts.Node;
}

/** A call that hands the value to a function as its parameter number `index`, and what stands for the function. */
export interface Pass {
  node: ts.Node;
  callee: ts.Identifier;
  index: number;
}

export interface Changes {
  changes: Change[];
  /** Calls that are given the value, or a part of it. What they do with it stands elsewhere. */
  passes: Pass[];
  /** Top-level names of the cell that hold the value, or a part of it, from then on. */
  aliases: string[];
}

/** A value as it stands in the code. `fresh`: a new container, whose parts alone are the value's. */
interface Place {
  node: ts.Node;
  fresh: boolean;
}

/**
 * Finds where the value that an identifier names is changed in place: by itself, through its parts, and through names
 * that hold it. Calls of functions that are given the value are told apart.
 *
 * @param checker knows the cell's scopes
 */
export function changesThrough(identifier: ts.Identifier, checker: ts.TypeChecker): Changes {
  const found: Changes = { changes: [], passes: [], aliases: [] };
  const waiting: Place[] = [{ node: identifier, fresh: false }];
  const seen = new Set<ts.Node>();
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    const held: Held[] = [];
    follow(place, found, held);
    for (const { names, fresh } of held) {
      for (const name of names) {
        if (seen.has(name)) continue;
        seen.add(name);
        const symbol = symbolOf(name, checker);
        const scope = symbol && scopeOf(symbol);
        if (!scope) continue;
        if (!ts.isSourceFile(scope)) {
          waiting.push(...usesOf(symbol, name, scope, checker).map((node) => ({ node, fresh })));
        } else if (!fresh) {
          found.aliases.push(name.text);
        }
      }
    }
  }
  return found;
}

/** Names that hold a value, or a new container of its parts. */
interface Held {
  names: ts.Identifier[];
  fresh: boolean;
}

/** Follows a value outwards through what is done with it, until it is changed, held by names, or out of sight. */
function follow(place: Place, found: Changes, held: Held[]): void {
  let current: Place | undefined = place;
  while (current) current = followOnce(current, found, held);
}

function followOnce({ node, fresh }: Place, found: Changes, held: Held[]): Place | undefined {
  const { parent } = node;
  if (isWrapping(parent)) return { node: parent, fresh };
  if (isAccess(parent) && parent.expression === node) {
    if (isWritten(parent) || ts.isDeleteExpression(parent.parent)) {
      if (!fresh) found.changes.push({ node: parent.parent });
      return undefined;
    }
    const call = ts.isPropertyAccessExpression(parent) ? calledBy(parent) : undefined;
    return call ? followMethod(call, fresh, found, held) : { node: parent, fresh: false };
  }
  if (ts.isSpreadElement(parent) || ts.isSpreadAssignment(parent))
    return { node: parent.parent, fresh: true };
  if (ts.isCallExpression(parent) && parent.arguments.includes(node as ts.Expression)) {
    const callee = parent.expression.getText();
    if (OBJECT_READERS.test(callee)) return { node: parent, fresh: true };
    if (fresh) return undefined;
    const index = parent.arguments.indexOf(node as ts.Expression);
    if (index === 0 && OBJECT_WRITERS.test(callee)) found.changes.push({ node: parent });
    if (ts.isIdentifier(parent.expression))
      found.passes.push({ node: parent, callee: parent.expression, index });
    return undefined;
  }
  const name = heldBy(node, parent, fresh);
  if (name) held.push(name);
  return undefined;
}

function followMethod(
  call: ts.CallExpression,
  fresh: boolean,
  { changes, passes }: Changes,
  held: Held[],
): Place | undefined {
  const { name } = call.expression as ts.PropertyAccessExpression;
  const visitor = call.arguments[0];
  const visited = VISITORS.get(name.text);
  if (visited !== undefined && visitor && ts.isIdentifier(visitor))
    passes.push({ node: call, callee: visitor, index: visited });
  held.push({ names: visitedNames(call, name.text), fresh: false });
  if (MUTATORS.has(name.text) && !fresh) changes.push({ node: call, method: name });
  if (PARTS.has(name.text)) return { node: call, fresh: false };
  return CONTAINERS.has(name.text) ? { node: call, fresh: true } : undefined;
}

/** `name = value`, `const name = value`, `const { name } = value`, `for (const name of value)`. */
function heldBy(node: ts.Node, parent: ts.Node, fresh: boolean): Held | undefined {
  if (ts.isVariableDeclaration(parent) && parent.initializer === node) {
    return { names: boundNames(parent.name), fresh: fresh && ts.isIdentifier(parent.name) };
  }
  if (ts.isForOfStatement(parent) && parent.expression === node) {
    const { initializer } = parent;
    if (!ts.isVariableDeclarationList(initializer)) return undefined;
    return { names: boundNames(initializer.declarations[0]!.name), fresh: false };
  }
  const isAssigned =
    ts.isBinaryExpression(parent) &&
    parent.right === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isIdentifier(parent.left);
  return isAssigned ? { names: [parent.left as ts.Identifier], fresh } : undefined;
}

/** The names of the parameter to which a visiting method hands the parts: `x` in `rows.forEach((x) => …)`. */
function visitedNames(call: ts.CallExpression, method: string): ts.Identifier[] {
  const position = VISITORS.get(method);
  const visitor = call.arguments[0];
  if (position === undefined || !visitor) return [];
  if (!ts.isArrowFunction(visitor) && !ts.isFunctionExpression(visitor)) return [];
  const parameter = visitor.parameters[position];
  return parameter ? boundNames(parameter.name) : [];
}

function isAccess(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

function calledBy(callee: ts.Expression): ts.CallExpression | undefined {
  const { parent } = callee;
  return ts.isCallExpression(parent) && parent.expression === callee ? parent : undefined;
}

/** The identifiers that a declared name or pattern binds. */
export function boundNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/**
 * What a function does to its parameters, by their positions; undefined for one that the function assigns, or that
 * collects the rest.
 */
export function parameterChanges(
  node: ts.SignatureDeclaration,
  checker: ts.TypeChecker,
): (Omit<Changes, 'aliases'> | undefined)[] {
  return node.parameters.map((parameter) => {
    if (parameter.dotDotDotToken) return undefined;
    const found: Omit<Changes, 'aliases'> = { changes: [], passes: [] };
    for (const name of boundNames(parameter.name)) {
      const symbol = symbolOf(name, checker);
      const uses = symbol ? usesOf(symbol, name, node, checker) : [];
      if (uses.some((use) => isWritten(use))) return undefined;
      for (const use of uses) {
        const { changes, passes } = changesThrough(use, checker);
        found.changes.push(...changes);
        found.passes.push(...passes);
      }
    }
    return found;
  });
}

/** The changes that the code of a namespace makes to its own constants. */
export function changesWithin(namespace: ts.ModuleDeclaration, checker: ts.TypeChecker): Change[] {
  const found: Change[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isIdentifier(node) || (ts.isVariableDeclaration(node.parent) && node.parent.name === node))
      return;
    const declaration = symbolOf(node, checker)?.valueDeclaration;
    const isOwn =
      declaration &&
      ts.isVariableDeclaration(declaration) &&
      ts.isModuleBlock(declaration.parent.parent.parent);
    if (!isOwn) return;
    const { changes, passes } = changesThrough(node, checker);
    found.push(...changes, ...passes.flatMap((pass) => changesBy(pass, checker)));
  };
  visit(namespace);
  return found;
}

/** What the function that is called does to the value that it is given, where it stands in the same file. */
function changesBy({ node, callee, index }: Pass, checker: ts.TypeChecker): Change[] {
  const declaration = symbolOf(callee, checker)?.valueDeclaration;
  const called = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  if (!called || !ts.isFunctionLike(called) || index >= called.parameters.length) return [];
  return parameterChanges(called, checker)[index]?.changes ?? [{ node }];
}

/** Whether a name means what stands at the top of its file, or nothing there. */
export function isTopLevel(name: ts.Identifier, checker: ts.TypeChecker): boolean {
  const symbol = symbolOf(name, checker);
  return !symbol || !scopeOf(symbol) || ts.isSourceFile(scopeOf(symbol)!);
}

export function symbolOf(name: ts.Identifier, checker: ts.TypeChecker): ts.Symbol | undefined {
  return checker.resolveName(name.text, name, ts.SymbolFlags.Value, true);
}

/** The piece of code in which a local name can be used: all of it, or the file for a top-level name. */
function scopeOf(symbol: ts.Symbol): ts.Node | undefined {
  const declaration = symbol.valueDeclaration;
  if (!declaration) return undefined;
  const file = declaration.getSourceFile();
  const local = file.locals?.get(symbol.escapedName);
  if (local && (local === symbol || local.exportSymbol === symbol)) return file;
  return (
    ts.findAncestor(
      declaration.parent,
      (node) => ts.isBlock(node) || ts.isFunctionLike(node) || isLoop(node),
    ) ?? file
  );
}

function isLoop(node: ts.Node): boolean {
  return ts.isForOfStatement(node) || ts.isForInStatement(node) || ts.isForStatement(node);
}

function usesOf(
  symbol: ts.Symbol,
  declared: ts.Identifier,
  scope: ts.Node,
  checker: ts.TypeChecker,
): ts.Identifier[] {
  const uses: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (node !== declared && node.text === declared.text && symbolOf(node, checker) === symbol)
        uses.push(node);
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(scope);
  return uses.filter((node) => !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node));
}
