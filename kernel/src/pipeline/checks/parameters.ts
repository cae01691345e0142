import type { Diagnostic } from '@tagflow/schema';
import { variableId } from '../../language/facts.js';
import type { Check } from '../findings.js';
import { placeOf, type PlacedUnit } from '../code.js';
import { diagnose } from '../../diagnostics/table.js';
import { matchesSchema } from '../json-schema.js';
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
    if (!injected || !parameter.schema || matchesSchema(parameter.schema, parameter.value)) return [];
    return [diagnose('TF323', placeOf({ unit: injected }), { name: parameter.name, type: parameter.type })];
  });
