/** What became of a run, derived from its records. Pure. */
import type { AttemptEnd, AttemptStart, Run, RunEnd, RunStart, StepRun } from '@tagflow/schema';

/** One attempt of a step: its records as far as they are there. */
export interface AttemptRecord {
  start: AttemptStart;
  end?: AttemptEnd;
}

export interface RunRecords {
  start: RunStart;
  /** Names of the pipeline's steps, in their order. */
  steps: readonly string[];
  attempts: readonly AttemptRecord[];
  /** False if nothing was heard of the run for longer than its heartbeat allows. */
  alive: boolean;
}

/** A run's heart beats this often, in milliseconds. */
export const HEARTBEAT_INTERVAL = 5_000;
/** After so long without a heartbeat a run without an end is lost, in milliseconds. */
export const HEARTBEAT_LIMIT = 30_000;

/** A run that has ended. */
export function endedRun({ start, state, ended, steps }: RunEnd): Run {
  return { ...headOf(start), state, ended, steps };
}

/** A run that has not ended, or whose end nobody wrote. */
export function deriveRun({ start, steps, attempts, alive }: RunRecords): Run {
  return {
    ...headOf(start),
    state: alive ? 'running' : 'lost',
    steps: steps.map((name) =>
      deriveStep(
        name,
        attempts.filter((attempt) => attempt.start.step === name),
        alive,
      ),
    ),
  };
}

function deriveStep(name: string, attempts: readonly AttemptRecord[], alive: boolean): StepRun {
  const ordered = [...attempts].sort((a, b) => a.start.attempt - b.start.attempt);
  const last = ordered.at(-1);
  if (!last) return { name, state: 'pending', attempts: 0, outputs: [], notKept: [] };
  const { end } = last;
  return {
    name,
    state: end?.state ?? (alive ? 'running' : 'lost'),
    started: ordered[0]!.start.created,
    ended: end?.ended,
    attempts: ordered.length,
    outputs: end?.outputs ?? [],
    notKept: end?.notKept ?? [],
    failure: end?.failure,
  };
}

function headOf(start: RunStart): Omit<Run, 'state' | 'ended' | 'steps'> {
  const { id, pipeline, document, notebook, created, parameters, trigger, user, git, origin } = start;
  return { id, pipeline, document, notebook, created, parameters, trigger, user, git, origin };
}
