import type { JsonSchema } from '@tagflow/schema';
import {
  argumentsOf,
  isLibraryType,
  isPrivateName,
  partsOf,
  propertyType,
  valueProperties,
  withoutUndefined,
} from './library.js';
import { TypeNames } from './names.js';
import ts from '../typescript.js';

const { TypeFlags } = ts;
/** Above this many types a schema is cut off, so that no type can stop an analysis. */
const MOST_TYPES = 2000;

/**
 * A JSON Schema for the values of a type. What JSON has no form for is described by `x-typescript`, such as `Date` or
 * `bigint`; a recursive type stands under `$defs`.
 */
export function jsonSchema(checker: ts.TypeChecker, type: ts.Type): JsonSchema {
  return new SchemaWriter(checker).write(type);
}

class SchemaWriter {
  private readonly open = new Set<ts.Type>();
  private readonly names = new TypeNames();
  private readonly definitions: Record<string, JsonSchema> = {};
  private count = 0;

  constructor(private readonly checker: ts.TypeChecker) {}

  write(type: ts.Type): JsonSchema {
    const schema = this.schema(type);
    return Object.keys(this.definitions).length ? { ...schema, $defs: this.definitions } : schema;
  }

  private schema(type: ts.Type): JsonSchema {
    if (++this.count > MOST_TYPES) return {};
    return this.primitive(type) ?? this.object(type);
  }

  private primitive(type: ts.Type): JsonSchema | undefined {
    const { flags } = type;
    if (flags & (TypeFlags.Any | TypeFlags.Unknown)) return {};
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (flags & TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' };
    if (flags & TypeFlags.Boolean) return { type: 'boolean' };
    if (type.isUnion()) return this.union(type);
    if (flags & TypeFlags.StringLike) return { type: 'string' };
    if (flags & TypeFlags.NumberLike) return { type: 'number' };
    if (flags & TypeFlags.BigIntLike) return { 'x-typescript': 'bigint' };
    if (flags & TypeFlags.Null) return { type: 'null' };
    if (flags & (TypeFlags.Undefined | TypeFlags.Void)) return { 'x-typescript': 'undefined' };
    return flags & TypeFlags.Object || type.isIntersection() ? undefined : {};
  }

  private union(type: ts.UnionType): JsonSchema {
    const literals = type.types.map((part) =>
      part.isStringLiteral() || part.isNumberLiteral() ? part.value : undefined,
    );
    if (literals.every((value) => value !== undefined)) return { enum: literals };
    const members = partsOf(type);
    const isBoolean = (part: ts.Type) => (part.flags & TypeFlags.BooleanLiteral) !== 0;
    const isWhole = members.filter(isBoolean).length === 2;
    const others = isWhole ? members.filter((part) => !isBoolean(part)) : members;
    const parts = others.map((part) => this.schema(part));
    if (isWhole) parts.unshift({ type: 'boolean' });
    return parts.length === 1 ? parts[0]! : { anyOf: parts };
  }

  private object(type: ts.Type): JsonSchema {
    const { checker } = this;
    if (checker.isTupleType(type)) {
      const items = checker.getTypeArguments(type as ts.TypeReference);
      return {
        type: 'array',
        prefixItems: items.map((item) => this.schema(withoutUndefined(checker, item))),
      };
    }
    if (checker.isArrayType(type)) {
      return { type: 'array', items: this.schema(checker.getTypeArguments(type as ts.TypeReference)[0]!) };
    }
    if (isLibraryType(type)) {
      const parts = argumentsOf(checker, type).map((part) => this.schema(part));
      return { 'x-typescript': type.symbol.name, ...(parts.length ? { 'x-arguments': parts } : {}) };
    }
    if (type.getCallSignatures().length) return { 'x-typescript': 'function' };
    return this.record(type);
  }

  private record(type: ts.Type): JsonSchema {
    if (this.open.has(type)) return { $ref: `#/$defs/${this.names.of(type)}` };
    this.open.add(type);
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const property of valueProperties(this.checker, type)) {
      if (property.name.startsWith('__@') || isPrivateName(property)) continue;
      if (property.flags & ts.SymbolFlags.Method) continue;
      properties[property.name] = this.schema(propertyType(this.checker, property));
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
    }
    const index = this.checker.getIndexInfosOfType(type)[0];
    const schema: JsonSchema = { type: 'object', properties, required };
    if (index) schema.additionalProperties = this.schema(index.type);
    this.open.delete(type);
    const name = this.names.get(type);
    if (name === undefined) return schema;
    this.definitions[name] = schema;
    return { $ref: `#/$defs/${name}` };
  }
}
