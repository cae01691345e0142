/** Which runs are asked for. */
import type { Run, RunState } from '@tagflow/schema';
import { isDeepStrictEqual } from 'node:util';
import { idTime } from './run-id.js';
import { hasTag } from './run-tag.js';
import { StoreError } from './store.js';

/** A moment: a Date, milliseconds since 1970, or a text such as `2026-01-31` or `2026-01-31T14:25`. */
export type Moment = Date | number | string;

export interface RunFilter {
  /** Name of the pipeline; runs of all pipelines if absent. */
  pipeline?: string;
  /** Only runs in this state, such as `succeeded`, or in one of several. */
  state?: RunState | readonly RunState[];
  /** Only runs that began at this moment or later. A text without a time is midnight, UTC. */
  since?: Moment;
  /** Only runs that began before this moment. */
  until?: Moment;
  /** Only runs in which these parameters had these values. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Only runs with this tag; `name` also matches `name=value`. */
  tag?: string;
  /** Only runs at the git commit whose id begins like this, with or without uncommitted changes. */
  commit?: string;
}

/** Ids of the runs that are asked for do not sort before this. */
export function firstId({ since }: RunFilter): string | undefined {
  return since === undefined ? undefined : idTime(momentOf('since', since));
}

/**
 * Whether the id of a run lies between the filter's moments: told without reading the run.
 * @throws StoreError if one of them is no moment
 */
export function idFilter({ since, until }: RunFilter): (id: string) => boolean {
  const from = firstId({ since });
  const to = until === undefined ? undefined : idTime(momentOf('until', until));
  return (id) => (from === undefined || id >= from) && (to === undefined || id < to);
}

/** Whether a run fits the filter in all else. */
export function fits(run: Run, { pipeline, state, parameters = {}, tag, commit }: RunFilter): boolean {
  const states = state === undefined ? undefined : [state].flat();
  return (
    (pipeline === undefined || run.pipeline === pipeline) &&
    (states === undefined || states.includes(run.state)) &&
    (tag === undefined || hasTag(run.tags, tag)) &&
    (commit === undefined || (run.git?.commit.startsWith(commit.toLowerCase()) ?? false)) &&
    Object.entries(parameters).every(
      ([name, value]) =>
        Object.hasOwn(run.parameters, name) && isDeepStrictEqual(run.parameters[name], value),
    )
  );
}

/** The filter as the end of a sentence about runs: `of pipeline tour that succeeded`; empty if it takes all. */
export function filterText({
  pipeline,
  state,
  since,
  until,
  parameters = {},
  tag,
  commit,
}: RunFilter): string {
  const named = Object.entries(parameters).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [
    pipeline === undefined ? '' : `of pipeline ${pipeline}`,
    state === undefined ? '' : `that is ${[state].flat().join(' or ')}`,
    since === undefined ? '' : `since ${momentOf('since', since).toISOString()}`,
    until === undefined ? '' : `until ${momentOf('until', until).toISOString()}`,
    named.length === 0 ? '' : `with ${named.join(', ')}`,
    tag === undefined ? '' : `with the tag ${tag}`,
    commit === undefined ? '' : `at commit ${commit}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function momentOf(name: string, moment: Moment): Date {
  const date = new Date(moment);
  if (!Number.isNaN(date.getTime())) return date;
  throw new StoreError(
    `${name}: ${JSON.stringify(moment)} is no date. Write it as 2026-01-31 or 2026-01-31T14:25, or give a Date.`,
  );
}
