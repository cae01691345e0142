/** `tagflow logs`: what a step wrote. */
import { openStore } from '../store/location.js';
import { readLog } from '../store/log.js';
import { findRunId, readRun } from '../store/records.js';
import { stepOf } from './show.js';
import { writeJson } from './text.js';

export async function logs(
  reference: string,
  step: string,
  options: { directory: string; json?: boolean },
): Promise<void> {
  const store = openStore(options.directory);
  const run = await readRun(store, await findRunId(store, reference));
  const { name } = stepOf(run, step);
  const entries = await readLog(store, run.id, name);
  if (options.json) return writeJson(entries);
  if (entries.length === 0) process.stderr.write(`Step ${name} of run ${run.id} wrote nothing.\n`);
  for (const { stream, text } of entries) process[stream].write(text);
}
