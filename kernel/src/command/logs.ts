/** `tagflow logs`: what a step wrote. */
import { readLog } from '../store/log.js';
import { stepOf } from './show.js';
import { writeJson } from './text.js';
import { pastRun } from '../cluster/past-run.js';

export async function logs(
  reference: string,
  step: string,
  options: { directory: string; json?: boolean },
): Promise<void> {
  const { store, run } = await pastRun(options.directory, reference);
  const { name } = stepOf(run, step);
  const entries = await readLog(store, run.id, name);
  if (options.json) return writeJson(entries);
  if (entries.length === 0) process.stderr.write(`Step ${name} of run ${run.id} wrote nothing.\n`);
  for (const { stream, text } of entries) process[stream].write(text);
}
