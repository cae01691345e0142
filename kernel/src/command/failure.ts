/** How commands fail: a sentence, and an exit code. */
import type { Diagnostic } from '@tagflow/schema';
import { StepFailure } from '../run/failure.js';
import type { PipelineErrors } from '../run/prepare.js';
import { UnknownNameError } from '../store/named.js';
import { StoreAccessError } from '../store/store.js';
import { printAside, writeJson } from './text.js';

/** What the user asked for cannot be: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const USAGE = new Set(['UsageError', 'ParameterError', 'DeploymentError', 'ExportError']);
/** Bad usage, as shells have it, of which a notebook with errors is one; 1 is a run that failed. */
export const BAD_USAGE = 2;
/** What is around a run failed: the cluster, a registry, the store of runs on it. */
export const INFRASTRUCTURE = 3;

/** Errors whose message is a sentence for the user. */
const KNOWN = new Set([
  ...USAGE,
  'NotebookError',
  'PipelineErrors',
  'StoreError',
  'BundleError',
  'InstallError',
  'ConnectionError',
  'EncodeError',
  'ClusterError',
  'SliceError',
  'ImageNameError',
]);

/** Says what went wrong; returns the exit code. */
export function fail(error: unknown, json: boolean): number {
  const {
    name = 'Error',
    message = String(error),
    stack,
    diagnostics,
  } = error as Partial<Error> & { diagnostics?: Diagnostic[] };
  // Before a run, it is about what a step declares and is not there; its name is that of a record.
  const isDeclared = error instanceof StepFailure;
  const sentence =
    isDeclared || KNOWN.has(name)
      ? message
      : `Something went wrong inside tagflow: ${message}. Set TAGFLOW_DEBUG=1 to see where.`;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ error: sentence, ...(diagnostics ? { diagnostics } : {}) }, null, 2)}\n`,
    );
  else printAside(`${sentence}\n`);
  if (process.env['TAGFLOW_DEBUG'] && stack) printAside(`${stack}\n`);
  if (isDeclared || USAGE.has(name) || error instanceof UnknownNameError) return BAD_USAGE;
  return name === 'ClusterError' || error instanceof StoreAccessError ? INFRASTRUCTURE : 1;
}

/** Says what is wrong with a notebook, because of which nothing was done. */
export async function refuse(
  { pipeline, diagnostics }: PipelineErrors,
  done: 'run' | 'submitted' | 'written',
  json = false,
): Promise<void> {
  process.exitCode = BAD_USAGE;
  const nothing = `Nothing was ${done}.`;
  if (json)
    return writeJson({
      error: `${nothing} ${diagnostics[0]!.message}`,
      diagnostics: pipeline.diagnostics,
    });
  const { checkText } = await import('../pipeline/report.js');
  printAside(`${checkText(pipeline)}\n${nothing}\n`);
}
