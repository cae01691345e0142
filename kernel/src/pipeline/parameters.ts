import type { Parameter } from '@tagflow/schema';
import { variableId } from '../language/facts.js';
import type { Code, CodeCell, NamedValue, PlacedUnit } from './code.js';

/** A parameter and the units that declare it: its own, and papermill's with another value. */
export interface DeclaredParameter {
  parameter: Omit<Parameter, 'value'> & { value: unknown };
  variable: NamedValue;
  injected?: PlacedUnit;
}

/** The constants of the cells tagged `parameters` that are JSON literals; an injected value takes their place. */
export function parametersOf(code: Code): DeclaredParameter[] {
  const parameters = new Map<string, DeclaredParameter>();
  for (const cell of code.cells) {
    if (cell.role !== 'parameters') continue;
    for (const unit of cell.units) {
      const name = unit.declares[0]?.name;
      if (name === undefined || !unit.literal) continue;
      const known = parameters.get(name);
      if (known && cell.injected) {
        known.parameter.value = unit.literal.value;
        known.injected = unit;
      } else {
        const declared = declare(name, unit.literal.value, cell, code);
        if (declared) parameters.set(name, declared);
      }
    }
  }
  return [...parameters.values()];
}

function declare(name: string, value: unknown, cell: CodeCell, code: Code): DeclaredParameter | undefined {
  const variable = code.variables.get(variableId(cell.id, name));
  if (!variable) return undefined;
  const { text, schema } = variable.type ?? { text: 'unknown' };
  const parameter = { name, variable: variable.id, type: text, schema, value, cell: cell.id };
  return { parameter, variable };
}
