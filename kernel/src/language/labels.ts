import type { VariableId } from '@tagflow/schema';

/**
 * What variables are called where no cell is named: their names; a name that several have is numbered from its second
 * on, `rows (2)`, in the order given.
 */
export function labelsOf(variables: readonly VariableId[]): Map<VariableId, string> {
  const labels = new Map<VariableId, string>();
  const counts = new Map<string, number>();
  for (const variable of new Set(variables)) {
    const name = variable.slice(variable.lastIndexOf('#') + 1);
    labels.set(variable, numbered(name, counts));
  }
  return labels;
}

/** The label itself at its first use, then `label (2)`, … */
export function numbered(label: string, counts: Map<string, number>): string {
  const count = (counts.get(label) ?? 0) + 1;
  counts.set(label, count);
  return count === 1 ? label : `${label} (${count})`;
}
