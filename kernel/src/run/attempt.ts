/** One step of a run, with its retries: from inputs to a recorded end. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AttemptEnd, Step } from '@tagflow/schema';
import { digestOfChunks } from '../store/codec.js';
import { putBlob } from '../store/content.js';
import { LogWriter, Mask, type LogStream } from '../store/log.js';
import { type AttemptId, writeAttemptEnd, writeAttemptStart } from '../store/journal.js';
import type { AttemptRecord } from '../store/state.js';
import type { Store } from '../store/store.js';
import type { Execution, Executor } from './executor.js';
import { failureOf } from './failure.js';
import type { PlannedStep } from './plan.js';
import { bytesOf, milliseconds } from './quantity.js';
import type { StepInput, StepRequest } from './step-request.js';
import { environmentOf, makeWorkingDirectory, removeWorkingDirectory } from './workplace.js';

/** Encoded bytes of a value that nothing consumes, if a step does not say otherwise. */
const KEEP_LIMIT = '64Mi';

export interface StepContext {
  run: string;
  store: Store;
  executor: Executor;
  /** The notebook's directory. */
  directory: string;
  /** JavaScript of the step's program, as an ES module. */
  programOf: (step: Step) => Promise<string>;
  signal?: AbortSignal;
  /** Called when an attempt begins and when it has ended. */
  onAttempt: (record: AttemptRecord) => void;
  onOutput: (step: string, stream: LogStream, text: string) => void;
}

/** Makes attempts until one succeeds or none is left. Throws StoreError if the store cannot be written. */
export async function runStep(
  planned: PlannedStep,
  inputs: Record<string, StepInput>,
  context: StepContext,
): Promise<AttemptEnd> {
  const retries = planned.step.settings.retries ?? 0;
  for (let attempt = 1; ; attempt++) {
    const end = await runAttempt(planned, inputs, attempt, context);
    if (end.state !== 'failed' || attempt > retries || context.signal?.aborted) return end;
  }
}

async function runAttempt(
  { step, program }: PlannedStep,
  inputs: Record<string, StepInput>,
  attempt: number,
  context: StepContext,
): Promise<AttemptEnd> {
  const { run, store } = context;
  const id: AttemptId = { run, step: step.name, segment: program.segment, attempt };
  const code = Buffer.from(await context.programOf(step));
  const [{ digest }, file] = await Promise.all([putBlob(store, code), programFile(store, code)]);
  const created = new Date().toISOString();
  const start = {
    format: 1 as const,
    ...id,
    created,
    program: digest,
    inputs: digestsOf(inputs),
    host: hostname(),
  };
  await writeAttemptStart(store, start);
  context.onAttempt({ start });
  const { end, recorded } = await execute(step, id, file, inputs, context);
  if (!recorded) await writeAttemptEnd(store, id, end);
  context.onAttempt({ start, end });
  return end;
}

/** Gives the step its place, has it executed, and keeps its log. */
async function execute(
  step: Step,
  id: AttemptId,
  program: string,
  inputs: Record<string, StepInput>,
  context: StepContext,
) {
  let workingDirectory: string | undefined;
  try {
    const { env, secrets } = environmentOf(step.settings, process.env);
    workingDirectory = await makeWorkingDirectory(context.directory, step.settings.files ?? []);
    const request: StepRequest = {
      id,
      store: context.store.location,
      directory: context.directory,
      workingDirectory,
      program,
      inputs,
      outputs: step.produces,
      keep: step.settings.keep ?? 'all',
      keepLimit: bytesOf(step.settings.keepLimit ?? KEEP_LIMIT),
      env,
      secrets,
    };
    return await logged(step, request, context);
  } catch (error) {
    const end: AttemptEnd = {
      format: 1,
      state: 'failed',
      ended: new Date().toISOString(),
      outputs: [],
      notKept: [],
      failure: failureOf(error),
    };
    return { end, recorded: false };
  } finally {
    if (workingDirectory) await removeWorkingDirectory(workingDirectory);
  }
}

async function logged(step: Step, request: StepRequest, { store, executor, signal, onOutput }: StepContext) {
  const log = new LogWriter(store, request.id);
  const masks = { stdout: new Mask(request.secrets), stderr: new Mask(request.secrets) };
  const write = (stream: LogStream, text: string): void => {
    if (text === '') return;
    log.write(stream, text);
    onOutput(step.name, stream, text);
  };
  const { timeout, memory } = step.settings;
  const execution: Execution = {
    request,
    timeout: timeout === undefined ? undefined : milliseconds(timeout),
    memory: memory === undefined ? undefined : bytesOf(memory),
    signal,
    onOutput: (stream, text) => write(stream, masks[stream].take(text)),
  };
  const reply = await executor.execute(execution);
  for (const stream of ['stdout', 'stderr'] as const) write(stream, masks[stream].end());
  await log.end();
  const { failure } = reply.end;
  const secret =
    failure && request.secrets.some((each) => `${failure.message}${failure.stack}`.includes(each));
  if (!failure || !secret) return reply;
  const masked = {
    ...failure,
    message: hide(failure.message, request.secrets),
    stack: hide(failure.stack ?? '', request.secrets),
  };
  return { end: { ...reply.end, failure: masked }, recorded: false };
}

function digestsOf(inputs: Record<string, StepInput>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([variable, { digest }]) => [variable, digest]));
}

function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce((result, secret) => result.replaceAll(secret, '***'), text);
}

/** The program as a file. It lies in the store, beside the project's packages, so that its imports are found. */
async function programFile(store: Store, code: Uint8Array): Promise<string> {
  const key = `programs/${digestOfChunks([code])}.mjs`;
  await store.put(key, code);
  return join(store.location, key);
}
