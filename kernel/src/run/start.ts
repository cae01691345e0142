/** From a notebook to a finished run: what the command line and the kernel call. */
import { availableParallelism } from 'node:os';
import type { Program, Run } from '@tagflow/schema';
import { settingsOf } from '../pipeline/cells.js';
import { openStore } from '../store/location.js';
import type { Store } from '../store/store.js';
import type { Results } from './key/cache.js';
import { cachingOf } from './key/caching.js';
import type { RunEvent } from './event.js';
import { LocalExecutor } from './executor.js';
import type { Plan } from './plan.js';
import { type RunRequest, prepareRun } from './prepare.js';
import { runPipeline } from './runner.js';
import { makeStepFile } from './step-file.js';

export { PipelineErrors } from './prepare.js';

export interface StartOptions extends RunRequest {
  /** What succeeded in the run on which this one goes on. */
  resumed?: Results;
  store?: Store;
  onEvent?: (event: RunEvent) => void;
  signal?: AbortSignal;
}

/**
 * Runs a notebook's pipeline on this machine to its end.
 * @throws NotebookError, PipelineErrors, BundleError, ParameterError or StoreError, before or instead of a run; a failed
 * step fails the run that is returned
 */
export async function startRun(options: StartOptions): Promise<Run> {
  const { directory, onEvent, signal, cache, resumed } = options;
  const store = options.store ?? openStore(directory);
  // Processes start while the notebook is analysed.
  const executor = new LocalExecutor();
  try {
    const preparing = prepareRun(options);
    preparing.catch(() => undefined); // told where it is waited for
    const atFirst = cache !== false && (await store.list('runs/')).length > 0 ? fewOf(options) : undefined;
    executor.prepare(processesNamed(options.notebook), atFirst);
    const { plan, programOf, facts } = await preparing;
    executor.prepare(processesOf(plan), atFirst);
    return await runPipeline(plan, {
      ...facts,
      store,
      executor,
      directory,
      programOf,
      cache,
      resumed,
      concurrency: settingsOf(options.notebook).concurrency,
      onEvent,
      signal,
    });
  } finally {
    executor.close();
    // For the next run; it waits for nobody.
    void makeStepFile();
  }
}

/** Where there are results, most steps stand as a rule: one process is kept ready, or none if all may stand. */
function fewOf({ pipeline }: StartOptions): number {
  const mayAllStand =
    pipeline && !(pipeline instanceof Promise) && pipeline.steps.every((step) => cachingOf(step).cached);
  return mayAllStand ? 0 : 1;
}

/** About how many processes it takes, before the notebook is parsed. */
function processesNamed(notebook: string): number {
  const steps = new Set(notebook.match(/"step:[^"]*"/g)).size;
  const loops = notebook.match(/\bforeach\(/g)?.length ?? 0;
  return steps + loops * (1 + availableParallelism());
}

/** How many processes a program takes, about. Of a step's branches one runs. */
const PROCESSES: Record<Program['kind'], number> = {
  plain: 1,
  split: 1,
  body: availableParallelism(),
  join: 1,
  nested: 0,
  condition: 2,
  branch: 0,
};

function processesOf({ steps }: Plan): number {
  return steps.flatMap(({ step }) => step.programs).reduce((sum, { kind }) => sum + PROCESSES[kind], 0);
}
