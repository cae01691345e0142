/** `tagflow resume`, `tagflow retry`: a new run that goes on with an earlier one. */
import type { Origin } from '@tagflow/schema';
import { join } from 'node:path';
import { goOnWith } from '../run/origin.js';
import { projectOf } from '../store/location.js';
import type { ClusterOptions } from './cluster-show.js';
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
      ? (await readNotebookFile(join(projectOf(options.directory), run.notebook))).text
      : undefined;
  const what = await goOnWith(store, run, kind, options.directory, current);
  const { parameters, cluster } = run;
  if (!cluster) return runAndShow({ ...what, parameters, store }, options);
  // Where it was, it goes on.
  const { context, namespace } = cluster;
  await submitAndShow({ ...what, parameters }, { watch: true, context, namespace, ...options });
}
