/** `tagflow resume`, `tagflow retry`: a new run that goes on with an earlier one. */
import type { Origin } from '@tagflow/schema';
import { join } from 'node:path';
import { goOnWith } from '../run/origin.js';
import { openStore, projectOf } from '../store/location.js';
import { findRunId, readRun } from '../store/records.js';
import { readNotebookFile } from './notebook.js';
import { type RunOptions, runAndShow } from './run-show.js';

export async function goOn(
  kind: Origin['kind'],
  reference: string,
  options: RunOptions & { directory: string },
): Promise<void> {
  const store = openStore(options.directory);
  const run = await readRun(store, await findRunId(store, reference));
  const current =
    kind === 'resume' && run.notebook !== undefined
      ? (await readNotebookFile(join(projectOf(options.directory), run.notebook))).text
      : undefined;
  const what = await goOnWith(store, run, kind, options.directory, current);
  await runAndShow({ ...what, parameters: run.parameters, store }, options);
}
