import type { VariableId } from '@tagflow/schema';
import { type Unit, variableId } from '../facts.js';
import type { Slice } from './slice.js';

/** What each variable is called in a program. */
export interface Names {
  of(variable: VariableId): string;
  /** Whether anything is called other than in its cell. */
  renamesValues: boolean;
}

/**
 * Cells may use one name for several things; in a program, which is one scope, the last keeps the name. A name that
 * some unit uses for a global is given to no variable.
 */
export function namesOf(slice: Slice): Names {
  const units = [...slice.units, ...slice.own];
  const variables = presentVariables(slice, units);
  const taken = new Set(['$x', '$named', 'Object']);
  for (const unit of units) for (const use of unit.uses) if (use.variable === undefined) taken.add(use.name);
  const names = new Map<VariableId, string>();
  let renamesValues = false;
  for (const variable of variables.reverse()) {
    const own = variable.slice(variable.lastIndexOf('#') + 1);
    const name = freeName(own, taken, slice, units);
    taken.add(name);
    names.set(variable, name);
    renamesValues ||= name !== own;
  }
  return {
    of: (variable) => names.get(variable) ?? variable.slice(variable.lastIndexOf('#') + 1),
    renamesValues,
  };
}

/** Inputs first, then what is declared, in notebook order. */
function presentVariables(slice: Slice, units: readonly Unit[]): VariableId[] {
  const variables = new Set<VariableId>();
  for (const variable of [...slice.parameters, ...slice.inputs]) variables.add(variable);
  for (const unit of units) for (const { name } of unit.declares) variables.add(variableId(unit.cell, name));
  return [...variables];
}

function freeName(own: string, taken: ReadonlySet<string>, slice: Slice, units: readonly Unit[]): string {
  if (!taken.has(own) && !/^\$i\d+$/.test(own)) return own;
  const isInside = (name: string) => units.some(({ cell }) => slice.sourceOf(cell).includes(name));
  for (let n = 1; ; n++) {
    const name = `${own}$${n}`;
    // A name that occurs anywhere might be a local one, and hide this.
    if (!taken.has(name) && !isInside(name)) return name;
  }
}
