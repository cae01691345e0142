import type { JsonSchema } from '@tagflow/schema';

type Schema = Record<string, unknown>;

/**
 * Whether a JSON value fits a schema of the kind that types are described by (`language/types/schema.ts`). What is
 * unknown counts as fulfilled; what JSON has no form for (`x-typescript`) no value fits.
 */
export function matchesSchema(schema: JsonSchema, value: unknown): boolean {
  return matches(schema, value, schema);
}

function matches(schema: Schema, value: unknown, root: Schema): boolean {
  if ('x-typescript' in schema) return false;
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = resolve(root, reference);
    return target === undefined || matches(target, value, root);
  }
  const anyOf = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (anyOf && !anyOf.some((each) => matches(each, value, root))) return false;
  const allOf = schema['allOf'] as Schema[] | undefined;
  if (allOf && !allOf.every((each) => matches(each, value, root))) return false;
  if ('const' in schema && !same(schema['const'], value)) return false;
  const options = schema['enum'] as unknown[] | undefined;
  if (options && !options.some((each) => same(each, value))) return false;
  const types = [schema['type'] ?? []].flat() as string[];
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return false;
  if (Array.isArray(value)) return matchesItems(schema, value, root);
  return typeof value !== 'object' || value === null || matchesProperties(schema, value as Schema, root);
}

function matchesItems(schema: Schema, value: unknown[], root: Schema): boolean {
  const { items, prefixItems, minItems, maxItems } = schema;
  if (typeof minItems === 'number' && value.length < minItems) return false;
  if (typeof maxItems === 'number' && value.length > maxItems) return false;
  const places = (Array.isArray(items) ? items : prefixItems) as Schema[] | undefined;
  return value.every((each, i) => {
    const item = places?.[i] ?? (Array.isArray(items) ? undefined : (items as Schema | boolean | undefined));
    return typeof item !== 'object' || matches(item, each, root);
  });
}

function matchesProperties(schema: Schema, value: Schema, root: Schema): boolean {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const required = (schema['required'] ?? []) as string[];
  if (required.some((key) => !Object.hasOwn(value, key))) return false;
  const others = schema['additionalProperties'];
  return Object.entries(value).every(([key, each]) => {
    if (Object.hasOwn(properties, key)) return matches(properties[key]!, each, root);
    return typeof others === 'object' ? matches(others as Schema, each, root) : others !== false;
  });
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function resolve(root: Schema, reference: string): Schema | undefined {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  return steps.reduce<unknown>((at, step) => (at as Schema | undefined)?.[step], root) as Schema | undefined;
}
