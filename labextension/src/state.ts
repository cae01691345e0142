/** What the panel and the markers show of one notebook: a value that is replaced, never changed. */
import {
  durationText,
  type ClusterReply,
  type Diagnostic,
  type Pipeline,
  type Run,
  type StepRun,
  type StepState,
} from '@tagflow/schema';
import type { Link } from './comm/connection.js';
import { EMPTY_LOG, type Log } from './run/log.js';
import type { ArtifactPlace } from './past/pastbook.js';
import type { Entries } from './run/parameters.js';

/** A run with the pipeline as it was then, and what its steps have written. */
export interface ShownRun {
  run: Run;
  /** Null until the kernel has sent it. */
  document: Pipeline | null;
  logs: Readonly<Record<string, Log>>;
  /** Why the pod of a step has not begun, by step. */
  waiting?: Readonly<Record<string, string>>;
  /** What does not answer, as a sentence, and until when it is asked again. */
  away?: { text: string; until: string } | undefined;
}

/** Where the project's runs on a cluster go. */
export type ClusterView = Pick<ClusterReply, 'deployment' | 'place' | 'contexts' | 'problem'>;

export interface PipelineState {
  link: Link;
  /** The notebook's pipeline as of the last analysis that succeeded. */
  pipeline: Pipeline | null;
  analysing: boolean;
  /** Why there is no newer analysis, as a sentence. */
  problem: string | null;
  /** The steps that would run again now, with the reasons; null while that is not known. */
  stale: ReadonlyMap<string, readonly string[]> | null;
  /** Entries of the parameter form. */
  entries: Entries;
  /** Whether a run was asked for and has not ended, or not begun on the cluster. */
  running: boolean;
  /** What is done before a run begins on the cluster or files are written, as a short phrase. */
  doing: string | null;
  /** Null until it was asked for. */
  cluster: ClusterView | null;
  /** Why the last request about runs failed, as a sentence. */
  refusal: string | null;
  /** The run that this notebook started last. */
  latest: ShownRun | null;
  /** A run opened from the list; it is shown in place of the notebook. */
  past: ShownRun | null;
  /** Newest first; null until they were asked for. */
  runs: readonly Run[] | null;
  /** The selected step. */
  selected: string | null;
  /** The artifact whose lineage is shown. */
  traced: ArtifactPlace | null;
}

export const INITIAL: PipelineState = {
  link: 'starting',
  pipeline: null,
  analysing: false,
  problem: null,
  stale: null,
  entries: {},
  running: false,
  doing: null,
  cluster: null,
  refusal: null,
  latest: null,
  past: null,
  runs: null,
  selected: null,
  traced: null,
};

/** The pipeline that is drawn: that of the opened run, or else the notebook's. */
export function shownPipeline(state: PipelineState): Pipeline | null {
  return state.past ? state.past.document : state.pipeline;
}

/** The run whose states are drawn. */
export function shownRun(state: PipelineState): ShownRun | null {
  return state.past ?? state.latest;
}

/** Why a step would run again now; undefined while it would not, or another thing is shown. */
export function staleReasons(
  { stale, running, past }: PipelineState,
  step: string,
): readonly string[] | undefined {
  return running || past ? undefined : stale?.get(step);
}

export function stepRun(shown: ShownRun | null, step: string): StepRun | undefined {
  return shown?.run.steps.find((one) => one.name === step);
}

export function logOf(shown: ShownRun | null, step: string): Log {
  return shown?.logs[step] ?? EMPTY_LOG;
}

const WEIGHT = { error: 0, warning: 1, info: 2 };

/** Errors first, then in the order of the notebook. */
export function sortedDiagnostics(pipeline: Pipeline | null): Diagnostic[] {
  const place = new Map(pipeline?.cells.map((cell) => [cell.id, cell.index]));
  const rank = (one: Diagnostic): number[] => [
    WEIGHT[one.severity],
    place.get(one.cell ?? '') ?? -1,
    one.range?.start.line ?? 0,
  ];
  return [...(pipeline?.diagnostics ?? [])].sort((a, b) => compare(rank(a), rank(b)));
}

export function errorsOf(pipeline: Pipeline | null): Diagnostic[] {
  return (pipeline?.diagnostics ?? []).filter(({ severity }) => severity === 'error');
}

/** Why the pipeline cannot be run now, as a sentence, or null when it can. */
export function runObstacle(state: PipelineState): string | null {
  if (state.link !== 'ready') return 'The kernel is not connected.';
  if (state.running) return 'A run is going on.';
  if (!state.pipeline) return 'The notebook has not been read yet.';
  if (state.pipeline.steps.length === 0) return 'No cell is tagged as a step yet.';
  const errors = errorsOf(state.pipeline).length;
  if (errors > 0) return errors === 1 ? 'One problem is in the way.' : `${errors} problems are in the way.`;
  return null;
}

/** Why the pipeline cannot be put on the cluster now, as a sentence, or null when it can. */
export function submitObstacle(state: PipelineState): string | null {
  return (
    runObstacle(state) ?? (state.cluster ? (state.cluster.problem ?? null) : 'The cluster is looked up…')
  );
}

/** The run that Stop would stop: one that was asked for here, or the shown one where it is on a cluster. */
export function stoppable(state: PipelineState): boolean {
  const run = shownRun(state)?.run;
  return state.running || (run?.state === 'running' && run.cluster !== undefined);
}

/** Why the run that is shown cannot be gone on with, as a sentence, or null when it can. */
export function goOnObstacle(state: PipelineState, kind: 'resume' | 'retry'): string | null {
  if (state.link !== 'ready') return 'The kernel is not connected.';
  if (state.running) return 'A run is going on.';
  const run = shownRun(state)?.run;
  if (!run) return 'There is no run to go on with: run the pipeline, or open a past run.';
  if (run.state === 'running') return 'The run is still going on elsewhere.';
  if (run.state === 'succeeded') return 'The run succeeded: nothing of it is left to do.';
  if (kind === 'retry') return null;
  if (state.pipeline && run.pipeline !== state.pipeline.name)
    return `The run is one of ${run.pipeline}: open that notebook to resume it, or retry it as it was.`;
  return runObstacle(state);
}

/** What there is to run, such as `3 steps, 1 warning`. */
export function pipelineSummary(pipeline: Pipeline | null): string {
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  const warnings = (pipeline?.diagnostics ?? []).filter(({ severity }) => severity === 'warning').length;
  const steps = count(pipeline?.steps.length ?? 0, 'step');
  return warnings > 0 ? `${steps}, ${count(warnings, 'warning')}` : steps;
}

const ENDED = new Set<StepState>(['succeeded', 'failed', 'stopped', 'skipped', 'omitted', 'lost']);

/** How far a run is, as a sentence. `now` is in milliseconds. */
export function runSummary(run: Run, now: number): string {
  const failed = run.steps.find((step) => step.state === 'failed');
  switch (run.state) {
    case 'running': {
      const done = run.steps.filter((step) => ENDED.has(step.state)).length;
      return `Running${placeText(run)}: ${done} of ${run.steps.length} steps done`;
    }
    case 'succeeded':
      return `Succeeded${placeText(run)} in ${duration(run, now)}${standText(run)}`;
    case 'failed':
      return failed ? `Failed in step ${failed.name} after ${duration(run, now)}` : 'Failed';
    case 'stopped':
      return `Stopped after ${duration(run, now)}`;
    case 'lost':
      return run.cluster ? 'Lost: the cluster says nothing of it' : 'Lost: the machine that ran it went away';
  }
}

function placeText({ cluster }: Run): string {
  return cluster ? ' on the cluster' : '';
}

/** How much of a run was there before. */
function standText({ steps }: Run): string {
  const stand = steps.filter(({ cached }) => cached !== undefined).length;
  if (stand === 0) return '';
  return stand === steps.length ? ', nothing had to run' : `, ${stand} of ${steps.length} steps as before`;
}

/** Length of a run or a step in words, up to `now` (milliseconds) when it has not ended. */
export function duration(timed: { created?: string; started?: string; ended?: string }, now: number): string {
  const from = Date.parse(timed.created ?? timed.started ?? '');
  const to = timed.ended === undefined ? now : Date.parse(timed.ended);
  const ms = Math.max(0, to - from);
  if (!Number.isFinite(ms)) return '';
  // What goes on is counted in whole seconds, since that is how often it is looked at.
  if (timed.ended === undefined && ms < 60_000) return `${Math.floor(ms / 1000)} s`;
  return durationText(ms);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
