import type { Cell, Input, Output, Parameter, Pipeline, Program, Step, VariableId } from '@tagflow/schema';
import { variableId } from '../language/facts.js';
import type { Code, NamedValue, PlacedUnit } from './code.js';
import { type Flow, type Segment, type StepFlow, unitsOf, versionKey } from './dataflow.js';
import { obstacleText } from './obstacles.js';
import { parametersOf } from './parameters.js';
import { type PlacedSlice, writeProgram } from './written.js';

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
  const outputs = outputsOf(step, code, flow);
  return {
    name: step.name,
    cells: step.cells.map(({ id }) => id),
    consumes: [...step.inputs].map(([variable, from]): Input => {
      const { name } = code.variables.get(variable)!;
      return from === undefined ? { name, variable } : { name, variable, from };
    }),
    produces: outputs,
    after: step.settings.after ?? [],
    settings: settingsOf(step),
    programs: step.segments.map((segment, position) => buildProgram(segment, position, code, outputs)),
  };
}

/** Files that the code declares with `file("…")` count like those of the settings. */
function settingsOf(step: StepFlow): Step['settings'] {
  const { settings } = step;
  const declared = unitsOf(step).flatMap(({ place }) => place.files);
  if (!declared.length) return settings;
  return { ...settings, files: [...new Set([...(settings.files ?? []), ...declared])] };
}

function outputsOf(step: StepFlow, code: Code, flow: Flow): Output[] {
  const keepsAll = step.settings.keep !== 'consumed';
  return step.outputs.flatMap((id): Output[] => {
    const variable = code.variables.get(id)!;
    const { name, type } = variable;
    const consumed = step.between.has(id) || flow.consumers.has(versionKey(step.name, id));
    if (!consumed && (!keepsAll || name.startsWith('_'))) return [];
    const output: Output = {
      name,
      variable: id,
      type: type?.text ?? 'unknown',
      consumed,
      cell: makerOf(step, variable),
    };
    if (type?.schema) output.schema = type.schema;
    if (type?.obstacle && !type.obstacle.maybe && !consumed)
      output.note = `${obstacleText(type.obstacle)}, which is not kept`;
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

function buildProgram(segment: Segment, position: number, code: Code, produces: Output[]): Program {
  const { kind, taken, own, collects, splits, indexed } = segment;
  const kept = new Set(produces.map(({ variable }) => variable));
  const outputs = segment.outputs.filter((variable) => kept.has(variable));
  const inputs = [...segment.inputs.keys()];
  const slice: PlacedSlice = {
    sourceOf: (cell) => code.sources.get(cell)!,
    parameters: inputs.filter((id) => segment.inputs.get(id) === undefined),
    units: taken,
    inputs: inputs.filter((id) => segment.inputs.get(id) !== undefined),
    own,
    outputs,
    guarded: [...new Set(taken.flatMap((unit) => guardedIn(unit, code)))],
  };
  const { source, ...written } = writeProgram(slice);
  return {
    segment: position,
    kind,
    source,
    inputs,
    outputs,
    ...(collects ? { collects } : {}),
    ...(splits ? { splits } : {}),
    ...(indexed ? { indexed } : {}),
    ...written,
    ...(kind === 'plain' && [...taken, ...own].every((unit) => isInert(unit, code))
      ? { inert: true as const }
      : {}),
  };
}

/** Whether running it does nothing but bind names. An import runs a module. */
function isInert({ kind, cell, declares, data, travels, texts }: PlacedUnit, code: Code): boolean {
  if (kind === 'import' || travels === undefined) return false;
  const isData = data && !texts?.length && travels.every((name) => code.travels.has(name));
  return isData || declares.every(({ name }) => code.travels.has(variableId(cell, name)));
}

/** Values of setup, and travelling objects, classes and namespaces: nothing may change them. */
function guardedIn(unit: PlacedUnit, code: Code): VariableId[] {
  if (unit.kind === 'namespace' || unit.digest)
    return unit.declares.map(({ name }) => variableId(unit.cell, name));
  if (unit.kind !== 'declarator' || unit.before.includes('using')) return [];
  return unit.declares
    .map(({ name }) => variableId(unit.cell, name))
    .filter((variable) => unit.mutable || !code.travels.has(variable));
}
