import ts from '../typescript.js';

/** Types that the compiler has by itself: their names say all of them. */
export const INTRINSIC =
  ts.TypeFlags.Any |
  ts.TypeFlags.Unknown |
  ts.TypeFlags.String |
  ts.TypeFlags.Number |
  ts.TypeFlags.BigInt |
  ts.TypeFlags.Boolean |
  ts.TypeFlags.BooleanLiteral |
  ts.TypeFlags.ESSymbol |
  ts.TypeFlags.Void |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.Never |
  ts.TypeFlags.NonPrimitive;

/** Whether a symbol is one of JavaScript's or Node's own: declared by the compiler's libraries or by @types/node. */
export function isLibrarySymbol(symbol: ts.Symbol | undefined): boolean {
  return symbol?.declarations?.some((node) => isLibraryFile(node.getSourceFile().fileName)) ?? false;
}

function isLibraryFile(fileName: string): boolean {
  return /\/typescript\/lib\/lib\.|\/@types\/node\/|\/node_modules\/.tagflow\/ambient\.d\.ts$/.test(fileName);
}

/** The package that a file belongs to, or that it has the types of; undefined for a file of the notebook's folder. */
export function packageOf(fileName: string): string | undefined {
  const [, typed, name] =
    /.*[/\\]node_modules[/\\](@types[/\\])?((?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(fileName) ?? [];
  if (name === undefined) return undefined;
  // `@types/scope__name` has the types of `@scope/name`.
  return typed ? name.replace(/^(.+?)__/, '@$1/') : name.replace('\\', '/');
}

/** Whether a type is named by its library: `Date`, `Map<K, V>`; not an anonymous object type of it. */
export function isLibraryType(type: ts.Type): boolean {
  const { symbol } = type;
  if (!symbol || symbol.name.startsWith('__')) return false;
  if (symbol.flags & (ts.SymbolFlags.TypeLiteral | ts.SymbolFlags.ObjectLiteral | ts.SymbolFlags.TypeAlias))
    return false;
  return isLibrarySymbol(symbol);
}

/** The type arguments as they were given, without the hidden `this`. */
export function argumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  if (!((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference)) return [];
  const { target } = type as ts.TypeReference;
  const count = target.typeParameters?.length ?? 0;
  return checker.getTypeArguments(type as ts.TypeReference).slice(0, count);
}

/** The properties that a value has, private ones among them; `prototype` is none. */
export function valueProperties(checker: ts.TypeChecker, type: ts.Type): ts.Symbol[] {
  return checker.getPropertiesOfType(type).filter((property) => !(property.flags & ts.SymbolFlags.Prototype));
}

/** `#name`: there is no way to it from outside the class. */
export function isPrivateName({ escapedName }: ts.Symbol): boolean {
  return String(escapedName).startsWith('__#');
}

export function isReadonly(property: ts.Symbol): boolean {
  const isMarked = ts.getDeclarationModifierFlagsFromSymbol(property) & ts.ModifierFlags.Readonly;
  return !!isMarked || (ts.getCheckFlags(property) & ts.CheckFlags.Readonly) !== 0;
}

/** The type of a property without the `undefined` that being optional adds. */
export function propertyType(checker: ts.TypeChecker, property: ts.Symbol): ts.Type {
  const type = checker.getTypeOfSymbol(property);
  if (!(property.flags & ts.SymbolFlags.Optional)) return type;
  return withoutUndefined(checker, type);
}

export function withoutUndefined(checker: ts.TypeChecker, type: ts.Type): ts.Type {
  if (!type.isUnion()) return type;
  return checker.getUnionType(type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined)));
}

/** The parts of a union, `null` and `undefined` last. */
export function partsOf(type: ts.UnionType): ts.Type[] {
  const isNothing = (part: ts.Type) => (part.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) !== 0;
  return [...type.types].sort((a, b) => Number(isNothing(a)) - Number(isNothing(b)));
}

declare module 'typescript' {
  interface TypeChecker {
    /** Internal: the union of types. */
    getUnionType(types: ts.Type[]): ts.Type;
  }
  /** Internal: modifiers of a property, also of one that a mapped type makes. */
  function getDeclarationModifierFlagsFromSymbol(symbol: ts.Symbol): ts.ModifierFlags;
  function getCheckFlags(symbol: ts.Symbol): number;
  enum CheckFlags {
    Readonly = 8,
  }
}
