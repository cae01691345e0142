/** Runs a plan: independent steps side by side, each in a place of its own, everything recorded. */
import { availableParallelism } from 'node:os';
import type { Program, Run, RunEnd, RunStart, Step, StepRun } from '@tagflow/schema';
import { putBlob } from '../store/content.js';
import { beatHeart, writeRunEnd, writeRunStart } from '../store/journal.js';
import { attemptKey } from '../store/place-in-step.js';
import { type AttemptRecord, HEARTBEAT_INTERVAL, deriveRun, deriveStep, endedRun } from '../store/state.js';
import type { Store } from '../store/store.js';
import type { RunEvent } from './event.js';
import { type Results, RunCache } from './key/cache.js';
import type { Executor } from './executor.js';
import { failureOf } from './failure.js';
import type { Plan, PlannedStep } from './plan.js';
import { Places } from './places.js';
import { projectFiles } from './program-file.js';
import { ProgramKeys } from './key/program.js';
import type { StepContext } from './program-run.js';
import { type StepOutcome, runHere, runStep } from './step-run.js';
import { type RunFacts, runStart } from './run-start.js';
import { projectSurroundings } from './key/surroundings.js';
import { Versions } from './versions.js';

export interface RunOptions extends RunFacts {
  store: Store;
  executor: Executor;
  /** The notebook's directory. */
  directory: string;
  /** JavaScript of a program, as an ES module. */
  programOf: (program: Program) => string;
  /** Whether results of earlier runs may stand for steps; yes if absent. */
  cache?: boolean;
  /** What succeeded in the run on which this one goes on. */
  resumed?: Results;
  /** How many programs run side by side; the number of processors if absent. */
  concurrency?: number;
  onEvent?: (event: RunEvent) => void;
  /** Stops the run: steps that run are ended, others do not start, and the records say so. */
  signal?: AbortSignal;
}

/** How often the items of a loop are told of, in milliseconds. */
const TELL_INTERVAL = 100;

/**
 * Runs a plan to its end. A failed step fails the run, not this function.
 * @throws StoreError if the store cannot be written
 */
export async function runPipeline(plan: Plan, options: RunOptions): Promise<Run> {
  const document = await putBlob(options.store, Buffer.from(JSON.stringify(plan.pipeline)));
  const start = runStart(plan, document.digest, options);
  await writeRunStart(options.store, start, options.notebook?.text);
  return new Runner(plan, start, options).run();
}

class Runner {
  /** By step, and by `attemptKey`. */
  private readonly attempts = new Map<string, Map<string, AttemptRecord>>();
  /** Steps as they stand, in notebook order. */
  private readonly steps: Map<string, StepRun>;
  private readonly ends = new Map<string, StepOutcome['state']>();
  private readonly waiting: Set<PlannedStep>;
  private versions = new Versions();
  /** By step: values that another run made differently. */
  private readonly different = new Map<string, ReadonlySet<string>>();
  private readonly context: StepContext;
  private readonly changed = new Set<Step>();
  private telling: NodeJS.Timeout | undefined;
  /** Stops what runs when something fails that is no step's failure. */
  private readonly broken = new AbortController();

  constructor(
    private readonly plan: Plan,
    private readonly start: RunStart,
    private readonly options: RunOptions,
  ) {
    this.waiting = new Set(plan.steps);
    this.steps = new Map(plan.steps.map(({ step }) => [step.name, deriveStep(step, [], true)]));
    const { store, executor, directory, programOf, signal, onEvent, concurrency } = options;
    this.context = {
      run: start.id,
      asOf: start.asOf ?? start.created,
      store,
      executor,
      places: new Places(concurrency ?? availableParallelism()),
      directory,
      fileOf: projectFiles(store, directory, programOf),
      cache: new RunCache(store, new ProgramKeys(store, projectSurroundings(directory), plan.parameters), {
        enabled: options.cache ?? true,
        resumed: options.resumed,
      }),
      signal: AbortSignal.any([this.broken.signal, ...(signal ? [signal] : [])]),
      onDifference: (step, names) => this.differ(step, names),
      onAttempt: (record) => this.attempted(record),
      onOutput: (id, stream, text) =>
        onEvent?.({ type: 'log', run: start.id, step: id.step, attempt: attemptKey(id), stream, text }),
    };
  }

  async run(): Promise<Run> {
    const heart = setInterval(
      () => void beatHeart(this.options.store, this.start.id).catch(() => undefined),
      HEARTBEAT_INTERVAL,
    );
    try {
      this.tellRun(this.now());
      await this.prepare().then(
        () => this.runSteps(),
        (error: unknown) => this.breakOff(error),
      );
      this.tellChanges();
      const end = this.end();
      // A run that is broken off has an end, too, if it can be written.
      await writeRunEnd(this.options.store, end).catch((error: unknown) => this.breakOff(error));
      const run = endedRun(end);
      this.tellRun(run);
      if (this.broken.signal.aborted) throw this.broken.signal.reason;
      return run;
    } finally {
      clearInterval(heart);
      clearTimeout(this.telling);
    }
  }

  private async prepare(): Promise<void> {
    await this.context.cache.keys.hold(this.plan.steps.flatMap(({ step }) => step.programs));
    this.versions = await Versions.of(this.options.store, this.plan.pipeline, this.plan.parameters);
  }

  /** What is thrown is not what a step has done: the store fails, or Tagflow does. */
  private breakOff(error: unknown, step?: string): void {
    this.tellChanges();
    if (step !== undefined) {
      this.ends.set(step, 'failed');
      this.steps.set(step, { ...this.steps.get(step)!, state: 'failed', failure: failureOf(error) });
    }
    this.broken.abort(error);
  }

  /** Starts what is ready until nothing runs and nothing is ready; places are given to each program by itself. */
  private async runSteps(): Promise<void> {
    const running = new Set<Promise<void>>();
    for (;;) {
      for (const ready of this.ready()) {
        this.waiting.delete(ready);
        const done: Promise<void> = this.runOne(ready)
          .catch((error: unknown) => this.breakOff(error, ready.step.name))
          .finally(() => running.delete(done));
        running.add(done);
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
  }

  private ready(): PlannedStep[] {
    for (const planned of this.waiting) {
      if (!planned.needs.some((name) => this.isLost(name))) continue;
      this.waiting.delete(planned);
      this.steps.set(planned.step.name, omit(this.steps.get(planned.step.name)!));
    }
    if (this.context.signal?.aborted) return [];
    return [...this.waiting].filter(({ needs }) =>
      needs.every((name) => this.ends.get(name) === 'succeeded'),
    );
  }

  private isLost(step: string): boolean {
    return this.ends.get(step) === 'failed' || this.steps.get(step)?.state === 'omitted';
  }

  private async runOne(planned: PlannedStep): Promise<void> {
    const { step } = planned;
    const inputs = this.versions.inputsOf(step);
    const { state, versions } = await runStep(step, inputs, runHere(this.context));
    this.ends.set(step.name, state);
    this.versions.add(step, versions);
  }

  private differ(step: string, names: readonly string[]): void {
    this.different.set(step, new Set([...(this.different.get(step) ?? []), ...names]));
  }

  private attempted(record: AttemptRecord): void {
    const { step: name, index } = record.start;
    const attempts = this.attempts.get(name) ?? new Map<string, AttemptRecord>();
    this.attempts.set(name, attempts.set(attemptKey(record.start), record));
    this.changed.add(this.plan.steps.find(({ step }) => step.name === name)!.step);
    // A loop over many items is told now and then, everything else at once.
    if (index === undefined) this.tellChanges();
    else this.telling ??= setTimeout(() => this.tellChanges(), TELL_INTERVAL);
  }

  private tellChanges(): void {
    clearTimeout(this.telling);
    this.telling = undefined;
    if (this.changed.size === 0) return;
    for (const step of this.changed) {
      const attempts = [...(this.attempts.get(step.name)?.values() ?? [])];
      const derived = deriveStep(step, attempts, true);
      this.steps.set(step.name, derived);
      this.options.onEvent?.({ type: 'step', run: this.start.id, step: derived });
    }
    this.changed.clear();
    this.tellRun(this.now());
  }

  private tellRun(run: Run): void {
    this.options.onEvent?.({ type: 'run', run });
  }

  /** All that is known so far. */
  private now(): Run {
    const run = deriveRun({ start: this.start, steps: [], attempts: [], alive: true });
    return { ...run, steps: [...this.steps.values()] };
  }

  private end(): RunEnd {
    const aborted = this.options.signal?.aborted ?? false;
    const broken = this.broken.signal.aborted;
    // A step that was stopped between two of its programs has no attempt that says so.
    const steps = [...this.steps.values()].map((step): StepRun => {
      const state =
        step.state === 'running'
          ? (this.ends.get(step.name) ?? 'stopped')
          : step.state === 'pending' && broken
            ? 'omitted'
            : step.state;
      const differs = this.different.get(step.name);
      return { ...step, state, ...(differs ? { differs: [...differs].sort() } : {}) };
    });
    const stopped = aborted && steps.some(({ state }) => state === 'stopped' || state === 'pending');
    const failed = broken || steps.some(({ state }) => state === 'failed');
    const state = stopped ? 'stopped' : failed ? 'failed' : 'succeeded';
    return { format: 1, id: this.start.id, state, ended: new Date().toISOString(), start: this.start, steps };
  }
}

function omit(step: StepRun): StepRun {
  return { ...step, state: 'omitted' };
}
