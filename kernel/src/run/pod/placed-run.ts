/** A run that others will carry out, brought to where they find it: all but the engine's own documents. */
import type { ClusterRun, Program, RunStart } from '@tagflow/schema';
import { putBlob } from '../../store/content.js';
import { writeRunStart } from '../../store/journal.js';
import type { Store } from '../../store/store.js';
import { stoppedEnd, takeEarlier } from '../attempt.js';
import { RunCache } from '../key/cache.js';
import { LocalExecutor } from '../executor.js';
import { takeEarlierItems } from '../fan-out.js';
import { originsOf } from '../origin.js';
import { type PlacedImage, placePipeline } from './placement.js';
import type { Plan } from '../plan.js';
import { Places } from '../places.js';
import { ProgramKeys } from '../key/program.js';
import type { StepContext } from '../program-run.js';
import { type RunFacts, runStart } from '../run-start.js';
import { runStep } from '../step-run.js';
import { projectSurroundings } from '../key/surroundings.js';
import { Versions } from '../versions.js';

export interface PlacedRunOptions extends RunFacts {
  store: Store;
  /** The notebook's directory. */
  directory: string;
  /** JavaScript of a program, as an ES module. */
  programOf: (program: Program) => string;
  /** By step. */
  images: Readonly<Record<string, PlacedImage>>;
  /** Whether results of earlier runs may stand for steps; yes if absent. */
  cache?: boolean;
  /** Where it will run, once its id is known. */
  cluster: (run: string) => Omit<ClusterRun, 'placement'>;
  /** Whether pods have the same Node and the same kind of machine: only then are their cache keys known here. */
  isSamePlace: (step: string) => boolean;
}

export interface PlacedRun {
  start: RunStart;
  /** Steps for all of which earlier results stand: no pod is needed for them. */
  done: string[];
}

/**
 * Records the start of a run, with all that its pods need.
 * @throws StepFailure if a declared file or variable is missing, StoreError if the store cannot be written
 */
export async function placeRun(plan: Plan, options: PlacedRunOptions): Promise<PlacedRun> {
  const { store, directory, programOf, images, cache = true, notebook } = options;
  const surroundings = projectSurroundings(directory);
  const [document, placement] = await Promise.all([
    putBlob(store, Buffer.from(JSON.stringify(plan.pipeline))),
    placePipeline(plan.pipeline, { store, surroundings, programOf, images, cache }),
  ]);
  const begun = runStart(plan, document.digest, options);
  const start: RunStart = { ...begun, cluster: { ...options.cluster(begun.id), placement } };
  await writeRunStart(store, start, notebook?.text);
  return { start, done: await takeOver(plan, start, options) };
}

/** Records earlier results for steps whose inputs are known, as far as there are any. */
async function takeOver(plan: Plan, start: RunStart, options: PlacedRunOptions): Promise<string[]> {
  const { store, directory, programOf, isSamePlace } = options;
  const context: StepContext = {
    run: start.id,
    asOf: start.asOf ?? start.created,
    store,
    executor: new LocalExecutor(0),
    places: new Places(0),
    directory,
    fileOf: async (program) =>
      putBlob(store, Buffer.from(programOf(program))).then(({ digest }) => ({ path: '', digest })),
    cache: new RunCache(store, new ProgramKeys(store, projectSurroundings(directory), start.parameters), {
      enabled: options.cache ?? true,
      origins: await originsOf(store, start),
    }),
    onDifference: () => undefined,
    onAttempt: () => undefined,
    onOutput: () => undefined,
  };
  const versions = await Versions.of(store, plan.pipeline, start.parameters);
  const done: string[] = [];
  for (const { step, needs } of plan.steps) {
    if (!isSamePlace(step.name) || !needs.every((name) => done.includes(name))) continue;
    const known = await runStep(step, versions.inputsOf(step), {
      run: async (run) => (await takeEarlier(run, context)) ?? stoppedEnd(),
      items: (run, items) => takeEarlierItems(run, items, context),
    });
    if (known.state !== 'succeeded') continue;
    done.push(step.name);
    versions.add(step, known.versions);
  }
  return done;
}
