import {
  argumentsOf,
  INTRINSIC,
  isLibraryType,
  isPrivateName,
  isReadonly,
  partsOf,
  propertyType,
  valueProperties,
  withoutUndefined,
} from './library.js';
import { TypeNames } from './names.js';
import ts from '../typescript.js';

const { TypeFlags, TypeFormatFlags } = ts;
/** Above this many types a text is cut off, so that no type can stop an analysis. */
const MOST_TYPES = 1000;

const AS_WRITTEN = INTRINSIC | TypeFlags.NumberLiteral | TypeFlags.BigIntLiteral | TypeFlags.TemplateLiteral;
const UNRESOLVED =
  TypeFlags.Index |
  TypeFlags.IndexedAccess |
  TypeFlags.Conditional |
  TypeFlags.Substitution |
  TypeFlags.StringMapping;

/**
 * A type as text that says everything by itself: the names of cells and packages are written out, those of JavaScript
 * and Node stay. A recursive type is written `type Name = …; Name`.
 */
export function typeText(checker: ts.TypeChecker, type: ts.Type): string {
  return new TypeWriter(checker).write(type);
}

class TypeWriter {
  private readonly open = new Set<ts.Type>();
  private readonly names = new TypeNames();
  private readonly declarations = new Map<string, string>();
  private count = 0;

  constructor(private readonly checker: ts.TypeChecker) {}

  write(type: ts.Type): string {
    const text = this.text(type);
    const declarations = [...this.declarations].map(([name, body]) => `type ${name} = ${body}; `);
    return declarations.join('') + text;
  }

  private text(type: ts.Type): string {
    if (++this.count > MOST_TYPES) return '…';
    const { flags } = type;
    if (type.isStringLiteral()) return JSON.stringify(type.value);
    if (type.isNumberLiteral()) return String(type.value);
    if (flags & TypeFlags.UniqueESSymbol) return 'symbol';
    if (flags & AS_WRITTEN) return this.checker.typeToString(type, undefined, TypeFormatFlags.NoTruncation);
    if (flags & TypeFlags.TypeParameter) return type.symbol?.name ?? 'this';
    if (flags & UNRESOLVED) {
      return this.checker.typeToString(
        type,
        undefined,
        TypeFormatFlags.NoTruncation | TypeFormatFlags.InTypeAlias,
      );
    }
    return this.composite(type);
  }

  private composite(type: ts.Type): string {
    if (this.open.has(type)) return this.names.of(type);
    this.open.add(type);
    const body = this.body(type);
    this.open.delete(type);
    const name = this.names.get(type);
    if (name === undefined) return body;
    this.declarations.set(name, body);
    return name;
  }

  private body(type: ts.Type): string {
    const { checker } = this;
    if (type.isUnion()) return this.union(type);
    if (type.isIntersection() && type.types.some((part) => !(part.flags & TypeFlags.Object))) {
      return type.types.map((part) => grouped(this.text(part))).join(' & ');
    }
    if (checker.isTupleType(type)) return this.tuple(type as ts.TupleTypeReference);
    if (checker.isArrayType(type)) {
      const item = grouped(this.text(checker.getTypeArguments(type as ts.TypeReference)[0]!));
      return `${type.symbol.name === 'ReadonlyArray' ? 'readonly ' : ''}${item}[]`;
    }
    if (isLibraryType(type)) {
      const parts = argumentsOf(checker, type).map((part) => this.text(part));
      return type.symbol.name + (parts.length ? `<${parts.join(', ')}>` : '');
    }
    return this.object(type);
  }

  private union(type: ts.UnionType): string {
    const members = partsOf(type);
    const isBoolean = (part: ts.Type) => (part.flags & TypeFlags.BooleanLiteral) !== 0;
    const isWhole = members.filter(isBoolean).length === 2;
    const parts = members.map((part) => {
      if (isWhole && isBoolean(part)) return 'boolean';
      const text = this.text(part);
      return text.includes('=>') ? grouped(text) : text;
    });
    return [...new Set(parts)].join(' | ');
  }

  private tuple(type: ts.TupleTypeReference): string {
    const { elementFlags, readonly } = type.target;
    const items = this.checker.getTypeArguments(type).map((item, index) => {
      const flags = elementFlags[index] ?? 0;
      const isOptional = (flags & ts.ElementFlags.Optional) !== 0;
      const text = grouped(this.text(isOptional ? withoutUndefined(this.checker, item) : item));
      if (flags & ts.ElementFlags.Rest) return `...${text}[]`;
      return isOptional ? `${text}?` : text;
    });
    return `${readonly ? 'readonly ' : ''}[${items.join(', ')}]`;
  }

  private object(type: ts.Type): string {
    const calls = type.getCallSignatures();
    const constructors = type.getConstructSignatures();
    const properties = valueProperties(this.checker, type).filter(isVisible);
    if (calls.length === 1 && !properties.length && !constructors.length)
      return this.signature(calls[0]!, ' => ');
    const members = [
      ...calls.map((signature) => this.signature(signature, ': ')),
      ...constructors.map((signature) => `new ${this.signature(signature, ': ')}`),
      ...this.checker.getIndexInfosOfType(type).map((info) => {
        return `${info.isReadonly ? 'readonly ' : ''}[key: ${this.text(info.keyType)}]: ${this.text(info.type)}`;
      }),
      ...properties.map((property) => this.property(property)),
    ];
    const isClass = (type.symbol?.flags ?? 0) & ts.SymbolFlags.Class;
    const text = members.length ? `{ ${members.join('; ')} }` : '{}';
    return isClass ? `/* class ${type.symbol.name} */ ${text}` : text;
  }

  private property(property: ts.Symbol): string {
    const { name } = property;
    const isPlain = /^[A-Za-z_$][\w$]*$/.test(name);
    const symbol = name.startsWith('__@') ? `[Symbol.${name.slice(3).split('@')[0]}]` : undefined;
    const key = symbol ?? (isPlain ? name : JSON.stringify(name));
    const optional = property.flags & ts.SymbolFlags.Optional ? '?' : '';
    const type = this.text(propertyType(this.checker, property));
    return `${isReadonly(property) ? 'readonly ' : ''}${key}${optional}: ${type}`;
  }

  private signature(signature: ts.Signature, arrow: string): string {
    const parameters = signature.parameters.map((parameter) => {
      const declaration = parameter.valueDeclaration;
      const isParameter = declaration && ts.isParameter(declaration);
      const rest = isParameter && declaration.dotDotDotToken ? '...' : '';
      const optional = isParameter && (declaration.questionToken || declaration.initializer) ? '?' : '';
      return `${rest}${parameter.name}${optional}: ${this.text(this.checker.getTypeOfSymbol(parameter))}`;
    });
    const types = signature.typeParameters?.map((parameter) => {
      const constraint = parameter.getConstraint();
      return parameter.symbol.name + (constraint ? ` extends ${this.text(constraint)}` : '');
    });
    const generic = types?.length ? `<${types.join(', ')}>` : '';
    return `${generic}(${parameters.join(', ')})${arrow}${this.result(signature)}`;
  }

  private result(signature: ts.Signature): string {
    const predicate = this.checker.getTypePredicateOfSignature(signature);
    if (!predicate?.type) return this.text(signature.getReturnType());
    const isAssertion =
      predicate.kind === ts.TypePredicateKind.AssertsIdentifier ||
      predicate.kind === ts.TypePredicateKind.AssertsThis;
    return `${isAssertion ? 'asserts ' : ''}${predicate.parameterName ?? 'this'} is ${this.text(predicate.type)}`;
  }
}

function isVisible(property: ts.Symbol): boolean {
  if (isPrivateName(property)) return false;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return !(ts.getDeclarationModifierFlagsFromSymbol(property) & hidden);
}

/** In parentheses where the text would else bind differently. */
function grouped(text: string): string {
  return /=>|\||&/.test(text) && !/^[{[]/.test(text) ? `(${text})` : text;
}
