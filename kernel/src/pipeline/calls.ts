import type { VariableId } from '@tagflow/schema';
import { type Unit, variableId } from '../language/facts.js';

/** Functions of the notebook that change what they are given in place, with the positions of those parameters. */
export type ChangingFunctions = ReadonlyMap<VariableId, ReadonlySet<number>>;

/** Finds them: a function changes a parameter by itself, or by handing it to one that does. */
export function changingFunctions(units: readonly Unit[]): ChangingFunctions {
  const functions = units.filter((unit) => unit.parameters);
  const changing = new Map<VariableId, Set<number>>();
  for (let grown = true; grown;) {
    grown = false;
    for (const unit of functions) {
      for (const [index, parameter] of unit.parameters!.entries()) {
        if (!parameter) continue;
        const changes =
          parameter.changes || parameter.passes.some((pass) => changing.get(pass.function)?.has(pass.index));
        if (changes && add(changing, unit, index)) grown = true;
      }
    }
  }
  return changing;
}

function add(changing: Map<VariableId, Set<number>>, { cell, declares }: Unit, index: number): boolean {
  let grown = false;
  for (const { name } of declares) {
    const id = variableId(cell, name);
    const known = changing.get(id) ?? new Set();
    grown ||= !known.has(index);
    changing.set(id, known.add(index));
  }
  return grown;
}
