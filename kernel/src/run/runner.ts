/** Runs a plan: independent steps side by side, each in a place of its own, everything recorded. */
import { availableParallelism, userInfo } from 'node:os';
import type { AttemptEnd, Run, RunEnd, RunStart, Step, StepRun } from '@tagflow/schema';
import { CODEC_VERSION, encode } from '../store/codec.js';
import { putBlob } from '../store/content.js';
import { beatHeart, writeRunEnd, writeRunStart } from '../store/journal.js';
import { newRunId } from '../store/run-id.js';
import { type AttemptRecord, HEARTBEAT_INTERVAL, deriveRun, endedRun } from '../store/state.js';
import type { Store } from '../store/store.js';
import { type StepContext, runStep } from './attempt.js';
import type { RunEvent } from './event.js';
import type { Executor } from './executor.js';
import type { Plan, PlannedStep } from './plan.js';
import { sourceOf } from './identity.js';
import type { StepInput } from './step-request.js';
import { VERSION } from './version.js';

export interface RunOptions {
  store: Store;
  executor: Executor;
  /** The notebook's directory. */
  directory: string;
  /** JavaScript of a step's program, as an ES module. */
  programOf: (step: Step) => Promise<string>;
  trigger: RunStart['trigger'];
  /** Path of the notebook relative to the store's project, and its text without outputs. */
  notebook?: { path: string; text: string };
  git?: RunStart['git'];
  /** How many steps run side by side; the number of processors if absent. */
  concurrency?: number;
  onEvent?: (event: RunEvent) => void;
  /** Stops the run: steps that run are ended, others do not start, and the records say so. */
  signal?: AbortSignal;
}

/**
 * Runs a plan to its end. A failed step fails the run, not this function.
 * @throws StoreError if the store cannot be written
 */
export async function runPipeline(plan: Plan, options: RunOptions): Promise<Run> {
  const document = await putBlob(options.store, Buffer.from(JSON.stringify(plan.pipeline)));
  const start = startOf(plan, document.digest, options);
  await writeRunStart(options.store, start, options.notebook?.text);
  return new Runner(plan, start, options).run();
}

class Runner {
  private readonly attempts: AttemptRecord[] = [];
  /** Steps that will not run because one that they need did not succeed. */
  private readonly omitted = new Set<string>();
  private readonly ends = new Map<string, AttemptEnd>();
  private readonly waiting: Set<PlannedStep>;
  /** What was made so far, by step and variable; parameters have no step. */
  private readonly made = new Map<string, StepInput>();
  private readonly context: StepContext;

  constructor(
    private readonly plan: Plan,
    private readonly start: RunStart,
    private readonly options: RunOptions,
  ) {
    this.waiting = new Set(plan.steps);
    const { store, executor, directory, programOf, signal, onEvent } = options;
    this.context = {
      run: start.id,
      store,
      executor,
      directory,
      programOf,
      signal,
      onAttempt: (record) => this.attempted(record),
      onOutput: (step, stream, text) => onEvent?.({ type: 'log', run: start.id, step, stream, text }),
    };
  }

  async run(): Promise<Run> {
    const heart = setInterval(
      () => void beatHeart(this.options.store, this.start.id).catch(() => undefined),
      HEARTBEAT_INTERVAL,
    );
    try {
      this.tellRun(this.now());
      await this.keepParameters();
      await this.runSteps();
      const end = this.end();
      await writeRunEnd(this.options.store, end);
      const run = endedRun(end);
      this.tellRun(run);
      return run;
    } finally {
      clearInterval(heart);
    }
  }

  private async keepParameters(): Promise<void> {
    await Promise.all(
      this.plan.pipeline.parameters.map(async ({ name, variable }) => {
        const { digest } = await putBlob(this.options.store, encode(this.plan.parameters[name], { name }));
        this.keep(undefined, variable, { digest });
      }),
    );
  }

  /** Starts what is ready, as far as places are free, until nothing runs and nothing is ready. */
  private async runSteps(): Promise<void> {
    const places = this.options.concurrency ?? availableParallelism();
    const running = new Set<Promise<void>>();
    for (;;) {
      for (const ready of this.ready()) {
        if (running.size >= places) break;
        this.waiting.delete(ready);
        const done: Promise<void> = this.runOne(ready).finally(() => running.delete(done));
        running.add(done);
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
  }

  private ready(): PlannedStep[] {
    for (const planned of this.waiting) {
      if (!planned.needs.some((name) => this.omitted.has(name) || this.ends.get(name)?.state === 'failed'))
        continue;
      this.waiting.delete(planned);
      this.omitted.add(planned.step.name);
    }
    if (this.options.signal?.aborted) return [];
    return [...this.waiting].filter(({ needs }) =>
      needs.every((name) => this.ends.get(name)?.state === 'succeeded'),
    );
  }

  private async runOne(planned: PlannedStep): Promise<void> {
    const end = await runStep(planned, this.inputsOf(planned), this.context);
    this.ends.set(planned.step.name, end);
    for (const output of end.outputs) this.keep(planned.step.name, output.variable, output);
  }

  private keep(
    step: string | undefined,
    variable: string,
    value: { digest: string; identity?: string },
  ): void {
    const source = sourceOf(step, variable);
    this.made.set(source, { digest: value.digest, identity: value.identity, source });
  }

  private inputsOf({ step }: PlannedStep): Record<string, StepInput> {
    return Object.fromEntries(
      step.consumes.flatMap(({ variable, from }) => {
        const input = this.made.get(sourceOf(from, variable));
        return input === undefined ? [] : [[variable, input]];
      }),
    );
  }

  private attempted(record: AttemptRecord): void {
    const known = this.attempts.findIndex(
      ({ start }) => start.step === record.start.step && start.attempt === record.start.attempt,
    );
    if (known >= 0) this.attempts[known] = record;
    else this.attempts.push(record);
    const run = this.now();
    const step = run.steps.find(({ name }) => name === record.start.step)!;
    this.options.onEvent?.({ type: 'step', run: run.id, step });
    this.tellRun(run);
  }

  private tellRun(run: Run): void {
    this.options.onEvent?.({ type: 'run', run });
  }

  /** All that is known so far. */
  private now(): Run {
    const steps = this.plan.steps.map(({ step }) => step.name);
    const run = deriveRun({ start: this.start, steps, attempts: this.attempts, alive: true });
    return { ...run, steps: run.steps.map((step) => (this.omitted.has(step.name) ? omit(step) : step)) };
  }

  private end(): RunEnd {
    const { steps } = this.now();
    const stopped =
      this.options.signal?.aborted && steps.some(({ state }) => state === 'stopped' || state === 'pending');
    const failed = steps.some(({ state }) => state === 'failed');
    const state = stopped ? 'stopped' : failed ? 'failed' : 'succeeded';
    return { format: 1, id: this.start.id, state, ended: new Date().toISOString(), start: this.start, steps };
  }
}

function omit(step: StepRun): StepRun {
  return { ...step, state: 'omitted' };
}

function startOf(plan: Plan, document: string, { trigger, notebook, git }: RunOptions): RunStart {
  const now = new Date();
  return {
    format: 1,
    id: newRunId(now),
    pipeline: plan.pipeline.name,
    document,
    ...(notebook ? { notebook: notebook.path } : {}),
    created: now.toISOString(),
    parameters: plan.parameters,
    trigger,
    user: userName(),
    ...(git ? { git } : {}),
    versions: { tagflow: VERSION, node: process.version, codec: CODEC_VERSION },
  };
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'unknown';
  }
}
