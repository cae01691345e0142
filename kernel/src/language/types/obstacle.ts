import { adaptedClass, type VariableId } from '@tagflow/schema';
import type { Obstacle, ValueType } from '../facts.js';
import { argumentsOf, isLibraryType, isPrivateName, packageOf, valueProperties } from './library.js';
import { hasModifier } from '../travel.js';
import ts from '../typescript.js';

const { TypeFlags } = ts;
const PRIMITIVE =
  TypeFlags.StringLike |
  TypeFlags.NumberLike |
  TypeFlags.BigIntLike |
  TypeFlags.BooleanLike |
  TypeFlags.Null |
  TypeFlags.Undefined |
  TypeFlags.Void |
  TypeFlags.Never;
const NOTHING = TypeFlags.Null | TypeFlags.Undefined | TypeFlags.Void;
/** Nothing can be said before the value is there; it is looked at when it is kept. */
const UNKNOWN = TypeFlags.Any | TypeFlags.Unknown | TypeFlags.NonPrimitive | TypeFlags.TypeParameter;

/** Built-in kinds that are kept as they are. */
const KEPT = new Set(
  (
    'Date RegExp Map Set ReadonlyMap ReadonlySet ArrayBuffer DataView Int8Array Uint8Array ' +
    'Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array ' +
    'BigUint64Array Error TypeError RangeError SyntaxError EvalError ReferenceError URIError AggregateError ' +
    'Boolean Number String Buffer Stats Object'
  ).split(' '),
);

/**
 * The first thing in a value of this type, depth first, that cannot be kept: a function, a symbol, a promise, a weak
 * collection, an iterator, an instance of a class that cannot be made again.
 *
 * @param name of the variable: the path begins with it
 */
export function obstacleIn(
  checker: ts.TypeChecker,
  type: ts.Type,
  name: string,
  ownClass: OwnClass,
): Pick<ValueType, 'obstacle' | 'classes'> {
  const search = new ObstacleSearch(checker, ownClass);
  return { obstacle: search.search(type, name), classes: search.classes };
}

/** The variable of a class that the notebook declares; absent for any other class. */
type OwnClass = (symbol: ts.Symbol) => VariableId | undefined;

class ObstacleSearch {
  readonly classes: ValueType['classes'] = [];
  private readonly seen = new Set<ts.Type>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly ownClass: OwnClass,
  ) {}

  search(type: ts.Type, path: string): Obstacle | undefined {
    if (type.flags & TypeFlags.ESSymbolLike) return { path, kind: 'symbol' };
    if (type.flags & (PRIMITIVE | UNKNOWN) || this.seen.has(type)) return undefined;
    this.seen.add(type);
    if (type.isUnion()) return this.searchParts(type.types, path);
    if (type.getCallSignatures().length || type.getConstructSignatures().length)
      return { path, kind: 'function' };
    if (this.checker.isArrayType(type) || this.checker.isTupleType(type)) return this.searchItems(type, path);
    if (isLibraryType(type)) return this.searchLibrary(type, path);
    const adapted = adaptedBy(type.symbol);
    if (adapted) {
      const items = adapted.isCollection ? argumentsOf(this.checker, type) : [];
      return first(items, (item) => this.search(item, `${path}<item>`));
    }
    if (type.symbol?.flags & ts.SymbolFlags.Class) {
      const obstacle = this.instanceObstacle(type, path);
      if (obstacle) return obstacle;
    }
    return this.searchProperties(type, path);
  }

  /** Of a union: what of it can be kept may be all that there ever is. */
  private searchParts(parts: readonly ts.Type[], path: string): Obstacle | undefined {
    const found = parts.map((part) => this.search(part, path));
    const isKept = found.some((each, i) => !each && !(parts[i]!.flags & NOTHING));
    const obstacle = first(found, (each) => each);
    return obstacle && isKept ? { ...obstacle, maybe: true } : obstacle;
  }

  private searchItems(type: ts.Type, path: string): Obstacle | undefined {
    const isTuple = this.checker.isTupleType(type);
    const items = this.checker.getTypeArguments(type as ts.TypeReference);
    return first(items, (item, index) => this.search(item, `${path}[${isTuple ? index : ''}]`));
  }

  private searchLibrary(type: ts.Type, path: string): Obstacle | undefined {
    const { name } = type.symbol;
    if (this.isThenable(type)) return { path, kind: 'promise' };
    if (name.startsWith('Weak')) return { path, kind: 'weak' };
    if (/Iterator|Iterable|Generator/.test(name)) return { path, kind: 'iterator' };
    if (/^(Callable|Newable)?Function$/.test(name)) return { path, kind: 'function' };
    if (this.isClass(type)) return { path, kind: 'instance', className: name };
    if (!KEPT.has(name)) return undefined;
    const labels = /Map$/.test(name) ? ['<key>', '<value>'] : ['<item>'];
    const parts = /Map$|Set$/.test(name) ? argumentsOf(this.checker, type) : [];
    return first(parts, (part, index) => this.search(part, path + (labels[index] ?? '')));
  }

  private isThenable(type: ts.Type): boolean {
    const then = this.checker.getPropertyOfType(type, 'then');
    return !!then && this.checker.getTypeOfSymbol(then).getCallSignatures().length > 0;
  }

  /** A class, or an interface with a constructor of its name, as the library declares most; not one such as `ArrayLike`. */
  private isClass(type: ts.Type): boolean {
    const { symbol } = type;
    if (KEPT.has(symbol.name) || symbol.name === 'Array') return false;
    if (symbol.flags & ts.SymbolFlags.Class) return true;
    const isVariable = (symbol.flags & ts.SymbolFlags.Variable) !== 0;
    if (isVariable && this.checker.getTypeOfSymbol(symbol).getConstructSignatures().length) return true;
    return (type.getBaseTypes() ?? []).some((base) => this.isClass(base));
  }

  private searchProperties(type: ts.Type, path: string): Obstacle | undefined {
    if (this.isThenable(type)) return { path, kind: 'promise' };
    // What may stand on a prototype is not part of the value: methods, unless an object literal has them.
    const isLiteral = (type.symbol?.flags ?? 0) & ts.SymbolFlags.ObjectLiteral;
    const properties = valueProperties(this.checker, type).filter(
      ({ flags }) => isLiteral || !(flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)),
    );
    const found = first(properties, (property) => {
      if (property.name.startsWith('__@')) return undefined;
      return this.search(this.checker.getTypeOfSymbol(property), memberPath(path, property.name));
    });
    const infos = this.checker.getIndexInfosOfType(type);
    const indexed = (): Obstacle | undefined => first(infos, (info) => this.search(info.type, `${path}[…]`));
    return found && !found.maybe ? found : first([found, indexed()], (each) => each);
  }

  /** Instances of the notebook's own classes are made again; others need a form that their class reads back. */
  private instanceObstacle(type: ts.Type, path: string): Obstacle | undefined {
    const { symbol } = type;
    const variable = this.ownClass(symbol);
    if (variable === undefined) {
      return this.hasAdapter(type) ? undefined : { path, kind: 'instance', className: classNameOf(symbol) };
    }
    this.classes.push({ variable, path });

    const hidden = this.checker
      .getPropertiesOfType(type)
      .some((member) => isPrivateName(member) || hasHiddenField(member));
    return hidden && !this.hasAdapter(type)
      ? { path, kind: 'private', className: classNameOf(symbol) }
      : undefined;
  }

  /** `toJSON()` with a static `load` or `from`, or methods of its own under symbols. */
  private hasAdapter(type: ts.Type): boolean {
    if (type.symbol.declarations?.some(hasEncoder)) return true;
    if (!this.checker.getPropertyOfType(type, 'toJSON')) return false;
    const statics = type.symbol.exports;
    return ['load', 'from', 'fromJSON'].some((name) => statics?.has(ts.escapeLeadingUnderscores(name)));
  }
}

/** The class of a package, if its instances are kept by an adapter. */
function adaptedBy(symbol: ts.Symbol | undefined): ReturnType<typeof adaptedClass> {
  const packages = (symbol?.declarations ?? []).map((node) => packageOf(node.getSourceFile().fileName));
  const known = packages.map((specifier) => specifier && adaptedClass(specifier, symbol!.name));
  return known.find((each) => typeof each === 'object');
}

/** `accessor name`: its value stands in a #private field. */
function hasHiddenField({ valueDeclaration: node }: ts.Symbol): boolean {
  return !!node && ts.isPropertyDeclaration(node) && hasModifier(node, ts.SyntaxKind.AccessorKeyword);
}

/** The symbol of a default export is called `default`. */
function classNameOf({ name, valueDeclaration }: ts.Symbol): string {
  const own = valueDeclaration && ts.isClassLike(valueDeclaration) ? valueDeclaration.name?.text : undefined;
  return own ?? name;
}

/** `[Symbol.for('tagflow.encode')]() { … }`, or the symbol by a name. */
function hasEncoder(node: ts.Declaration): boolean {
  if (!ts.isClassLike(node)) return false;
  return node.members.some(
    ({ name }) => name && ts.isComputedPropertyName(name) && /encode/i.test(name.expression.getText()),
  );
}

function memberPath(path: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

/** The first that is found; one that only may be there, if no other is. */
function first<Item>(
  items: readonly Item[],
  find: (item: Item, index: number) => Obstacle | undefined,
): Obstacle | undefined {
  let found: Obstacle | undefined;
  for (const [index, item] of items.entries()) {
    const obstacle = find(item, index);
    if (obstacle && !obstacle.maybe) return obstacle;
    found ??= obstacle;
  }
  return found;
}
