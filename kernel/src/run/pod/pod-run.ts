/** A run on a cluster as one of its pods sees it: what was recorded so far, and what this pod adds. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  type AttemptEnd,
  type Failure,
  type Pipeline,
  type Placement,
  type RunStart,
  type Step,
  validatePlacement,
} from '@tagflow/schema';
import { STEP_SECRET } from '../../export/names.js';
import { getBlob } from '../../store/content.js';
import type { LogStream } from '../../store/log.js';
import { placeInStep } from '../../store/place-in-step.js';
import { placesBegun, readPipeline, readRunStart } from '../../store/records.js';
import { sideBySide } from '../../store/side-by-side.js';
import { StoreError, type Store } from '../../store/store.js';
import { stoppedEnd } from '../attempt.js';
import { RunCache } from '../key/cache.js';
import { type Chunking, chunksOf, isInChunk } from './chunks.js';
import { LocalExecutor } from '../executor.js';
import { type FanOut, inputOf, runItems, takeEarlierItems } from '../fan-out.js';
import { sourceOf } from '../source.js';
import { originsOf } from '../origin.js';
import { placedFiles, placedProgram, placedSurroundings, stepPlacement } from './placement.js';
import { Places } from '../places.js';
import { ProgramKeys } from '../key/program.js';
import { type ProgramRun, type StepContext } from '../program-run.js';
import { NOTHING, recordedAt, recordedSuccess } from '../recorded.js';
import type { StepInput } from '../step-request.js';
import { type Programs, runHere, runStep } from '../step-run.js';
import { Versions } from '../versions.js';

const STEP = fileURLToPath(new URL('../step/step.js', import.meta.url));

export interface PodRun {
  store: Store;
  start: RunStart;
  pipeline: Pipeline;
  placement: Placement;
}

/** @throws StoreError if the store does not have the run */
export async function readPodRun(store: Store, run: string): Promise<PodRun> {
  const start = await readRunStart(store, run);
  if (!start?.cluster) throw new StoreError(`The store ${store.location} has no run ${run} on a cluster.`);
  const [pipeline, placement] = await Promise.all([
    readPipeline(store, start),
    getBlob(store, start.cluster.placement).then(
      (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
    ),
  ]);
  if (!validatePlacement(placement))
    throw new StoreError(
      `The placement of run ${run} is of another version of Tagflow. Submit the run again.`,
    );
  return { store, start, pipeline, placement };
}

/** What a pod is for. */
export interface PodTask {
  step: string;
  segment: number;
  /** Of a body: which items. */
  chunk?: number;
}

export interface PodOutcome {
  /** Of the program, or of the items together. */
  state: AttemptEnd['state'];
  failure?: Failure;
  /** Of a condition: the branch that it chose, if any. */
  branch?: number;
  /** Of a program before a loop: chunks that have items without a result. */
  chunks?: number[];
}

export interface PodOptions {
  /** Most chunks of a loop. */
  chunks: number;
  signal?: AbortSignal;
  onOutput: (stream: LogStream, text: string) => void;
}

/** Runs the program or the items that are this pod's; what came before is read from the records. */
export async function runTask(run: PodRun, task: PodTask, options: PodOptions): Promise<PodOutcome> {
  const step = run.pipeline.steps.find(({ name }) => name === task.step);
  if (!step?.programs[task.segment])
    throw new StoreError(`Step ${task.step} has no segment ${task.segment}.`);
  const executor = new LocalExecutor(1, () => STEP);
  // It starts while the records are read.
  if (step.settings.memory === undefined) executor.prepare(1);
  try {
    const inputs = await inputsOf(run, step);
    const work = new PodWork(run, task, options, await contextOf(run, step, executor, options));
    await runStep(step, inputs, work);
    return work.outcome;
  } finally {
    executor.close();
  }
}

/** What a step consumes, by the records of the steps before it. */
async function inputsOf({ store, start, pipeline }: PodRun, step: Step): Promise<Map<string, StepInput>> {
  const versions = await Versions.of(store, pipeline, start.parameters);
  const known = new Set<string>();
  const add = async (name: string): Promise<void> => {
    if (known.has(name)) return;
    known.add(name);
    const earlier = pipeline.steps.find((each) => each.name === name)!;
    await addAll(earlier);
    const { versions: made } = await runStep(
      earlier,
      versions.inputsOf(earlier),
      asRecorded(store, start.id),
    );
    versions.add(earlier, made);
  };
  const addAll = async ({ consumes }: Step): Promise<void> => {
    for (const { from } of consumes) if (from !== undefined) await add(from);
  };
  await addAll(step);
  return versions.inputsOf(step);
}

/** Nothing runs: each program ends as it did. What the items of a loop returned, only its own step needs. */
function asRecorded(store: Store, run: string): Programs {
  return {
    run: (program) => recordedEnd(store, run, program),
    items: async () => ({ state: 'succeeded', results: [] }),
  };
}

async function recordedEnd(store: Store, run: string, { step, program }: ProgramRun): Promise<AttemptEnd> {
  const place = { run, step: step.name, segment: program.segment };
  const end = await recordedSuccess(store, place);
  if (!end)
    throw new StoreError(
      `Run ${run} has no record that ${step.name}/${program.segment} succeeded, on which this pod builds.`,
    );
  return end;
}

async function contextOf(
  pod: PodRun,
  step: Step,
  executor: LocalExecutor,
  { signal, onOutput }: PodOptions,
): Promise<StepContext> {
  const { store, start, placement } = pod;
  const surroundings = placedSurroundings(pod, step);
  const { files, programs } = stepPlacement(placement, step);
  return {
    run: start.id,
    asOf: start.asOf ?? start.created,
    store,
    executor,
    places: new Places(availableParallelism()),
    directory: surroundings.directory,
    filesFrom: await placedFiles(store, files),
    env: surroundings.env,
    adviceOn: (name) =>
      `Add ${name} to the Secret that holds what steps declare (${STEP_SECRET}, if package.json names no other), and retry the run.`,
    fileOf: (program) => placedProgram(store, programs[program.segment]!.program),
    cache: new RunCache(store, new ProgramKeys(store, surroundings, start.parameters), {
      enabled: placement.cache,
      origins: await originsOf(store, start),
    }),
    recorded: (place, retries) => recordedAt(store, place, retries),
    signal,
    onDifference: (_step, names) =>
      onOutput('stderr', `${names.join(', ')} differs from what another run made of the same.\n`),
    onAttempt: () => undefined,
    onOutput: (_attempt, stream, text) => onOutput(stream, text),
  };
}

/** The programs of a step in one of its pods: those before this pod's are on record, those after it are others' work. */
class PodWork implements Programs {
  outcome: PodOutcome = { state: 'stopped' };
  private readonly here: Programs;

  constructor(
    private readonly pod: PodRun,
    private readonly task: PodTask,
    private readonly options: PodOptions,
    private readonly context: StepContext,
  ) {
    this.here = runHere(context);
  }

  async run(run: ProgramRun): Promise<AttemptEnd> {
    const { segment, kind } = run.program;
    if (segment > this.task.segment) return stoppedEnd();
    if (segment < this.task.segment) return recordedEnd(this.pod.store, this.pod.start.id, run);
    const end = await this.here.run(run);
    this.outcome = {
      state: end.state,
      failure: end.failure,
      ...(kind === 'condition' ? { branch: end.branch } : {}),
    };
    return end;
  }

  async items(
    run: ProgramRun,
    items: readonly StepInput[],
    concurrency: number | undefined,
  ): Promise<FanOut> {
    const { segment } = run.program;
    const { chunks: most } = this.options;
    const chunking: Chunking = { items: items.length, most, concurrency, batch: run.step.settings.batch };
    if (segment < this.task.segment) return this.recordedItems(run, items);
    if (segment > this.task.segment) {
      // What follows the split that just ended.
      const { missing } = await takeEarlierItems(run, items, await this.withItemsListed(run.step));
      this.outcome.chunks = chunksOf(missing, chunking);
      return { state: 'stopped', results: [] };
    }
    const chunk = this.task.chunk ?? 0;
    // There are as many chunks as the loop wants items at once: each pod works on one at a time.
    const done = await runItems(run, items, 1, this.context, (index) => isInChunk(index, chunk, chunking));
    this.outcome = { state: done.state, failure: done.failed?.failure };
    return { state: 'stopped', results: [] };
  }

  /** All items are about to be looked up: which were begun is asked once. */
  private async withItemsListed({ name }: Step): Promise<StepContext> {
    const { store, start } = this.pod;
    const begun = await placesBegun(store, start.id, name);
    return {
      ...this.context,
      recorded: async (place, retries) =>
        begun.has(placeInStep(place)) ? recordedAt(store, place, retries) : NOTHING,
    };
  }

  private async recordedItems({ step, program }: ProgramRun, items: readonly StepInput[]): Promise<FanOut> {
    const maker = { step: step.name, segment: program.segment };
    const results: StepInput[] = [];
    await sideBySide([...items.keys()], async (index) => {
      const place = { run: this.pod.start.id, ...maker, index };
      const end = await recordedSuccess(this.pod.store, place);
      if (!end?.result)
        throw new StoreError(`Item ${index} of ${step.name}/${program.segment} has no recorded result.`);
      results[index] = inputOf(end.result, sourceOf({ ...maker, index }, 'result'));
    });
    return { state: 'succeeded', results };
  }
}
