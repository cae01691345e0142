/** The end of a run on a cluster, from its records and from what the engine says of it. */
import { constants } from 'node:os';
import type { Failure, Pipeline, RunEnd, RunStart, Step, StepRun } from '@tagflow/schema';
import { edgesOf } from '@tagflow/schema';
import { writeRunEnd } from '../../store/journal.js';
import { readAttempts, readPipeline, readRunEnd, readRunStart } from '../../store/records.js';
import { type AttemptRecord, deriveStep } from '../../store/state.js';
import { StoreError, type Store } from '../../store/store.js';
import { outOfMemory } from '../failure.js';
import { bytesOf } from '../../pipeline/quantity.js';

/** What the engine says of a Workflow that has ended. */
export interface EngineEnd {
  /** Succeeded, Failed or Error. */
  status: string;
  /** Pods and other nodes that failed. */
  failures: NodeFailure[];
  /** Why the whole ended, where that is said; of an error, as a sentence. */
  message?: string;
}

export interface NodeFailure {
  step?: string;
  message: string;
}

/**
 * Writes the run's end, unless it is there.
 * @throws StoreError if there is no such run
 */
export async function endRun(store: Store, run: string, engine: EngineEnd): Promise<RunEnd> {
  const known = await readRunEnd(store, run);
  if (known) return known;
  const start = await readRunStart(store, run);
  if (!start) throw new StoreError(`There is no run ${run} in ${store.location}.`);
  const [pipeline, attempts] = await Promise.all([readPipeline(store, start), readAttempts(store, run)]);
  const end = runEnd(start, pipeline, attempts, engine, new Date());
  await writeRunEnd(store, end);
  return end;
}

/**
 * Writes the end of a run whose steps have all succeeded, so that it need not wait for a pod that does nothing else.
 * Of those that end at the same moment several may: they write the same, but for the moment.
 */
export async function endIfComplete(store: Store, start: RunStart, pipeline: Pipeline): Promise<void> {
  if (await readRunEnd(store, start.id)) return;
  const attempts = await readAttempts(store, start.id);
  const end = runEnd(start, pipeline, attempts, { status: 'Succeeded', failures: [] }, new Date());
  if (end.state === 'succeeded') await writeRunEnd(store, end);
}

/** What is shown when somebody stopped the Workflow. */
const SHUTDOWN = /shutdown with strategy|Stopped with strategy|Terminate/;

export function runEnd(
  start: RunStart,
  pipeline: Pipeline,
  attempts: readonly AttemptRecord[],
  engine: EngineEnd,
  now: Date,
): RunEnd {
  const isStopped = [engine.message ?? '', ...engine.failures.map(({ message }) => message)].some((message) =>
    SHUTDOWN.test(message),
  );
  const edges = edgesOf(pipeline);
  const steps = new Map<string, StepRun>();
  for (const step of pipeline.steps) {
    const own = attempts.filter((attempt) => attempt.start.step === step.name);
    const derived = deriveStep(step, own, false);
    const needs = edges.filter(({ to }) => to === step.name).map(({ from }) => steps.get(from));
    const failed = podFailed(step, needs, engine);
    const failure = failed ? podFailure(failed.message, step.settings.memory) : lossIn(engine);
    steps.set(step.name, endOfStep(derived, needs, failure, isStopped));
  }
  const states = [...steps.values()].map(({ state }) => state);
  const hasFailed = states.includes('failed') || states.includes('lost');
  const isComplete = states.every((state) => state === 'succeeded' || state === 'skipped');
  const state = isComplete ? 'succeeded' : isStopped && !hasFailed ? 'stopped' : 'failed';
  return { format: 1, id: start.id, state, ended: now.toISOString(), start, steps: [...steps.values()] };
}

/** Of its own pods; or of that of the one step before, which may divide its items: if not at its own, it failed at that. */
function podFailed(
  { name, programs }: Step,
  needs: readonly (StepRun | undefined)[],
  { failures }: EngineEnd,
): NodeFailure | undefined {
  const [before] = needs;
  const isDivided = programs[0]?.splits && needs.length === 1 && before?.state === 'succeeded';
  return (
    failures.find(({ step }) => step === name) ??
    (isDivided ? failures.find(({ step }) => step === before.name) : undefined)
  );
}

/** A pod whose processes are killed together, for the memory they use, records nothing. */
function podFailure(message: string, memory: string | undefined): Failure {
  if (!/\bOOMKilled\b/.test(message)) return { name: 'PodFailed', message: saidByPod(message) };
  return outOfMemory(memory === undefined ? undefined : bytesOf(memory));
}

/** What a pod said last, without what Argo puts before it and says after it; if it said nothing, how it ended. */
export function saidByPod(message: string): string {
  const [, code, said = ''] = /^main: Error \(exit code (\d+)\)(?:: (.*))?$/s.exec(message) ?? [];
  if (code === undefined) return message;
  const own = said.split('\n').filter((line) => !OF_ARGO.test(line));
  return own.join('\n').trim() || `Its process ${endOf(Number(code))} and said nothing.`;
}

/** By convention, an exit code beyond 128 is that of a process that a signal ended. */
function endOf(code: number): string {
  const [signal] = Object.entries(constants.signals).find(([, number]) => number === code - 128) ?? [];
  return signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
}

/** Lines in the log of a pod that are its engine's. */
const OF_ARGO = /^time=\S+ level=\w+ msg=|^\{"time":.*"level":|^Error: exit status \d+$/;

/** What became of a step of whose pod nobody knows more. */
function lossIn({ status, message }: EngineEnd): Failure {
  const reason = status === 'Error' && message ? message : 'Its pod ended without a record.';
  return { name: 'Lost', message: `${reason} \`tagflow retry\` runs what is missing.` };
}

/** A step that did not write its own end: its pod was killed, or never began. */
function endOfStep(
  step: StepRun,
  needs: readonly (StepRun | undefined)[],
  failure: Failure,
  isStopped: boolean,
): StepRun {
  if (step.state !== 'pending' && step.state !== 'lost') return step;
  if (isStopped) return { ...step, state: 'stopped' };
  const isOmitted = needs.some((need) => need?.state !== 'succeeded' && need?.state !== 'skipped');
  if (step.state === 'pending' && isOmitted) return { ...step, state: 'omitted' };
  return { ...step, state: 'failed', failure };
}

/** Argo's `workflow.failures`: JSON, in which nodes have names of templates. */
export function nodeFailures(text: string, stepOf: (template: string) => string | undefined): NodeFailure[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
    // Some versions quote it twice.
    if (typeof parsed === 'string') parsed = JSON.parse(parsed);
  } catch {
    return [];
  }
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((node: { templateName?: unknown; message?: unknown }): NodeFailure[] => {
    if (typeof node?.message !== 'string' || node.message === '') return [];
    const step = typeof node.templateName === 'string' ? stepOf(node.templateName) : undefined;
    return [{ message: node.message, ...(step === undefined ? {} : { step }) }];
  });
}
