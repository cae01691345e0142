/** One program of a step, with its retries: from inputs to a recorded end. */
import { setTimeout as pause } from 'node:timers/promises';
import type { AttemptEnd, AttemptStart } from '@tagflow/schema';
import { putBlob } from '../store/content.js';
import { writeAttemptEnd, writeAttemptStart } from '../store/journal.js';
import type { AttemptId } from '../store/place-in-step.js';
import { attemptStart } from './attempt-start.js';
import { failedEnd } from './failure.js';
import type { ProgramKey } from './key/program.js';
import { inPlace, type ProgramRun, type StepContext } from './program-run.js';
import { milliseconds } from '../pipeline/quantity.js';
import { NOTHING } from './recorded.js';
import type { StepReply } from './step-request.js';

/**
 * The result of an earlier run, or attempts until one succeeds or none is left. Throws StoreError if the store cannot be
 * written.
 */
export async function runProgram(run: ProgramRun, context: StepContext): Promise<AttemptEnd> {
  const { retries = 0, backoff } = run.step.settings;
  const place = attemptOf(run, 1, context);
  const before = (await context.recorded?.(place, retries)) ?? NOTHING;
  if (before.end) return before.end;
  const key = await context.cache.keys.of(run);
  const hit = await context.cache.find(run, key, place);
  if (hit) return recordHit(run, key, hit, before.attempts + 1, context);
  for (let attempt = before.attempts + 1; ; attempt++) {
    const end = await context.places.during(() => runAttempt(run, key, attempt, context));
    const tries = attempt - before.lost;
    if (end.state !== 'failed' || tries > retries || context.signal?.aborted) return end;
    await pause(waitBefore(tries, backoff), undefined, { signal: context.signal }).catch(() => undefined);
  }
}

/** The result of an earlier run, which is recorded for this one; nothing runs. */
export async function takeEarlier(run: ProgramRun, context: StepContext): Promise<AttemptEnd | undefined> {
  const key = await context.cache.keys.of(run);
  const hit = await context.cache.find(run, key, attemptOf(run, 1, context));
  return hit && recordHit(run, key, hit, 1, context);
}

/** How long to wait before the next try, in milliseconds: twice as long each further time. */
export function waitBefore(tries: number, backoff: string | undefined): number {
  return backoff === undefined ? 0 : Math.min(milliseconds(backoff) * 2 ** (tries - 1), LONGEST_WAIT);
}

const LONGEST_WAIT = 3_600_000;

export function attemptOf(
  { step, program, within }: ProgramRun,
  attempt: number,
  { run }: StepContext,
): AttemptId {
  return { run, step: step.name, segment: program.segment, ...(within ? { within } : {}), attempt };
}

/** What a key is made of, as a blob. */
export async function keptParts({ parts }: ProgramKey, { store }: StepContext): Promise<string> {
  return (await putBlob(store, Buffer.from(JSON.stringify(parts)))).digest;
}

async function recordHit(
  run: ProgramRun,
  key: ProgramKey,
  end: AttemptEnd,
  attempt: number,
  context: StepContext,
): Promise<AttemptEnd> {
  const id = attemptOf(run, attempt, context);
  const [file, parts] = await Promise.all([context.fileOf(run.program), keptParts(key, context)]);
  const start = attemptStart(id, file, run.inputs, { key: key.key, parts });
  return writeHit(start, end, context);
}

/** Records that an earlier result stands for an attempt. */
export async function writeHit(
  start: AttemptStart,
  earlier: AttemptEnd,
  { store, onAttempt }: StepContext,
): Promise<AttemptEnd> {
  const end = { ...earlier, ended: start.created };
  await writeAttemptStart(store, start);
  await writeAttemptEnd(store, start, end);
  onAttempt({ start, end });
  return end;
}

async function runAttempt(
  run: ProgramRun,
  key: ProgramKey,
  attempt: number,
  context: StepContext,
): Promise<AttemptEnd> {
  const { store, cache } = context;
  if (context.signal?.aborted) return stoppedEnd();
  const id = attemptOf(run, attempt, context);
  const [file, parts] = await Promise.all([context.fileOf(run.program), keptParts(key, context)]);
  const start = attemptStart(id, file, run.inputs, { key: key.key, parts });
  await writeAttemptStart(store, start);
  context.onAttempt({ start });
  const { end, recorded } = await inPlace(run, id, file, context, (execution) =>
    context.executor.execute(execution),
  ).catch((error: unknown): StepReply => ({ end: failedEnd(error, []), recorded: false }));
  if (!recorded) await writeAttemptEnd(store, id, end);
  if (end.state === 'succeeded') {
    const differs = await cache.keep(run, key, id, end);
    if (differs.length > 0) context.onDifference(id.step, differs);
  }
  context.onAttempt({ start, end });
  return end;
}

/** Of what was not begun. */
export function stoppedEnd(): AttemptEnd {
  return { format: 1, state: 'stopped', ended: new Date().toISOString(), outputs: [], notKept: [] };
}
