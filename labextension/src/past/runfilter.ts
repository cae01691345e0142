/** Which of the past runs are listed, and how that stands in the page's address. */
import type { Run, RunState } from '@tagflow/schema';

export interface RunFilter {
  /** In id, pipeline, user, tags, names and values of parameters; upper and lower case are the same. */
  text: string;
  state: RunState | '';
  pipeline: string;
}

/** What the page of runs shows. */
export interface RunsView {
  filter: RunFilter;
  /** Ids of one run that is shown, or of two that are compared. */
  chosen: readonly string[];
}

export const EVERYTHING: RunsView = { filter: { text: '', state: '', pipeline: '' }, chosen: [] };

export function filterRuns(runs: readonly Run[], { text, state, pipeline }: RunFilter): Run[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter(
    (run) =>
      (state === '' || run.state === state) &&
      (pipeline === '' || run.pipeline === pipeline) &&
      words.every((word) => searched(run).includes(word)),
  );
}

function searched({ id, pipeline, user, trigger, tags = [], parameters }: Run): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [id, pipeline, user, trigger, ...tags, ...given].join(' ').toLowerCase();
}

const PREFIX = '#tagflow-runs';
const STATES: readonly string[] = ['running', 'succeeded', 'failed', 'stopped', 'lost'] satisfies RunState[];

/** The part of the address behind `#`. */
export function hashOf({ filter, chosen }: RunsView): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== '') parts.set(name, value);
  for (const id of chosen) parts.append('run', id);
  const text = parts.toString();
  return text === '' ? PREFIX : `${PREFIX}?${text}`;
}

/** Undefined if the address says nothing of runs. What it says wrongly is left out. */
export function viewOf(hash: string): RunsView | undefined {
  if (hash !== PREFIX && !hash.startsWith(`${PREFIX}?`)) return undefined;
  const parts = new URLSearchParams(hash.slice(PREFIX.length + 1));
  const state = parts.get('state') ?? '';
  return {
    filter: {
      text: parts.get('text') ?? '',
      state: STATES.includes(state) ? (state as RunState) : '',
      pipeline: parts.get('pipeline') ?? '',
    },
    chosen: parts.getAll('run').slice(0, 2),
  };
}
