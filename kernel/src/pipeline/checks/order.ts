import type { Diagnostic } from '@tagflow/schema';
import type { Check } from '../findings.js';
import { diagnose } from '../../diagnostics/table.js';

/** The cells of a step have another step's cell between them. */
export const checkInterleaved: Check = ({ code }) => {
  const begun = new Set<string>();
  const found: Diagnostic[] = [];
  let current: string | undefined;
  for (const { id, step } of code.cells) {
    if (step === undefined || step === current) continue;
    if (begun.has(step)) found.push(diagnose('TF201', { cell: id }, { step, other: current! }));
    begun.add(step);
    current = step;
  }
  return found;
};

/** `after` names no step, the step itself, or one below: order always goes down the notebook, so it has no cycles. */
export const checkAfter: Check = ({ flow }) => {
  const positions = new Map(flow.steps.map(({ name }, position) => [name, position]));
  return flow.steps.flatMap(({ name, cells, settings }, position) =>
    (settings.after ?? []).flatMap((other): Diagnostic[] => {
      const cell = (cells.find((candidate) => candidate.settings.after) ?? cells[0]!).id;
      const values = { step: name, other };
      const place = positions.get(other);
      if (place === undefined) return [diagnose('TF202', { cell }, values)];
      if (place === position) return [diagnose('TF203', { cell }, values)];
      return place > position ? [diagnose('TF204', { cell }, values)] : [];
    }),
  );
};

/** A step below the first that neither takes a value nor says what it comes after. */
export const checkUnordered: Check = ({ code, flow }) =>
  flow.steps.slice(1).flatMap(({ name, cells, segments, settings }) => {
    const takes = segments.some(({ reach }) =>
      [...reach.reads.keys()].some((variable) => {
        const { role, step } = code.variables.get(variable)!.home;
        return role === 'step' && step !== name;
      }),
    );
    return takes || settings.after ? [] : [diagnose('TF205', { cell: cells[0]!.id }, { step: name })];
  });
