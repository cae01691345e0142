/** Values for a pipeline's parameters: from the command line's text, and checked against the parameter's type. */
import type { Parameter } from '@tagflow/schema';

/** A parameter's name or value is wrong: a sentence that says how. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

type Schema = Record<string, unknown>;

/**
 * The value that a text on the command line means for a parameter: itself for a string, else JSON.
 * @throws ParameterError if it does not fit the parameter's type
 */
export function parseParameter(parameter: Parameter, text: string): unknown {
  const candidates = [parseJson(text), { value: text }].filter((each) => each !== undefined);
  // For `string` the text is meant as it stands, also when it looks like JSON.
  if (isText(parameter)) candidates.reverse();
  const fitting = candidates.find(({ value }) => fits(parameter, value));
  if (fitting) return fitting.value;
  throw new ParameterError(
    `Parameter ${parameter.name} takes ${kindOf(parameter)}; ${JSON.stringify(text)} is none.`,
  );
}

/** Throws ParameterError if a value does not fit a parameter's type. */
export function checkParameter(parameter: Parameter, value: unknown): void {
  if (fits(parameter, value)) return;
  const shown = JSON.stringify(value) ?? String(value);
  throw new ParameterError(`Parameter ${parameter.name} takes ${kindOf(parameter)}; ${shown} is none.`);
}

function kindOf({ type }: Parameter): string {
  return `a value of type ${type}`;
}

function isText({ schema, value }: Parameter): boolean {
  return schema ? schema['type'] === 'string' : typeof value === 'string';
}

function fits({ schema, value: example }: Parameter, value: unknown): boolean {
  if (schema) return matches(schema, value, schema);
  return example === null || typeof example === 'object' || typeof example === typeof value;
}

/** The part of JSON Schema that types of parameters are written in; what is unknown counts as fulfilled. */
function matches(schema: Schema, value: unknown, root: Schema): boolean {
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

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text, finite) as unknown };
  } catch {
    return undefined;
  }
}

/** A number too large for a double would be recorded as null. */
function finite(_key: string, value: unknown): unknown {
  if (value === Infinity || value === -Infinity) throw new RangeError('The number is too large.');
  return value;
}
