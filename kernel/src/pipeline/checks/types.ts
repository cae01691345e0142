import type { Diagnostic, VariableId } from '@tagflow/schema';
import { variableId } from '../../language/facts.js';
import type { Check } from '../findings.js';
import { type Code, placeOf, staysBecause, type PlacedUnit, spanPlace } from '../code.js';
import { type StepFlow, versionKey } from '../dataflow.js';
import { diagnose, type Place } from '../../diagnostics/table.js';
import { remedyFor, whatIs } from '../obstacles.js';

/** What another step consumes holds something that cannot be kept, as its type tells. */
export const checkTypes: Check = ({ code, flow }) =>
  flow.steps.flatMap((step) =>
    step.outputs.flatMap((id): Diagnostic[] => {
      const [consumer] = flow.consumers.get(versionKey(step.name, id)) ?? [];
      const { name, type } = code.variables.get(id)!;
      const stays = consumer === undefined && !crossesLoop(step, id);
      if (stays || !type) return [];
      const place = makingPlace(step, id, code);
      const report = (path: string, what: string, remedy: string, maybe = false) =>
        consumer === undefined
          ? diagnose(maybe ? 'TF405' : 'TF403', place, { step: step.name, name, path, what, remedy })
          : diagnose(maybe ? 'TF404' : 'TF401', place, { step: consumer, name, path, what, remedy });
      if (type.obstacle) {
        const { path, maybe } = type.obstacle;
        return [report(path, whatIs(type.obstacle), remedyFor(type.obstacle), maybe)];
      }
      return type.classes.flatMap(({ variable, path }) => {
        const owner = code.variables.get(variable);
        if (!owner || code.travels.has(variable)) return [];
        const what = `an instance of the class ${owner.name}, which does not travel: ${staysBecause(owner, code)}`;
        return [
          report(path, what, 'Take that out of the class, so that instances can be made again anywhere.'),
        ];
      });
    }),
  );

/** Whether a value goes from one of the step's programs to another: as it is, as the items of a loop, or as its results. */
function crossesLoop({ between, segments }: StepFlow, id: VariableId): boolean {
  if (between.has(id)) return true;
  return segments.some(({ foreach }) => {
    if (!foreach) return false;
    const { unit, call } = foreach;
    // A pattern takes the results apart: its names are parts of them.
    return call.itemsOf === id || unit.declares.some(({ name }) => variableId(unit.cell, name) === id);
  });
}

/** The name where the step declares the variable; else the statement that assigns it. */
function makingPlace(step: StepFlow, id: string, code: Code): Place {
  const { units, writes } = code.variables.get(id)!;
  const declaring = units.find((unit) => unit.home.step === step.name);
  if (declaring) return declaredPlace(declaring, id);
  const write =
    writes.find(({ unit }) => unit.home.step === step.name) ??
    step.segments.map(({ reach }) => reach.writes.get(id)).find((site) => site !== undefined);
  return write ? placeOf(write) : { cell: step.cells[0]!.id };
}

function declaredPlace(unit: PlacedUnit, id: string): Place {
  const declared = unit.declares.find(({ name }) => variableId(unit.cell, name) === id);
  return spanPlace(unit.home, declared ?? unit);
}
