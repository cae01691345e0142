import { argumentsOf, INTRINSIC, isLibrarySymbol } from '../types/library.js';
import ts from '../typescript.js';

const { CheckFlags, ObjectFlags, SymbolFlags, TypeFlags } = ts;
/** Above this many types nothing is said, so that no type can stop an analysis. */
const MOST_TYPES = 1000;

const LITERAL = TypeFlags.StringLiteral | TypeFlags.NumberLiteral | TypeFlags.BigIntLiteral;

/** What an object type is from the beginning; the other flags come and go with the questions that were asked of it. */
const LASTING_FLAGS = [
  'ObjectLiteral',
  'EvolvingArray',
  'ObjectLiteralPatternWithComputedProperties',
  'FreshLiteral',
  'ArrayLiteral',
  'JSLiteral',
  'ContainsWideningType',
  'ContainsObjectOrArrayLiteral',
  'NonInferrableType',
  'SingleSignatureType',
  'ContainsSpread',
  'ObjectRestType',
].reduce((flags, name) => flags | (ts.ObjectFlags as unknown as Record<string, number>)[name]!, 0);
const PROPERTY =
  SymbolFlags.Property |
  SymbolFlags.Optional |
  SymbolFlags.Method |
  SymbolFlags.Function |
  SymbolFlags.Accessor |
  SymbolFlags.Prototype;
const ANONYMOUS =
  SymbolFlags.ObjectLiteral | SymbolFlags.TypeLiteral | SymbolFlags.Function | SymbolFlags.Method;

/** What stands for a type that has a name, wherever it is declared; undefined where it may change unseen. */
export type NameType = (symbol: ts.Symbol) => string | undefined;

/**
 * Writes a type down for comparison: equal texts, equal types, as far as any code that reads a value of it can tell.
 * That is more than the compiler prints: whether a literal widens, which signatures are methods, what is annotated.
 *
 * @returns undefined when that cannot be said of it
 */
export function surfaceOfType(checker: ts.TypeChecker, type: ts.Type, nameOf: NameType): string | undefined {
  const writer = new SurfaceWriter(checker, nameOf);
  const text = writer.type(type);
  return writer.isSure ? text : undefined;
}

class SurfaceWriter {
  isSure = true;
  private count = 0;
  private readonly seen = new Map<ts.Type, number>();
  private readonly parameters = new Map<ts.Type, string>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly nameOf: NameType,
  ) {}

  type(type: ts.Type): string {
    if (!this.isSure || ++this.count > MOST_TYPES) return this.unsure();
    const { flags } = type;
    if (flags & INTRINSIC) return this.intrinsic(type as IntrinsicType);
    if (flags & LITERAL && !(flags & TypeFlags.EnumLiteral)) return literal(type as ts.LiteralType);
    const parameter = this.parameters.get(type);
    if (parameter !== undefined) return parameter;
    const known = this.seen.get(type);
    if (known !== undefined) return `#${known}`;
    this.seen.set(type, this.seen.size);
    return this.aliased(type) ?? this.alias(type) + this.body(type);
  }

  private unsure(): string {
    this.isSure = false;
    return '';
  }

  private types(types: readonly ts.Type[] = []): string {
    return types.map((type) => this.type(type)).join(',');
  }

  /** Of several kinds of `any` and `undefined`, what the compiler could not find counts as an error. */
  private intrinsic(type: IntrinsicType): string {
    const { flags, intrinsicName, debugIntrinsicName = '', objectFlags = 0 } = type;
    if (flags & TypeFlags.Any && intrinsicName !== 'any') return this.unsure();
    const fresh = (type as FreshType).freshType === type ? '!' : '';
    return `${intrinsicName}/${debugIntrinsicName}${objectFlags & LASTING_FLAGS || ''}${fresh}`;
  }

  /** A type that a package or the library names: its name and arguments say it all. */
  private aliased({ aliasSymbol, aliasTypeArguments, flags }: ts.Type): string | undefined {
    if (!aliasSymbol || flags & TypeFlags.EnumLike) return undefined;
    const name = this.nameOf(aliasSymbol);
    return name === undefined ? undefined : `${name}<${this.types(aliasTypeArguments)}>`;
  }

  /** Messages call a type by its alias. */
  private alias({ aliasSymbol, aliasTypeArguments }: ts.Type): string {
    return aliasSymbol ? `${aliasSymbol.name}<${this.types(aliasTypeArguments)}>=` : '';
  }

  private body(type: ts.Type): string {
    const { flags } = type;
    if (flags & TypeFlags.EnumLike || flags & TypeFlags.UniqueESSymbol) return this.named(type.symbol);
    if (type.isUnion()) return this.union(type);
    if (type.isIntersection()) return `&(${this.types(type.types)})`;
    if (flags & TypeFlags.TemplateLiteral) {
      const { texts, types } = type as ts.TemplateLiteralType;
      return `\`${JSON.stringify(texts)}(${this.types(types)})`;
    }
    return flags & TypeFlags.Object ? this.object(type as ts.ObjectType) : this.unsure();
  }

  private union(type: ts.UnionType): string {
    const { origin } = type as UnionOrigin;
    return `|(${this.types(type.types)})${origin ? `from${this.type(origin)}` : ''}`;
  }

  private named(symbol: ts.Symbol): string {
    return this.nameOf(symbol) ?? this.unsure();
  }

  private object(type: ts.ObjectType): string {
    const { objectFlags, symbol } = type;
    const lasting = objectFlags & LASTING_FLAGS || '';
    if (objectFlags & ObjectFlags.Reference) return `${lasting}${this.reference(type as ts.TypeReference)}`;
    if (objectFlags & ObjectFlags.ClassOrInterface) return `${lasting}${this.named(symbol)}`;
    if (!(objectFlags & ObjectFlags.Anonymous) || objectFlags & ObjectFlags.InstantiationExpressionType)
      return this.unsure();
    if (symbol?.flags & (SymbolFlags.Class | SymbolFlags.Enum | SymbolFlags.ValueModule))
      return objectFlags & ObjectFlags.Instantiated ? this.unsure() : `typeof ${this.named(symbol)}`;
    return `${lasting}${this.members(type)}`;
  }

  private reference(type: ts.TypeReference): string {
    const { target } = type;
    if (this.checker.isTupleType(type)) {
      const { elementFlags, readonly, labeledElementDeclarations } = target as ts.TupleType;
      const labels = labeledElementDeclarations?.map((label) => label?.name.getText() ?? '');
      return `[${elementFlags.join()}${readonly ? 'r' : ''}${labels?.join() ?? ''}](${this.types(this.checker.getTypeArguments(type))})`;
    }
    return `${this.named(target.symbol)}<${this.types(argumentsOf(this.checker, type))}>`;
  }

  private members(type: ts.ObjectType): string {
    const { checker } = this;
    const { symbol } = type;
    const kind = symbol
      ? `${symbol.flags & ANONYMOUS}${symbol.name}${isLibrarySymbol(symbol) ? 'l' : ''}`
      : '';
    const calls = type.getCallSignatures().map((signature) => this.signature(signature));
    const constructs = type.getConstructSignatures().map((signature) => `new${this.signature(signature)}`);
    const indices = checker
      .getIndexInfosOfType(type)
      .map((info) => `[${info.isReadonly}${this.type(info.keyType)}]${this.type(info.type)}`);
    const properties = checker.getPropertiesOfType(type).map((property) => this.property(property));
    return `${kind}{${[...calls, ...constructs, ...indices, ...properties].join(';')}}`;
  }

  private property(property: ts.Symbol): string {
    const { name, flags, valueDeclaration } = property;
    // The names of symbols hold numbers of theirs; and of two accessors, one may take more than the other gives.
    if (name.startsWith('__') || flags & SymbolFlags.SetAccessor) return this.unsure();
    const marks = [
      flags & PROPERTY,
      ts.getCheckFlags(property) & CheckFlags.Readonly,
      ts.getDeclarationModifierFlagsFromSymbol(property),
      isLibrarySymbol(property),
      !property.declarations?.length,
      isAnnotated(valueDeclaration),
    ];
    return `${JSON.stringify(name)}${marks.join()}:${this.type(this.checker.getTypeOfSymbol(property))}`;
  }

  private signature(signature: ts.Signature): string {
    const { declaration, typeParameters, parameters, thisParameter } = signature as SignatureDetails;
    typeParameters?.forEach((parameter) => this.parameters.set(parameter, `T${this.parameters.size}`));
    const generic = typeParameters?.map((parameter) => {
      const constraint = parameter.getConstraint();
      const preset = parameter.getDefault();
      const modifiers = parameter.symbol.declarations?.map((node) => ts.getCombinedModifierFlags(node));
      return `${parameter.symbol.name}${modifiers?.join()}${constraint ? `:${this.type(constraint)}` : ''}${preset ? `=${this.type(preset)}` : ''}`;
    });
    const { flags, minArgumentCount } = signature as SignatureDetails;
    // Methods are compared more leniently than functions; only what is annotated ends or narrows the flow of control.
    const form = [flags, minArgumentCount, declaration?.kind, isAnnotated(declaration)].join();
    const given = [...(thisParameter ? [thisParameter] : []), ...parameters].map((each) => this.given(each));
    return `${form}<${generic?.join() ?? ''}>(${given.join()})${this.type(signature.getReturnType())}${this.predicate(signature)}`;
  }

  private given(parameter: ts.Symbol): string {
    const { name, valueDeclaration: node } = parameter;
    const marks =
      node && ts.isParameter(node)
        ? `${node.dotDotDotToken ? '…' : ''}${node.questionToken ? '?' : ''}${node.initializer ? '=' : ''}`
        : '';
    const { checker } = this;
    return `${name}${marks}${ts.getCheckFlags(parameter)}:${this.type(checker.getTypeOfSymbol(parameter))}`;
  }

  private predicate(signature: ts.Signature): string {
    const predicate = this.checker.getTypePredicateOfSignature(signature);
    if (!predicate) return '';
    const { kind, parameterName, parameterIndex, type } = predicate;
    return ` is ${kind} ${parameterName} ${parameterIndex} ${type ? this.type(type) : ''}`;
  }
}

function literal(type: ts.LiteralType): string {
  const { value } = type;
  const text =
    typeof value === 'object' ? `${value.negative ? '-' : ''}${value.base10Value}n` : JSON.stringify(value);
  return `${typeof value === 'number' ? String(value) : text}${type.freshType === type ? '!' : ''}`;
}

/** Whether its type, or what it returns, is written down. */
export function isAnnotated(node: ts.Node | undefined): boolean {
  return !!(node as { type?: ts.Node } | undefined)?.type;
}

type IntrinsicType = ts.Type & { intrinsicName: string; debugIntrinsicName?: string; objectFlags?: number };
type FreshType = ts.Type & { freshType?: ts.Type };
type UnionOrigin = ts.UnionType & { origin?: ts.Type };
type SignatureDetails = ts.Signature & {
  flags: number;
  minArgumentCount: number;
  thisParameter?: ts.Symbol;
};
