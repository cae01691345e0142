/** Where a notebook of the matrix runs. */
import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import type { LoopRun, Pipeline, Run, StepRun } from '@tagflow/schema';
import { startRun } from '../../kernel/lib/run/start.js';
import type { FolderStore } from '../../kernel/lib/store/file.js';
import { resultsOf } from '../../kernel/lib/run/origin.js';
import { planRun } from '../../kernel/lib/run/plan.js';
import type { RunOptions } from '../../kernel/lib/run/runner.js';
import { readAttempts, readPipeline, readRun } from '../../kernel/lib/store/records.js';
import { deriveStep } from '../../kernel/lib/store/state.js';
import { FOLDER, notebookText, pipelineFrom, type Row } from '../pipeline/notebook.ts';
import { carryOut, placeHere } from '../pods/engine.ts';
import { runHere, valuesOfNotebook } from '../pipeline/values.ts';

/** Digests by step and variable: what each step has made or seen by its end. */
export type Values = Map<string, Map<string, string>>;

export interface Options {
  store: FolderStore;
  parameters?: Record<string, unknown>;
  cache?: boolean;
  /** The run on which this one goes on. */
  from?: Run;
}

export interface Place {
  name: string;
  /** @returns the values that were kept, and the run where the place has runs */
  run(rows: readonly Row[], options: Options): Promise<{ values: Values; run?: Run }>;
}

/** Cells in order, as the kernel runs them. */
export const NOTEBOOK: Place = {
  name: 'notebook',
  async run(rows, { parameters }) {
    const given = rows.map((row) => withParameters(row, parameters));
    const found = await valuesOfNotebook(given, pipelineFrom(given));
    return {
      values: new Map(
        [...found].map(([step, values]) => [
          step,
          new Map([...values].map(([variable, bytes]) => [variable, digestOf(bytes)])),
        ]),
      ),
    };
  },
};

/** A run whose programs run in this process. */
export const HERE: Place = {
  name: 'this process',
  async run(rows, { store, parameters, cache, from }) {
    const pipeline = pipelineFrom(rows);
    const run = await runHere(pipeline, store, { parameters, cache, ...(await goingOn(store, from)) });
    return { run, values: valuesOf(run, pipeline) };
  },
};

/** A run as users have it: each program in a process of its own. */
export const PROCESSES: Place = {
  name: 'processes',
  async run(rows, { store, parameters, cache, from }) {
    const pipeline = pipelineFrom(rows);
    const run = await startRun({
      ...(await goingOn(store, from)),
      notebook: notebookText(rows),
      path: 'notebook.ipynb',
      directory: FOLDER,
      trigger: 'command',
      store,
      parameters,
      cache,
      pipeline,
    });
    return { run, values: valuesOf(run, pipeline) };
  },
};

/** A run as a cluster has it: each program in a pod, of which each is a process of this machine. */
export const PODS: Place = {
  name: 'pods',
  async run(rows, { store, parameters, cache, from }) {
    const pipeline = pipelineFrom(rows);
    const plan = planRun(pipeline, parameters);
    const { origin } = await goingOn(store, from);
    const { start, done } = await placeHere(plan, store, { cache, ...(origin ? { origin } : {}) });
    await carryOut(plan, done, { run: start.id, store: store.location, project: FOLDER });
    const run = await readRun(store, start.id);
    return { run, values: valuesOf(run, pipeline) };
  },
};

export function valuesOf(run: Run, pipeline: Pipeline): Values {
  const versions = new Map<string, string>();
  const values: Values = new Map();
  for (const step of run.steps) {
    const { produces } = pipeline.steps.find(({ name }) => name === step.name)!;
    for (const { name, variable } of produces) {
      if (step.notKept.some((each) => each.name === name)) versions.delete(variable);
    }
    for (const { variable, digest } of step.outputs) versions.set(variable, digest);
    values.set(step.name, new Map(versions));
  }
  return values;
}

/** Sets or deletes a variable of this process, also for cells, which jest does not enclose. */
export function setVariable(name: string, value: string | undefined): void {
  for (const env of [process.env, new Script('process.env').runInThisContext() as NodeJS.ProcessEnv]) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
}

/**
 * What records tell of the steps, wherever they ran.
 * @param advice what is left out of the words of failures, since it is another one in each place
 */
export function storyOf({ steps }: Run, pipeline: Pipeline, advice = /^$/): unknown[] {
  return steps.map((step) => {
    const { name, state, branch, outputs, notKept, failure } = step;
    // How much of a loop in a loop had begun when another item failed is chance.
    const loops = state === 'failed' ? outerLoops(step, pipeline) : (step.loops ?? []);
    return {
      name,
      state,
      branch,
      loops: loops.map(({ total, succeeded, failed }) => ({ total, succeeded, failed })),
      outputs: outputs.map((output) => ({ name: output.name, digest: output.digest, type: output.type })),
      notKept,
      failure: failure && [failure.name, failure.message.replace(advice, ''), failure.index, failure.input],
    };
  });
}

/** The loops of a step, but those in loops. */
export function outerLoops({ name, loops = [] }: StepRun, { steps }: Pipeline): LoopRun[] {
  const { programs } = steps.find((step) => step.name === name)!;
  return loops.filter(({ segment }) => programs[segment]!.kind === 'body');
}

/** The steps of a run as its attempts tell them. */
export async function stepsOfRecords(store: FolderStore, run: Run): Promise<Run['steps']> {
  const [{ steps }, attempts] = await Promise.all([readPipeline(store, run), readAttempts(store, run.id)]);
  return steps.map((step) =>
    deriveStep(
      step,
      attempts.filter(({ start }) => start.step === step.name),
      false,
    ),
  );
}

async function goingOn(
  store: FolderStore,
  from: Run | undefined,
): Promise<Pick<RunOptions, 'origin' | 'resumed'>> {
  if (!from) return {};
  return { origin: { run: from.id, kind: 'resume' }, resumed: await resultsOf(store, from.id) };
}

function withParameters([tag, source, ...rest]: Row, parameters: Record<string, unknown> = {}): Row {
  if (tag !== 'parameters') return [tag, source, ...rest];
  const changed = Object.entries(parameters).reduce(
    (text, [name, value]) =>
      text.replace(new RegExp(`const ${name} = [^;]*;`), () => `const ${name} = ${JSON.stringify(value)};`),
    source,
  );
  return [tag, changed, ...rest];
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
