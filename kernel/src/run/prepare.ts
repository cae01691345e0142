/** From a notebook to what a run needs of it, wherever it runs. */
import { basename, join, relative } from 'node:path';
import type { Diagnostic, Pipeline, Program, RunStart } from '@tagflow/schema';
import { bundlePrograms } from '../bundle/programs.js';
import { startBundler } from '../bundle/program.js';
import { withoutOutputs } from '../pipeline/notebook.js';
import { projectOf } from '../store/location.js';
import { analyse } from './analysis/analysis.js';
import { gitState } from './git.js';
import { type Plan, planRun } from './plan.js';
import type { RunFacts } from './run-start.js';

export interface RunRequest {
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
  /** The run on which this one goes on. */
  origin?: RunStart['origin'];
  /** As of which moment steps see earlier runs, where it is not the start of this run. */
  asOf?: RunStart['asOf'];
  /** The notebook's pipeline, if it is known already or on its way, with the sources of its programs. */
  pipeline?: Pipeline | Promise<Pipeline>;
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

/** @throws PipelineErrors if anything is wrong with the pipeline */
export function refuseErrors(pipeline: Pipeline): void {
  const errors = pipeline.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new PipelineErrors(pipeline, errors);
}

export interface Prepared {
  plan: Plan;
  /** JavaScript of a program, as an ES module. */
  programOf: (program: Program) => string;
  facts: RunFacts;
}

/**
 * Analyses the notebook and bundles its programs.
 * @throws NotebookError, PipelineErrors, BundleError or ParameterError
 */
export async function prepareRun(request: RunRequest): Promise<Prepared> {
  const { notebook, directory, parameters, tags, trigger, origin, asOf } = request;
  // First, for all else waits for it.
  const analysis = Promise.resolve(
    request.pipeline ?? analyse({ notebook, directory, name: request.path ?? 'notebook' }, startBundler),
  );
  analysis.catch(() => undefined); // told where it is waited for
  const git = gitState(directory);
  const pipeline = await analysis;
  refuseErrors(pipeline);
  const plan = planRun(pipeline, typeof parameters === 'function' ? parameters(pipeline) : parameters);
  // All of them: one that cannot be bundled is told before anything runs.
  const bundles = await bundlePrograms(
    pipeline.steps.flatMap(({ programs }) => programs),
    directory,
  );
  const recorded = { path: pathInProject(request), text: withoutOutputs(notebook) };
  const programOf = (program: Program): string => bundles.get(program)!;
  return { plan, programOf, facts: { tags, trigger, origin, asOf, notebook: recorded, git: await git } };
}

function pathInProject({ directory, path }: RunRequest): string {
  return relative(projectOf(directory), join(directory, basename(path ?? 'notebook.ipynb')));
}
