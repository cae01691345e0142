import type { VariableId } from '@tagflow/schema';
import type { Code, NamedValue } from './code.js';

/**
 * The variables whose declarations travel. One travels when its form allows it, nothing in the notebook writes to it or
 * changes it, and all names that it consists of travel too.
 */
export function travelling({ variables }: Code): Set<VariableId> {
  const travels = new Set<VariableId>();
  const users = new Map<VariableId, VariableId[]>();
  for (const variable of variables.values()) {
    if (!canTravel(variable)) continue;
    travels.add(variable.id);
    for (const name of variable.units.flatMap((unit) => unit.travels ?? [])) {
      const known = users.get(name);
      if (known) known.push(variable.id);
      else users.set(name, [variable.id]);
    }
  }
  const staying = [...users.keys()].filter((name) => !travels.has(name));
  for (const name of staying) {
    for (const user of users.get(name) ?? []) if (travels.delete(user)) staying.push(user);
  }
  return travels;
}

function canTravel({ home, kind, units, writes, changes }: NamedValue): boolean {
  if (home.role === 'parameters' || home.role === 'skip' || writes.length > 0) return false;
  if (kind === 'import') return units.length > 0;
  if (changes.length > 0 || units.length === 0) return false;
  return units.every((unit) => unit.travels !== undefined && !(home.role === 'step' && unit.data));
}
