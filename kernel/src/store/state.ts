/** What became of a run, derived from its records. Pure. */
import type {
  Artifact,
  Attempt,
  AttemptEnd,
  AttemptStart,
  LoopRun,
  Program,
  Run,
  RunEnd,
  RunStart,
  Step,
  StepRun,
  StepState,
} from '@tagflow/schema';

/** One attempt of a program, for a body on one item: its records as far as they are there. */
export interface AttemptRecord {
  start: AttemptStart;
  end?: AttemptEnd;
}

export interface RunRecords {
  start: RunStart;
  /** The pipeline's steps, in their order. */
  steps: readonly Step[];
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
  const byStep = new Map(steps.map(({ name }) => [name, [] as AttemptRecord[]]));
  for (const attempt of attempts) byStep.get(attempt.start.step)?.push(attempt);
  return {
    ...headOf(start),
    state: alive ? 'running' : 'lost',
    steps: steps.map((step) => deriveStep(step, byStep.get(step.name) ?? [], alive)),
  };
}

/** A step from its attempts. */
export function deriveStep(step: Step, attempts: readonly AttemptRecord[], alive: boolean): StepRun {
  const latest = latestAttempts(attempts);
  const programs = step.programs.map((program) => latest.get(program.segment) ?? new Map());
  const { state, branch } = stateOf(step.programs, programs, alive);
  const failed = [...latest.values()]
    .flatMap((items) => [...items.values()])
    .filter(({ end }) => end?.state === 'failed')
    // What kept a loop from its items comes before what an item met, and that of the outermost loop tells of those in it.
    .sort(
      (a, b) =>
        (a.start.within?.length ?? 0) - (b.start.within?.length ?? 0) ||
        (a.start.index ?? -1) - (b.start.index ?? -1),
    )[0];
  const loops = loopsOf(step.programs, programs, alive);
  const hasEnded = state !== 'pending' && state !== 'running' && state !== 'lost';
  const ended = hasEnded
    ? attempts
        .map(({ end }) => end?.ended ?? '')
        .sort()
        .at(-1)
    : undefined;
  return {
    name: step.name,
    state,
    started: attempts.map((attempt) => attempt.start.created).sort()[0],
    ended: ended || undefined,
    attempts: Math.max(0, ...attempts.map((attempt) => attempt.start.attempt)),
    outputs: outputsOf(step, programs),
    notKept: programs.flatMap((items) => [...items.values()].flatMap(({ end }) => end?.notKept ?? [])),
    failure: state === 'failed' ? failed?.end?.failure : undefined,
    ...(loops.length > 0 ? { loops } : {}),
    ...cachedOf(state, latest),
    ...(branch === undefined ? {} : { branch }),
  };
}

/**
 * What became of one attempt. No record tells that a process was killed; but while it is at work nobody else begins at
 * its place: one without an end that another has followed is lost, although the run goes on.
 * @param alive whether the run goes on
 */
export function attemptState(
  { end }: AttemptRecord,
  { alive, isFollowed = false }: { alive: boolean; isFollowed?: boolean },
): Attempt['state'] {
  return end?.state ?? (alive && !isFollowed ? 'running' : 'lost');
}

/** By segment, and by item with those around it (`WHOLE` where there is none). */
type Latest = Map<number, Map<string, AttemptRecord>>;

const WHOLE = '';

function latestAttempts(attempts: readonly AttemptRecord[]): Latest {
  const latest: Latest = new Map();
  for (const attempt of attempts) {
    const { segment, index, within = [] } = attempt.start;
    const items = latest.get(segment) ?? new Map<string, AttemptRecord>();
    latest.set(segment, items);
    const item = index === undefined ? WHOLE : [...within, index].join('.');
    const known = items.get(item);
    if (!known || counts(attempt, known)) items.set(item, attempt);
  }
  return latest;
}

/**
 * Whether of two attempts at one place the first counts. A success stands, as it does for who works on the run; but items
 * in an item are worked on again with it.
 */
function counts(one: AttemptRecord, other: AttemptRecord): boolean {
  if (one.start.within) return one.start.attempt > other.start.attempt;
  const stands = one.end?.state === 'succeeded';
  if (stands !== (other.end?.state === 'succeeded')) return stands;
  return one.start.attempt < other.start.attempt === stands;
}

/** Goes through the programs as the runner does, as far as they have come. */
function stateOf(
  programs: readonly Program[],
  latest: readonly ReadonlyMap<string, AttemptRecord>[],
  alive: boolean,
): { state: StepState; branch?: number } {
  const open: StepState = alive ? 'running' : 'lost';
  let items = 0;
  let at: number | undefined = 0;
  let branch: number | undefined;
  while (at !== undefined && at < programs.length && programs[at]!.kind !== 'nested') {
    const { kind, splits }: Program = programs[at]!;
    const records = [...latest[at]!.values()];
    if (records.length === 0 && at === 0) return { state: 'pending' };
    const states = records.map((record) => attemptState(record, { alive }));
    if (states.includes(open)) return { state: open, branch };
    for (const state of ['failed', 'stopped'] as const) if (states.includes(state)) return { state, branch };
    const wanted: number = kind === 'body' ? items : 1;
    if (records.length < wanted) return { state: open, branch };
    if (splits) items = records[0]!.end!.items?.length ?? 0;
    if (kind === 'condition') {
      branch = records[0]!.end!.branch;
      if (branch === undefined) return { state: 'skipped' };
      at += branch;
    }
    at = kind === 'branch' ? undefined : at + 1;
  }
  return { state: 'succeeded', branch };
}

/** A step of which nothing ran: earlier results stand for all of it. */
function cachedOf(state: StepState, latest: Latest): Pick<StepRun, 'cached'> {
  const records = [...latest.values()].flatMap((items) => [...items.values()]);
  const runs = records.map(({ end }) => end?.cached);
  const last = runs.at(-1);
  const hasEnded = state === 'succeeded' || state === 'skipped';
  return hasEnded && last !== undefined && !runs.includes(undefined) ? { cached: last } : {};
}

/** The last version of each value, in the order in which the step names them. */
function outputsOf(step: Step, latest: readonly ReadonlyMap<string, AttemptRecord>[]): Artifact[] {
  const made = new Map<string, Artifact>();
  for (const records of latest) {
    for (const output of records.get(WHOLE)?.end?.outputs ?? []) made.set(output.variable, output);
  }
  return step.produces.flatMap(({ variable }) => made.get(variable) ?? []);
}

function loopsOf(
  programs: readonly Program[],
  latest: readonly ReadonlyMap<string, AttemptRecord>[],
  alive: boolean,
): LoopRun[] {
  return programs.flatMap(({ kind, segment }, at): LoopRun[] => {
    const records = [...latest[at]!.values()].filter(({ start }) => start.index !== undefined);
    // How many a loop in a loop will have in all is not known before all have begun.
    const nested = kind === 'nested' && records.length > 0 ? records.length : undefined;
    const total = kind === 'body' ? latest[at - 1]?.get(WHOLE)?.end?.items?.length : nested;
    if (total === undefined) return [];
    const failed = records.filter(({ end }) => end?.state === 'failed').map(({ start }) => start.index!);
    const cached = records.filter(({ end }) => end?.cached !== undefined).length;
    return [
      {
        segment,
        total,
        succeeded: records.filter(({ end }) => end?.state === 'succeeded').length,
        ...(cached > 0 ? { cached } : {}),
        running: records.filter((record) => attemptState(record, { alive }) === 'running').length,
        failed: failed.sort((a, b) => a - b),
      },
    ];
  });
}

function headOf(start: RunStart): Omit<Run, 'state' | 'ended' | 'steps'> {
  const { format: _format, asOf: _asOf, versions: _versions, ...head } = start;
  return head;
}
