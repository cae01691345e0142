/**
 * Past runs of pipelines, as a notebook reads them.
 *
 *     const run = await runs.latest('tour', { state: 'succeeded', parameters: { trees: 200 } });
 *     const model = await run.step('train').artifact<Model>('model');
 */
import type { Artifact, Run, RunState, StepRun, StepState } from '@tagflow/schema';
import { createLinker } from '../linker/linker.js';
import { readArtifact } from '../store/artifact.js';
import { type ClassNotice, ClassRegistry } from '../store/codec.js';
import { openStore } from '../store/location.js';
import { readLog } from '../store/log.js';
import { artifactOf, stepOf } from '../store/named.js';
import { findRunId, hadEnded, listRuns, readRun } from '../store/records.js';
import { type RunFilter, filterText } from '../store/run-filter.js';
import { StoreError, type Store } from '../store/store.js';
import { placeHere } from './place.js';

type Class = abstract new (...parameters: never[]) => object;

export interface RunsFilter extends RunFilter {
  /** At most this many runs: the newest. */
  limit?: number;
}

export interface ArtifactOptions {
  /**
   * Classes whose instances the value holds, beyond those declared in the program that reads it (the session, or the
   * step). Without its class, an instance comes back as a plain object. Classes that packages export are found without
   * being named.
   */
  classes?: Class[];
}

/** A step of a past run. */
export class PastStep {
  readonly name: string;
  readonly state: StepState;
  /** What the step kept: name, type, size, digest and a preview of each value. */
  readonly artifacts: Artifact[];

  constructor(
    private readonly store: Store,
    private readonly run: string,
    private readonly record: StepRun,
  ) {
    this.name = record.name;
    this.state = record.state;
    this.artifacts = record.outputs;
  }

  /**
   * A value that the step made, as a native object. Its type is not checked: it is what the caller says. When a step
   * reads it, it is recorded as one of that step's inputs.
   * @throws Error if the step kept no such value, or its bytes are damaged
   */
  async artifact<T = unknown>(name: string, { classes = [] }: ArtifactOptions = {}): Promise<T> {
    const artifact = artifactOf(this.record, name);
    const place = placeHere();
    const { digest } = artifact;
    place.onRead?.({ run: this.run, step: this.name, name: artifact.name, digest });
    const registry = new ClassRegistry(place.classes);
    for (const each of classes) registry.declare(each.name, '', each);
    const linker = createLinker({ directory: place.directory });
    try {
      const value = await readArtifact(this.store, digest, {
        classes: registry,
        importPackage: (specifier) => linker.import(specifier),
        onNotice: (notice) => console.warn(noticeText(name, notice)),
      });
      return value as T;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new StoreError(
        `${name} of step ${this.name} of run ${this.run} cannot be read. ${error.message}`,
        { cause: error },
      );
    }
  }

  /** What the step wrote to its output. */
  async logs(): Promise<string> {
    const entries = await readLog(this.store, this.run, this.name);
    return entries.map(({ text }) => text).join('');
  }
}

/** A past run, or one that is still going on, as it was when it was read. */
export class PastRun {
  readonly id: string;
  readonly pipeline: string;
  readonly state: RunState;
  readonly created: Date;
  readonly ended: Date | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Commit and branch of the notebook's folder when the run began, and whether there were uncommitted changes. */
  readonly git: Readonly<{ commit: string; branch?: string; dirty: boolean }> | undefined;
  /** In the order of the notebook. */
  readonly steps: PastStep[];

  constructor(store: Store, run: Run) {
    this.id = run.id;
    this.pipeline = run.pipeline;
    this.state = run.state;
    this.created = new Date(run.created);
    this.ended = run.ended === undefined ? undefined : new Date(run.ended);
    this.parameters = run.parameters;
    this.git = run.git;
    this.steps = run.steps.map((step) => new PastStep(store, run.id, step));
  }

  /** @throws Error if the run has no step of the name */
  step(name: string): PastStep {
    return stepOf(this, name);
  }
}

async function list({ limit = 100, ...filter }: RunsFilter = {}): Promise<PastRun[]> {
  const store = storeHere();
  const past = await listRuns(store, { ...filter, limit, endedBefore: placeHere().asOf });
  return past.map((run) => new PastRun(store, run));
}

async function latest(pipeline?: string, filter: Omit<RunFilter, 'pipeline'> = {}): Promise<PastRun> {
  const wanted = { ...filter, pipeline };
  const [run] = await list({ ...wanted, limit: 1 });
  if (run) return run;
  const which = filterText(wanted);
  const when = placeHere().asOf === undefined ? 'yet' : 'that had ended when this run began';
  throw new StoreError(`There is no run ${which ? `${which} ` : ''}in ${storeHere().location} ${when}.`);
}

async function get(id: string): Promise<PastRun> {
  const store = storeHere();
  const { asOf: endedBefore } = placeHere();
  const run = await readRun(store, await findRunId(store, id, { endedBefore }));
  if (hadEnded(run, endedBefore)) return new PastRun(store, run);
  throw new StoreError(`Run ${run.id} had not ended when this run began: steps read only runs that had.`);
}

/**
 * Past runs in the store of the notebook's project. A step sees those that had ended when its own run began (when the
 * first of them began, after a resume or retry), so that every step, item and attempt gets the same answer.
 */
export const runs = {
  /** The runs that match a filter, newest first; at most 100 unless a limit is given. */
  list,
  /** The newest run that matches, of one pipeline or of all. Throws an Error if there is none. */
  latest,
  /** The run with an id; the beginning of an id is enough if it is unique. Throws an Error if there is none. */
  get,
};

function storeHere(): Store {
  const { directory, store } = placeHere();
  return store ?? openStore(directory);
}

function noticeText(name: string, { origin, edited }: ClassNotice): string {
  if (edited)
    return `${origin.name}, or a class it extends, was edited since ${name} was made: its instances are plain objects.`;
  return `Instances of ${origin.name} in ${name} are plain objects. With the class they are instances: artifact(${JSON.stringify(name)}, { classes: [${origin.name}] }).`;
}
