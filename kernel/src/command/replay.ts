/** `tagflow replay`: a step of a run, or an item of its loop, once more with its recorded code and inputs. */
import { dirname, join } from 'node:path';
import { replay as replayAttempt } from '../run/replay/replay.js';
import { projectOf } from '../store/location.js';
import { stepOf } from '../store/named.js';
import { readAttempts, readPipeline } from '../store/records.js';
import type { AttemptRecord } from '../store/state.js';
import { UsageError } from './failure.js';
import { pastRun } from '../cluster/past-run.js';

export interface ReplayCommand {
  directory: string;
  inspect?: boolean;
  segment?: number;
}

/** @param place `STEP`, or `STEP/INDEX` for an item */
export async function replay(reference: string, place: string, options: ReplayCommand): Promise<void> {
  const { store, run } = await pastRun(options.directory, reference);
  const [name = '', item, ...more] = place.split('/');
  stepOf(run, name);
  if (more.length > 0)
    throw new UsageError(`Items in an item run again with it: write STEP/INDEX, such as ${name}/${item}.`);
  if (item !== undefined && !/^\d+$/.test(item))
    throw new UsageError(
      `${JSON.stringify(item)} is no number of an item: write STEP/INDEX, such as train/3.`,
    );
  const index = item === undefined ? undefined : Number(item);
  const attempts = (await readAttempts(store, run.id, name)).filter(({ start }) => !start.within);
  const chosen = chooseAttempt(attempts, { name, index, segment: options.segment });
  if (index === undefined && chosen.start.index !== undefined)
    process.stderr.write(`Item ${chosen.start.index} failed: this is ${name}/${chosen.start.index}.\n`);
  const notebook =
    run.notebook === undefined ? options.directory : join(projectOf(options.directory), run.notebook);
  process.exitCode = await replayAttempt(store, await readPipeline(store, run), chosen, attempts, {
    directory: run.notebook === undefined ? notebook : dirname(notebook),
    inspect: options.inspect ?? false,
  });
}

/**
 * The one that failed, if one did, which may be an item's; else the last program of the step. Of several attempts the
 * last counts.
 */
function chooseAttempt(
  attempts: readonly AttemptRecord[],
  { name, index, segment }: { name: string; index?: number; segment?: number },
): AttemptRecord {
  const ordered = attempts
    .filter(({ start }) => segment === undefined || start.segment === segment)
    .sort((a, b) => a.start.segment - b.start.segment || a.start.attempt - b.start.attempt);
  const fitting = ordered.filter(({ start }) => start.index === index);
  const failed = (each: readonly AttemptRecord[]): AttemptRecord | undefined =>
    each.findLast(({ end }) => end?.state === 'failed');
  const chosen = failed(fitting) ?? (index === undefined ? failed(ordered) : undefined) ?? fitting.at(-1);
  if (chosen) return chosen;
  if (attempts.length === 0)
    throw new UsageError(`Step ${name} did not begin in this run, so there is nothing to replay.`);
  const parts = [...new Set(attempts.map(({ start }) => start.segment))].sort((a, b) => a - b);
  if (segment !== undefined && !parts.includes(segment))
    throw new UsageError(
      `The run came to no part ${segment} of step ${name}: there are ${parts.join(', ')}.`,
    );
  const items = attempts.flatMap(({ start }) =>
    segment === undefined || start.segment === segment ? (start.index ?? []) : [],
  );
  const most = items.reduce((one, other) => Math.max(one, other), 0);
  throw new UsageError(
    items.length > 0
      ? `Step ${name} has the items 0 to ${most}: name one, such as ${name}/0.`
      : `Step ${name} has no items${segment === undefined ? '' : ` in part ${segment}`}: name it without a number.`,
  );
}
