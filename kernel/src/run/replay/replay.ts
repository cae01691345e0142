/** A recorded attempt once more: its program on its inputs, in a process that a debugger can enter. Nothing is recorded. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pipeline, Step } from '@tagflow/schema';
import { asOfRun } from '../origin.js';
import type { AttemptRecord } from '../../store/state.js';
import { StoreError, type Store } from '../../store/store.js';
import { ITEM_INPUT } from '../attempt-start.js';
import { recordedFile } from '../program-file.js';
import { printable } from '../printable.js';
import { changedAround } from './surroundings.js';
import { Mask } from '../secrets.js';
import { sourceOf } from '../source.js';
import { stepEnvironment } from '../step-environment.js';
import type { StepInput, StepRequest } from '../step-request.js';
import { projectSurroundings } from '../key/surroundings.js';
import { environmentOf, makeWorkingDirectory, removeWorkingDirectory } from '../workplace.js';

const REPLAY = fileURLToPath(new URL('../step/replay-process.js', import.meta.url));

/** What the process is told, as a file. */
export interface ReplayRequest {
  request: StepRequest;
  /** Of the body of a `foreach`. */
  item?: { index: number; input: StepInput };
  /** Digests that were recorded, by variable; `result` is what a body returned. */
  recorded: Record<string, string>;
  /** Numbers of the notebook's cells, from 1, by id: a stack names cells. */
  cells: Record<string, number>;
  /** Whether it succeeded then. */
  hasSucceeded: boolean;
  /** Whether its files and packages are those of then. */
  isSamePlace: boolean;
}

export interface ReplayOptions {
  /** The notebook's directory. */
  directory: string;
  /** Waits for a debugger before anything runs. */
  inspect: boolean;
}

/**
 * Runs the program of an attempt on the inputs that it had, with no more of the environment than then. What it prints
 * goes to this process's own streams, without secrets.
 * @param attempts all of the run's attempts: results of a body are inputs of what follows it
 * @returns the exit code
 * @throws StoreError if a blob is missing
 */
export async function replay(
  store: Store,
  pipeline: Pipeline,
  { start, end }: AttemptRecord,
  attempts: readonly AttemptRecord[],
  { directory, inspect }: ReplayOptions,
): Promise<number> {
  const step = stepOf(pipeline, start.step);
  const program = step.programs[start.segment]!;
  const { env, secrets } = await environmentOf(step.settings, process.env, directory);
  const workingDirectory = await makeWorkingDirectory(directory, step.settings.files ?? []);
  const changes = await changedAround(store, start, { step, program }, projectSurroundings(directory));
  for (const change of changes) process.stderr.write(printable(`Since the run: ${change}.\n`));
  const place = await mkdtemp(join(tmpdir(), 'tagflow-replay-'));
  try {
    const { path } = await recordedFile(store, directory, start.program);
    const input = (variable: string): StepInput => ({
      digest: start.inputs[variable]!,
      source: start.sources?.[variable] ?? variable,
      ...(start.identities?.[variable] ? { identity: start.identities[variable] } : {}),
    });
    const variables = Object.keys(start.inputs).filter((variable) => variable !== ITEM_INPUT);
    const { run, segment, index, attempt } = start;
    const told: ReplayRequest = {
      request: {
        id: { run, step: step.name, segment, attempt, ...(index === undefined ? {} : { index }) },
        store: store.location,
        ...(store.access ? { access: store.access } : {}),
        directory,
        workingDirectory,
        program: path,
        programDigest: start.program,
        inputs: Object.fromEntries(variables.map((variable) => [variable, input(variable)])),
        ...(program.collects ? { results: resultsBefore(attempts, step.name, segment) } : {}),
        outputs: step.produces,
        keep: 'all',
        // JSON knows no Infinity.
        keepLimit: Number.MAX_SAFE_INTEGER,
        env,
        asOf: await asOfRun(store, run),
        secrets,
      },
      ...(index === undefined ? {} : { item: { index, input: input(ITEM_INPUT) } }),
      recorded: {
        ...Object.fromEntries((end?.outputs ?? []).map(({ variable, digest }) => [variable, digest])),
        ...(end?.result ? { result: end.result.digest } : {}),
      },
      cells: Object.fromEntries(pipeline.cells.map(({ id, index }) => [id, index + 1])),
      hasSucceeded: end?.state === 'succeeded',
      isSamePlace: changes.length === 0,
    };
    const request = join(place, 'request.json');
    await writeFile(request, JSON.stringify(told));
    return await runProcess(request, inspect, secrets);
  } finally {
    await rm(place, { recursive: true, force: true });
    await removeWorkingDirectory(workingDirectory);
  }
}

/** What the body before a segment returned, item after item. */
function resultsBefore(attempts: readonly AttemptRecord[], step: string, segment: number): StepInput[] {
  const results: StepInput[] = [];
  for (const { start, end } of attempts) {
    if (start.step !== step || start.segment !== segment - 1 || !end?.result) continue;
    const { digest, identity } = end.result;
    const source = sourceOf(start, 'result');
    results[start.index!] = { digest, source, ...(identity ? { identity } : {}) };
  }
  return results;
}

function runProcess(request: string, inspect: boolean, secrets: readonly string[]): Promise<number> {
  const debug = inspect ? ['--inspect-brk=127.0.0.1:0'] : [];
  // A terminal is passed on, so that colours and widths are those of a terminal, unless something has to be masked.
  const output = secrets.length > 0 ? 'pipe' : 'inherit';
  const child = spawn(
    process.execPath,
    [...debug, '--disable-warning=ExperimentalWarning', REPLAY, request],
    { stdio: ['inherit', output, output], env: stepEnvironment() },
  );
  for (const stream of ['stdout', 'stderr'] as const) {
    const mask = new Mask(secrets);
    const shown = process[stream];
    child[stream]
      ?.setEncoding('utf8')
      .on('data', (text: string) => shown.write(mask.take(text)))
      .on('end', () => shown.write(mask.end()));
  }
  // What is broken off is cleared away all the same: it holds the step's files, and secrets.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  return new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal ? 128 + constants.signals[signal] : 1)));
  }).finally(() => SIGNALS.forEach((signal) => void process.off(signal, pass)));
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function stepOf(pipeline: Pipeline, name: string): Step {
  const step = pipeline.steps.find((each) => each.name === name);
  if (step) return step;
  throw new StoreError(`The run's pipeline has no step ${name}.`);
}
