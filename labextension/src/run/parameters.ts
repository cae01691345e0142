/** The pipeline's parameters as fields of a form, and what was typed into them as values. */
import type { Parameter } from '@tagflow/schema';

/** `json`: anything that has no field of its own. */
export type Field =
  | { kind: 'switch' }
  | { kind: 'number'; integer: boolean }
  | { kind: 'text' }
  | { kind: 'choice'; options: (string | number)[] }
  | { kind: 'json' };

/** What stands in each field, by the parameter's name; a missing entry means the default. */
export type Entries = Readonly<Record<string, string>>;

export function fieldOf({ schema, value }: Pick<Parameter, 'schema' | 'value'>): Field {
  const options: unknown = schema?.['enum'];
  if (Array.isArray(options) && options.every(isOption)) return { kind: 'choice', options };
  const type = schema?.['type'] ?? typeof value;
  if (type === 'boolean') return { kind: 'switch' };
  if (type === 'integer') return { kind: 'number', integer: true };
  if (type === 'number') return { kind: 'number', integer: false };
  if (type === 'string') return { kind: 'text' };
  return { kind: 'json' };
}

/** A value as it stands in its field. */
export function entryOf(field: Field, value: unknown): string {
  return field.kind === 'text' || field.kind === 'choice' ? String(value) : JSON.stringify(value);
}

export type Reading = { value: unknown } | { problem: string };

/** Reads a field, or says in a sentence what is wrong with it. */
export function readEntry(field: Field, entry: string): Reading {
  switch (field.kind) {
    case 'switch':
      return { value: entry === 'true' };
    case 'text':
      return { value: entry };
    case 'choice': {
      const option = field.options.find((one) => String(one) === entry);
      return option === undefined ? { problem: 'Choose one of the values.' } : { value: option };
    }
    case 'number': {
      const value = Number(entry);
      if (entry.trim() === '' || !Number.isFinite(value)) return { problem: 'Give a number.' };
      if (field.integer && !Number.isInteger(value)) return { problem: 'Give a whole number.' };
      return { value };
    }
    case 'json':
      try {
        return { value: JSON.parse(entry) as unknown };
      } catch {
        return { problem: 'Give a JSON value, for example [1, 2] or "text".' };
      }
  }
}

/** The values that differ from the defaults, and the problems by parameter. */
export function readParameters(
  parameters: readonly Parameter[],
  entries: Entries,
): { values: Record<string, unknown>; problems: Record<string, string> } {
  const values: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const parameter of parameters) {
    const entry = entries[parameter.name];
    const field = fieldOf(parameter);
    if (entry === undefined || entry === entryOf(field, parameter.value)) continue;
    const reading = readEntry(field, entry);
    if ('problem' in reading) problems[parameter.name] = reading.problem;
    else values[parameter.name] = reading.value;
  }
  return { values, problems };
}

/** Entries that stand for these values; what the pipeline has no parameter for is left out. */
export function entriesFor(
  parameters: readonly Parameter[],
  values: Readonly<Record<string, unknown>>,
): Entries {
  return Object.fromEntries(
    parameters.flatMap((parameter) =>
      Object.hasOwn(values, parameter.name)
        ? [[parameter.name, entryOf(fieldOf(parameter), values[parameter.name])]]
        : [],
    ),
  );
}

function isOption(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
