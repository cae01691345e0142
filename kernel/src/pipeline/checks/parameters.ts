import type { Diagnostic, JsonSchema } from '@tagflow/schema';
import { variableId } from '../../language/facts.js';
import type { Check } from '../findings.js';
import { placeOf, type PlacedUnit } from '../code.js';
import { diagnose } from '../diagnostics.js';
import { parametersOf } from '../parameters.js';

/** A cell of parameters holds constants that are JSON literals, each name once, and nothing else. */
export const checkParameterCells: Check = ({ code }) => {
  const declared = new Set<string>();
  const found: Diagnostic[] = [];
  for (const cell of code.cells.filter(({ role }) => role === 'parameters')) {
    for (const unit of cell.units) {
      const what = strangeness(unit);
      const name = unit.declares[0]?.name ?? '';
      if (what) found.push(diagnose('TF321', placeOf({ unit }), { what }));
      else if (cell.injected && !declared.has(name))
        found.push(diagnose('TF324', placeOf({ unit }), { name }));
      else if (!cell.injected && declared.has(name))
        found.push(diagnose('TF322', placeOf({ unit }), { name }));
      declared.add(name);
    }
  }
  return found;
};

function strangeness(unit: PlacedUnit): string | undefined {
  if (unit.kind !== 'declarator') return `this is ${KINDS[unit.kind] ?? 'a statement'}`;
  const { name } = unit.declares[0] ?? {};
  if (unit.before !== 'const ') return `${name} is declared with \`${unit.before.trim()}\``;
  return unit.literal ? undefined : `the value of ${name} is not a JSON literal`;
}

const KINDS: Partial<Record<PlacedUnit['kind'], string>> = {
  import: 'an import',
  function: 'a function',
  class: 'a class',
  enum: 'an enum',
  namespace: 'a namespace',
};

/** A parameter is assigned, in whichever cell. */
export const checkParameterWrites: Check = ({ code }) =>
  code.cells
    .filter(({ role }) => role === 'parameters')
    .flatMap(({ id, units }) =>
      units.flatMap((unit) => unit.declares.map(({ name }) => variableId(id, name))),
    )
    .flatMap((id) => code.variables.get(id) ?? [])
    .flatMap(({ name, writes }) => writes.map((site) => diagnose('TF306', placeOf(site), { name })));

/** papermill's value has another type than the parameter. */
export const checkInjected: Check = ({ code }) =>
  parametersOf(code).flatMap(({ parameter, injected }): Diagnostic[] => {
    if (!injected || !parameter.schema || fits(parameter.value, parameter.schema, parameter.schema))
      return [];
    return [diagnose('TF323', placeOf({ unit: injected }), { name: parameter.name, type: parameter.type })];
  });

/** Whether a JSON value fits a schema of the kind that types have. */
function fits(value: unknown, schema: JsonSchema, root: JsonSchema): boolean {
  const inner = (item: unknown, part: unknown) => fits(item, part as JsonSchema, root);
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.slice('#/$defs/'.length);
    return inner(value, (root.$defs as Record<string, JsonSchema>)[name]);
  }
  if ('const' in schema) return value === schema.const;
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  if (Array.isArray(schema.anyOf)) return schema.anyOf.some((part) => inner(value, part));
  switch (schema.type) {
    case undefined:
      return true;
    case 'null':
      return value === null;
    case 'array':
      if (!Array.isArray(value)) return false;
      return value.every((item, index) => {
        const part = Array.isArray(schema.prefixItems) ? schema.prefixItems[index] : schema.items;
        return part === undefined || inner(item, part);
      });
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      const properties = schema.properties as Record<string, JsonSchema>;
      const entries = Object.entries(value);
      const required = (schema.required as string[]).every((name) => name in value);
      return required && entries.every(([name, item]) => !properties[name] || inner(item, properties[name]));
    }
    default:
      return typeof value === schema.type;
  }
}
