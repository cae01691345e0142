/** `tagflow diff`: what differs between two runs. */
import { pastRun } from '../cluster/past-run.js';
import { compareRuns } from '../run/comparison.js';
import { diffText } from './diff-text.js';
import { print, writeJson } from './text.js';

export async function diff(
  from: string,
  to: string,
  { directory, json }: { directory: string; json?: boolean },
): Promise<void> {
  const found = await compareRuns(await pastRun(directory, from), await pastRun(directory, to));
  if (json) writeJson(found);
  else print(diffText(found));
}
