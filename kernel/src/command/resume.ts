/** `tagflow resume`, `tagflow retry`: a new run that goes on with an earlier one. */
import type { Origin } from '@tagflow/schema';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { goOnWith } from '../run/origin.js';
import { projectOf } from '../store/location.js';
import type { ClusterOptions } from './cluster-show.js';
import { UsageError } from './failure.js';
import { readNotebookFile } from './notebook.js';
import { type RunOptions, runAndShow } from './run-show.js';
import { pastRun } from '../cluster/past-run.js';
import { submitAndShow } from './submit.js';

export async function goOn(
  kind: Origin['kind'],
  reference: string,
  options: RunOptions & ClusterOptions & { directory: string },
): Promise<void> {
  const { store, run } = await pastRun(options.directory, reference);
  const current =
    kind === 'resume' && run.notebook !== undefined
      ? await textOfNow(join(projectOf(options.directory), run.notebook), run.id)
      : undefined;
  const what = await goOnWith(store, run, kind, options.directory, current);
  const { parameters, cluster } = run;
  if (!cluster) return runAndShow({ ...what, parameters, store }, options);
  // Where it was, it goes on.
  const { context, namespace } = cluster;
  await submitAndShow({ ...what, parameters }, { watch: true, context, namespace, ...options });
}

async function textOfNow(path: string, run: string): Promise<string> {
  if (!existsSync(path))
    throw new UsageError(
      `The run's notebook ${path} is not there any more. If it was moved, run it where it is now: what has not changed stands. \`tagflow retry ${run}\` goes on with it as it was.`,
    );
  return (await readNotebookFile(path)).text;
}
