import type { Diagnostic } from '@tagflow/schema';
import type { ForeachCall } from '../../language/facts.js';
import { placeOf, type PlacedUnit, spanPlace } from '../code.js';
import { segmentsOf } from '../dataflow.js';
import { diagnose } from '../../diagnostics/table.js';
import { type Check, once } from '../findings.js';
import { isBody, isForeach } from '../segments.js';

/** A loop at the top of a step that cannot be spread over processes. */
export const checkBodies: Check = ({ code, flow }) =>
  segmentsOf(flow).flatMap(({ own }) =>
    own.flatMap(({ home, foreach }) =>
      foreach && isForeach(foreach, code) && !isBody(foreach, code)
        ? [diagnose('TF331', spanPlace(home, foreach.body))]
        : [],
    ),
  );

/** The body of a loop assigns what it captures, by itself or through what it calls, or changes its item. */
export const checkBodyEffects: Check = ({ code, flow }) =>
  once(
    segmentsOf(flow).flatMap(({ foreach, reach }): Diagnostic[] => {
      if (!foreach) return [];
      const { unit, call } = foreach;
      return [
        ...[...reach.writes].flatMap(([variable, site]) => {
          const { name, home } = code.variables.get(variable)!;
          // Of setup and parameters more is said elsewhere.
          return home.role === 'step' ? [diagnose('TF333', placeOf(site), { name })] : [];
        }),
        ...(call.bodyOf !== undefined && code.changing.get(call.bodyOf)?.has(0)
          ? [diagnose('TF335', spanPlace(unit.home, call.body), { change: `\`${bodyText(unit, call)}\`` })]
          : []),
        ...call.itemChanges.map((found) =>
          diagnose('TF335', spanPlace(unit.home, found), { change: `\`${found.change}\`` }),
        ),
      ];
    }),
  );

function bodyText({ home }: PlacedUnit, { body }: ForeachCall): string {
  return home.source.slice(body.start, body.end);
}

/** A `var` in a branch would belong to the whole step. */
export const checkBranches: Check = ({ flow }) =>
  flow.steps.flatMap(({ segments }) => {
    const [condition] = segments;
    const conditional = condition?.kind === 'condition' ? condition.own.at(-1) : undefined;
    const hoisted = conditional?.home.units.find(
      ({ start, end, branches }) => branches && conditional.start >= start && conditional.end <= end,
    );
    return (hoisted?.declares ?? []).map((declared) =>
      diagnose('TF337', spanPlace(hoisted!.home, declared), { name: declared.name }),
    );
  });
