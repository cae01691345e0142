/** Values for a pipeline's parameters: from the command line's text, and checked against the parameter's type. */
import type { Parameter } from '@tagflow/schema';
import { matchesSchema } from '../pipeline/json-schema.js';

/** A parameter's name or value is wrong: a sentence that says how. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

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
  if (schema) return matchesSchema(schema, value);
  return example === null || typeof example === 'object' || typeof example === typeof value;
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
