/**
 * The entry of a pod of a run on a cluster: `node pod.js program STEP SEGMENT [NEXT] | items STEP SEGMENT CHUNK | end`.
 * NEXT is the step after it, whose items are divided too. It writes records and logs into the store, and for the engine's
 * next decision a file or two.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { edgesOf } from '@tagflow/schema';
import { beatHeart } from '../../store/journal.js';
import { readRunEnd } from '../../store/records.js';
import { HEARTBEAT_INTERVAL } from '../../store/state.js';
import { StoreAccessError, StoreError, UnreachableStoreError } from '../../store/store.js';
import { openStoreAt } from '../../store/location.js';
import { STORE_SECRET, stepOfTemplate } from '../../export/names.js';
import { OUTPUTS } from '../../export/pod-paths.js';
import { endIfComplete, endRun, nodeFailures } from './cluster-end.js';
import { beginUnsubmitted } from './unsubmitted.js';
import { ParameterError } from '../parameter.js';
import { nextProgram } from '../step-run.js';
import {
  type PodOptions,
  type PodOutcome,
  type PodRun,
  type PodTask,
  readPodRun,
  runTask,
} from './pod-run.js';

/** The engine may begin such a pod again: not the step failed, but what is around it. */
const TRY_AGAIN = 75;
/** Where the engine looks for a pod's outputs. */
const outputs = process.env['TAGFLOW_OUTPUTS'] ?? OUTPUTS;

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

async function work([role, step, segment, more]: readonly string[]): Promise<number> {
  const store = openStoreAt(variable('TAGFLOW_STORE'));
  const run = process.env['TAGFLOW_RUN'] || (await beginUnsubmitted(store, process.env));
  if (role === 'end') {
    await endRun(store, run, {
      status: process.env['TAGFLOW_STATUS'] ?? '',
      failures: nodeFailures(process.env['TAGFLOW_FAILURES'] ?? '', stepOfTemplate),
    });
    return 0;
  }
  if (step === undefined || segment === undefined || (role !== 'program' && role !== 'items'))
    throw new StoreError(`A pod does not know what to do with ${[role, step, segment, more].join(' ')}.`);
  // The engine's own ways to begin a Workflow once more: what has ended is never written again.
  const ended = await readRunEnd(store, run);
  if (ended && ended.state !== 'succeeded') {
    process.stderr.write(
      `Run ${run} has ended. \`tagflow retry ${run}\` goes on with it, as a run of its own.\n`,
    );
    return 1;
  }
  const heart = setInterval(() => void beatHeart(store, run).catch(() => undefined), HEARTBEAT_INTERVAL);
  try {
    const task = { step, segment: Number(segment), ...(role === 'items' ? { chunk: Number(more) } : {}) };
    const next = role === 'program' ? more : undefined;
    const podRun = await readPodRun(store, run);
    const options: PodOptions = {
      chunks: Number(process.env['TAGFLOW_CHUNKS'] ?? 100),
      signal: stop.signal,
      onOutput: (stream, text) => process[stream].write(text),
    };
    let outcome = await runTask(podRun, task, options);
    if (next !== undefined && outcome.state === 'succeeded')
      outcome = await runTask(podRun, { step: next, segment: 0 }, options);
    await tell(outcome);
    // Where it fails, the exit handler does it.
    if (role === 'program' && isLast(podRun, task, outcome))
      await endIfComplete(store, podRun.start, podRun.pipeline).catch(() => undefined);
    return outcome.state === 'succeeded' ? 0 : outcome.state === 'failed' ? 1 : TRY_AGAIN;
  } finally {
    clearInterval(heart);
  }
}

/** Whether nothing follows, in its step or after it. */
function isLast({ pipeline }: PodRun, { step, segment }: PodTask, outcome: PodOutcome): boolean {
  const { programs } = pipeline.steps.find(({ name }) => name === step)!;
  const next = nextProgram(programs, programs[segment]!, outcome);
  return outcome.state === 'succeeded' && !next && !edgesOf(pipeline).some(({ from }) => from === step);
}

async function tell({ branch, chunks, failure }: PodOutcome): Promise<void> {
  if (failure) process.stderr.write(`${failure.name}: ${failure.message}\n`);
  await mkdir(outputs, { recursive: true });
  if (chunks) await writeFile(join(outputs, 'chunks'), JSON.stringify(chunks));
  await writeFile(join(outputs, 'branch'), String(branch ?? -1));
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new StoreError(`The variable ${name} is not set in the pod.`);
  return value;
}

/** Where a store turns a pod away, its advice is about this machine's settings: a pod's stand elsewhere. */
function told(error: Error): string {
  const isRefused = error instanceof StoreAccessError && !(error instanceof UnreachableStoreError);
  const advice = ` A pod has its keys from the Secret ${STORE_SECRET}, or the one that \`store.secret\` names.`;
  return error.message + (isRefused ? advice : '');
}

try {
  process.exitCode = await work(process.argv.slice(2));
} catch (error) {
  // What somebody gave the Workflow stays as it is, however often it is looked at.
  const isGiven = error instanceof ParameterError;
  const isSentence = isGiven || error instanceof StoreError;
  process.stderr.write(`${isSentence ? told(error) : String((error as Error).stack ?? error)}\n`);
  process.exitCode = isGiven ? 1 : TRY_AGAIN;
}
