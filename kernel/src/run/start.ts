/** From a notebook to a finished run: what the command line and the kernel call. */
import { basename, join, relative } from 'node:path';
import type { Diagnostic, Pipeline, Program, Run, RunStart } from '@tagflow/schema';
import { parseDocument } from '../pipeline/notebook.js';
import { openStore, projectOf } from '../store/location.js';
import type { Store } from '../store/store.js';
import { analyse } from './analysis.js';
import type { Results } from './cache.js';
import type { RunEvent } from './event.js';
import { LocalExecutor } from './executor.js';
import { gitState } from './git.js';
import { planRun } from './plan.js';
import { runPipeline } from './runner.js';
import { makeStepFile } from './step-file.js';

export interface StartOptions {
  /** The notebook's text, nbformat 4 JSON. */
  notebook: string;
  /** Path of the notebook, for the record; its file name names the pipeline if its settings do not. */
  path?: string;
  /** The notebook's directory. */
  directory: string;
  /** Values of parameters by name: those given; the others have their defaults. */
  parameters?: Record<string, unknown> | ((pipeline: Pipeline) => Record<string, unknown>);
  /** What the run is filed under. */
  tags?: string[];
  trigger: RunStart['trigger'];
  /** Whether results of earlier runs may stand for steps; yes if absent. */
  cache?: boolean;
  /** The run on which this one goes on, and what succeeded in it. */
  origin?: RunStart['origin'];
  /** As of which moment steps see earlier runs, where it is not the start of this run. */
  asOf?: RunStart['asOf'];
  resumed?: Results;
  /** The notebook's pipeline, if it is known already or on its way, with the sources of its programs. */
  pipeline?: Pipeline | Promise<Pipeline>;
  store?: Store;
  onEvent?: (event: RunEvent) => void;
  signal?: AbortSignal;
}

/** The notebook's pipeline has errors, so that nothing ran. */
export class PipelineErrors extends Error {
  override readonly name = 'PipelineErrors';
  constructor(
    readonly pipeline: Pipeline,
    readonly diagnostics: Diagnostic[],
  ) {
    const count = diagnostics.length === 1 ? 'an error' : `${diagnostics.length} errors`;
    super(`The notebook has ${count}, so nothing was run. The first: ${diagnostics[0]?.message ?? ''}`);
  }
}

/**
 * Runs a notebook's pipeline on this machine to its end.
 * @throws NotebookError, PipelineErrors, BundleError, ParameterError or StoreError, before or instead of a run; a failed
 * step fails the run that is returned
 */
export async function startRun(options: StartOptions): Promise<Run> {
  const { directory, onEvent, signal, tags, trigger, cache, origin, asOf, resumed } = options;
  const store = options.store ?? openStore(directory);
  // Processes start while the notebook is analysed.
  const executor = new LocalExecutor();
  try {
    // First, for all else waits for it.
    const analysis = Promise.resolve(
      options.pipeline ??
        analyse({ notebook: options.notebook, directory, name: options.path ?? 'notebook' }),
    );
    analysis.catch(() => undefined); // told where it is waited for
    // Where there are results, most steps stand as a rule.
    const atFirst = cache !== false && (await store.list('runs/')).length > 0 ? 1 : undefined;
    executor.prepare(stepsNamed(options.notebook), atFirst);
    const git = gitState(directory);
    const bundler = import('../export/program.js');
    void bundler.then(({ startBundler }) => startBundler());
    const pipeline = await analysis;
    const errors = pipeline.diagnostics.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new PipelineErrors(pipeline, errors);
    const { parameters } = options;
    const plan = planRun(pipeline, typeof parameters === 'function' ? parameters(pipeline) : parameters);
    executor.prepare(plan.steps.length, atFirst);
    return await runPipeline(plan, {
      store,
      executor,
      directory,
      programOf: await programs(pipeline, directory, (await bundler).bundleProgram),
      tags,
      trigger,
      cache,
      origin,
      asOf,
      resumed,
      notebook: { path: pathInProject(options), text: withoutOutputs(options.notebook) },
      git: await git,
      concurrency: concurrencyOf(options.notebook),
      onEvent,
      signal,
    });
  } finally {
    executor.close();
    // For the next run; it waits for nobody.
    void makeStepFile();
  }
}

/** About how many steps there are, before the notebook is parsed. */
function stepsNamed(notebook: string): number {
  return new Set(notebook.match(/"step:[^"]*"/g)).size;
}

type Bundle = (typeof import('../export/program.js'))['bundleProgram'];

/** Bundles all programs: one that cannot be bundled is told before anything runs. */
async function programs(
  pipeline: Pipeline,
  directory: string,
  bundleProgram: Bundle,
): Promise<(program: Program) => string> {
  const all = pipeline.steps.flatMap((step) => step.programs);
  const codes = await Promise.all(all.map((program) => bundleProgram(program, { directory })));
  const bundles = new Map(all.map((program, i) => [program, codes[i]!]));
  return (program) => bundles.get(program)!;
}

function pathInProject({ directory, path }: StartOptions): string {
  return relative(projectOf(directory), join(directory, basename(path ?? 'notebook.ipynb')));
}

/** The notebook as it is recorded: cells and metadata, no outputs. */
export function withoutOutputs(text: string): string {
  const notebook = parseDocument(text) as { cells?: (Record<string, unknown> | null)[] };
  for (const cell of notebook.cells ?? []) {
    if (cell?.['cell_type'] === 'code') Object.assign(cell, { outputs: [], execution_count: null });
  }
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

function concurrencyOf(text: string): number | undefined {
  const { metadata } = parseDocument(text) as { metadata?: { tagflow?: { concurrency?: unknown } } };
  const concurrency = metadata?.tagflow?.concurrency;
  return Number.isInteger(concurrency) && (concurrency as number) > 0 ? (concurrency as number) : undefined;
}
