import type { VariableId } from '@tagflow/schema';
import { rootsOf } from './aliases.js';
import type { Code, NamedValue } from './code.js';

/**
 * The variables whose declarations travel. One travels when its form allows it, nothing in the notebook writes to it or
 * changes it, and all names that it consists of travel too.
 */
export function travelling(code: Code): Set<VariableId> {
  const { variables } = code;
  const travels = new Set<VariableId>();
  const changed = changedThroughOthers(code);
  const users = new Map<VariableId, VariableId[]>();
  for (const variable of variables.values()) {
    if (!canTravel(variable) || changed.has(variable.id) || !takesPrimitives(variable, code)) continue;
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

/** Functions and classes that are changed by another name. Objects are watched while a step runs. */
function changedThroughOthers(code: Code): Set<VariableId> {
  const changed = new Set<VariableId>();
  for (const { id, changes } of code.variables.values()) {
    if (changes.length === 0) continue;
    for (const root of rootsOf(id, code)) {
      if (code.variables.get(root)?.units.every((unit) => !unit.mutable)) changed.add(root);
    }
  }
  return changed;
}

/** Whether all whose text or number it takes are primitives. */
function takesPrimitives({ units }: NamedValue, code: Code): boolean {
  return units.every(({ texts = [] }) => texts.every((name) => isPrimitive(name, code)));
}

function isPrimitive(name: VariableId, code: Code, through: ReadonlySet<VariableId> = new Set()): boolean {
  const units = code.variables.get(name)?.units ?? [];
  if (units.length !== 1 || through.has(name)) return false;
  const on = new Set([...through, name]);
  return units[0]!.primitive?.every((each) => isPrimitive(each, code, on)) ?? false;
}

function canTravel({ home, kind, units, writes, changes }: NamedValue): boolean {
  if (home.role === 'parameters' || home.role === 'skip' || writes.length > 0) return false;
  if (kind === 'import') return units.length > 0;
  if (changes.length > 0 || units.length === 0) return false;
  return units.every((unit) => unit.travels !== undefined && !(home.role === 'step' && unit.data));
}
