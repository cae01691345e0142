import type { Cell, Input, Output, Parameter, Pipeline, Program, Step, VariableId } from '@tagflow/schema';
import { variableId } from '../language/facts.js';
import { emitProgram } from '../language/slice.js';
import { modulesOf } from '../language/slice-modules.js';
import type { Code, NamedValue, PlacedUnit } from './code.js';
import { type Flow, type StepFlow, versionKey } from './dataflow.js';
import { obstacleText } from './obstacles.js';
import { parametersOf } from './parameters.js';

/** Writes down what was found as a Pipeline, each step with its program; diagnostics come from `checkPipeline`. */
export function buildPipeline(name: string, code: Code, flow: Flow): Pipeline {
  return {
    format: 1,
    name,
    parameters: parametersOf(code).map(({ parameter }) => parameter as Parameter),
    steps: flow.steps.map((step) => buildStep(step, code, flow)),
    cells: code.cells.map(({ id, index, role, step }): Cell =>
      step === undefined ? { id, index, role } : { id, index, role, step },
    ),
    diagnostics: [],
  };
}

function buildStep(step: StepFlow, code: Code, flow: Flow): Step {
  const produces = outputsOf(step, code, flow);
  return {
    name: step.name,
    cells: step.cells.map(({ id }) => id),
    consumes: [...step.inputs].map(([variable, from]): Input => {
      const { name } = code.variables.get(variable)!;
      return from === undefined ? { name, variable } : { name, variable, from };
    }),
    produces,
    after: step.settings.after ?? [],
    settings: settingsOf(step),
    programs: [buildProgram(step, code, produces)],
  };
}

/** Files that the code declares with `file("…")` count like those of the settings. */
function settingsOf({ settings, taken, own }: StepFlow): Step['settings'] {
  const declared = [...taken, ...own].flatMap((unit) => unit.place.files);
  if (!declared.length) return settings;
  return { ...settings, files: [...new Set([...(settings.files ?? []), ...declared])] };
}

function outputsOf(step: StepFlow, code: Code, flow: Flow): Output[] {
  const keepsAll = step.settings.keep !== 'consumed';
  return step.outputs.flatMap((id): Output[] => {
    const variable = code.variables.get(id)!;
    const { name, type } = variable;
    const consumed = flow.consumers.has(versionKey(step.name, id));
    if (!consumed && (!keepsAll || name.startsWith('_'))) return [];
    const output: Output = {
      name,
      variable: id,
      type: type?.text ?? 'unknown',
      consumed,
      cell: makerOf(step, variable),
    };
    if (type?.schema) output.schema = type.schema;
    if (type?.obstacle && !consumed) output.note = `${obstacleText(type.obstacle)}, which is not kept`;
    return [output];
  });
}

/** The last cell of the step that declares or assigns the variable; else its first, which calls what assigns it. */
function makerOf(step: StepFlow, variable: NamedValue): string {
  const makers = new Set(
    [...variable.units, ...variable.writes.map(({ unit }) => unit)].map(({ home }) => home),
  );
  return (step.cells.findLast((cell) => makers.has(cell)) ?? step.cells[0]!).id;
}

function buildProgram(step: StepFlow, code: Code, produces: Output[]): Program {
  const outputs = produces.map(({ variable }) => variable);
  const inputs = [...step.inputs.keys()];
  const source = emitProgram({
    sourceOf: (cell) => code.sources.get(cell)!,
    parameters: inputs.filter((id) => step.inputs.get(id) === undefined),
    units: step.taken,
    inputs: inputs.filter((id) => step.inputs.get(id) !== undefined),
    own: step.own,
    outputs,
    guarded: step.taken.flatMap((unit) => guardedIn(unit, code)),
  });
  return { segment: 0, kind: 'plain', source, inputs, outputs, ...modulesOf([...step.taken, ...step.own]) };
}

/** Values of setup, and travelling objects: nothing may change them. */
function guardedIn(unit: PlacedUnit, code: Code): VariableId[] {
  if (unit.kind !== 'declarator' || unit.before.includes('using')) return [];
  return unit.declares
    .map(({ name }) => variableId(unit.cell, name))
    .filter((variable) => unit.mutable || !code.travels.has(variable));
}
