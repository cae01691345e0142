/** One step of a run: its programs, one after the other, with what goes from each to the next. */
import type { AttemptEnd, Program, Step, VariableId } from '@tagflow/schema';
import { labelsOf } from '../language/labels.js';
import { runProgram } from './attempt.js';
import { type FanOut, inputOf, runItems } from './fan-out.js';
import { type Maker, sourceOf } from './source.js';
import type { ProgramRun, StepContext } from './program-run.js';
import type { StepInput } from './step-request.js';

/** The version of each variable that is meant at a place in the step. */
type Known = Map<VariableId, StepInput>;

export interface StepOutcome {
  state: AttemptEnd['state'];
  /** What the step made, or left as it was. */
  versions: ReadonlyMap<VariableId, StepInput>;
}

/** How the programs of a step come to their ends: they run here, or their ends are known. */
export interface Programs {
  run(run: ProgramRun): Promise<AttemptEnd>;
  /** @param concurrency how many items at once, where the loop says so */
  items(run: ProgramRun, items: readonly StepInput[], concurrency: number | undefined): Promise<FanOut>;
}

/** Each runs on this machine. They throw StoreError if the store cannot be written. */
export function runHere(context: StepContext): Programs {
  return {
    run: (run) => runProgram(run, context),
    items: (run, items, concurrency) => runItems(run, items, concurrency, context),
  };
}

/** Goes through a step's programs up to the first that does not succeed. */
export async function runStep(
  step: Step,
  inputs: ReadonlyMap<VariableId, StepInput>,
  programs: Programs,
): Promise<StepOutcome> {
  const versions: Known = new Map(inputs);
  const labels = labelsOf(step.produces.map(({ variable }) => variable));
  let results: StepInput[] | undefined;
  let split: AttemptEnd | undefined;
  for (let program = step.programs[0]; program;) {
    const run: ProgramRun = {
      step,
      program,
      inputs: inputsOf(program, versions),
      inputsOf: (other) => inputsOf(other, versions),
      ...(program.collects ? { results: results ?? [] } : {}),
    };
    const maker: Maker = { step: step.name, segment: program.segment };
    if (program.kind === 'body') {
      const before = { ...maker, segment: maker.segment - 1 };
      const items = (split?.items ?? []).map((item, i) => inputOf(item, sourceOf(before, `item ${i}`)));
      const loop = await programs.items(run, items, split?.concurrency);
      if (loop.state !== 'succeeded') return { state: loop.state, versions };
      results = loop.results;
      program = nextProgram(step.programs, program, {});
      continue;
    }
    const end = await programs.run(run);
    if (end.state !== 'succeeded') return { state: end.state, versions };
    for (const output of end.outputs)
      versions.set(output.variable, inputOf(output, sourceOf(maker, labels.get(output.variable)!)));
    split = end;
    program = nextProgram(step.programs, program, end);
  }
  return { state: 'succeeded', versions };
}

/** What follows a program: a condition says which branch, and a branch is the last. */
export function nextProgram(
  programs: readonly Program[],
  { kind, segment }: Program,
  { branch }: Pick<AttemptEnd, 'branch'>,
): Program | undefined {
  if (kind === 'branch') return undefined;
  if (kind !== 'condition')
    return programs[segment + 1]?.kind === 'nested' ? undefined : programs[segment + 1];
  return branch === undefined ? undefined : programs[segment + 1 + branch];
}

function inputsOf({ inputs }: Program, versions: Known): Record<string, StepInput> {
  return Object.fromEntries(
    inputs.flatMap((variable) => {
      const version = versions.get(variable);
      return version === undefined ? [] : [[variable, version]];
    }),
  );
}
