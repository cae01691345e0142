import type { VariableId } from '@tagflow/schema';
import type { Code } from './code.js';

/** A variable and all whose value it may hold a part of. */
export function rootsOf(variable: VariableId, code: Code): Set<VariableId> {
  const roots = new Set([variable]);
  for (const root of roots) for (const other of code.variables.get(root)?.aliasOf ?? []) roots.add(other);
  return roots;
}
