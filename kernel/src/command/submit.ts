/** `tagflow submit`: a notebook's pipeline on a cluster. */
import { readDeployment } from '../cluster/deployment.js';
import { submitRun } from '../cluster/submit.js';
import { PipelineErrors, type RunRequest } from '../run/prepare.js';
import { parametersFor } from './run-show.js';
import { BAD_USAGE, INFRASTRUCTURE, fail, refuse } from './failure.js';
import { type ClusterOptions, follow } from './cluster-show.js';
import { readNotebookFile } from './notebook.js';
import { print, printAside, writeJson } from './text.js';

export interface SubmitOptions extends ClusterOptions {
  param: string[];
  tag: string[];
  cache: boolean;
  watch?: boolean;
  timings?: boolean;
}

/** Errors that a person mends in the notebook. */
const ABOUT_NOTEBOOK = new Set(['NotebookError', 'BundleError']);

export async function submit(path: string, options: SubmitOptions): Promise<void> {
  const { text, directory } = await readNotebookFile(path);
  await submitAndShow({ notebook: text, path, directory }, options);
}

/** Submits, and follows the run if that is asked for; the exit code says what came of it. */
export async function submitAndShow(
  what: Omit<RunRequest, 'trigger'>,
  options: SubmitOptions,
): Promise<void> {
  const { json = false, param, tag, cache, watch = false } = options;
  const { directory } = what;
  const tell = (what: string): void => void (json || printAside(`${what} …\n`));
  const parts: Record<string, number> = {};
  try {
    const { start, store, cluster, done } = await submitRun({
      ...what,
      deployment: readDeployment(directory, options),
      parameters: (pipeline) => parametersFor(pipeline, what.parameters, param),
      tags: tag,
      cache,
      trigger: 'command',
      tell,
      onPart: (part, time) => (parts[part] = Math.round(time)),
    });
    if (options.timings) printAside(`${JSON.stringify(parts)}\n`);
    if (watch) return await follow(store, cluster, start, options);
    if (json) return writeJson({ run: start.id, ...start.cluster, done });
    const taken = done.length > 0 ? `, with earlier results for ${done.join(', ')}` : '';
    print(
      `Run ${start.id} of ${start.pipeline} is on ${where(start.cluster!)}${taken}.\ntagflow watch ${start.id} follows it.\n`,
    );
  } catch (error) {
    if (error instanceof PipelineErrors) return refuse(error, 'submitted', json);
    const code = fail(error, json);
    process.exitCode = ABOUT_NOTEBOOK.has((error as Error).name)
      ? BAD_USAGE
      : code === 1
        ? INFRASTRUCTURE
        : code;
  }
}

function where({ context, namespace }: { context?: string; namespace: string }): string {
  return `${context ?? 'this cluster'}, namespace ${namespace}`;
}
