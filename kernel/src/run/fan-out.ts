/** The body of a `foreach` over its items: in processes side by side, a batch of small items at a time. */
import type { AttemptEnd, Crossing } from '@tagflow/schema';
import { writeAttemptEnd, writeAttemptStart } from '../store/journal.js';
import { attemptStart, ITEM_INPUT } from './attempt-start.js';
import { attemptOf, keptParts, stoppedEnd, waitBefore, writeHit } from './attempt.js';
import { StepFailure, failedEnd } from './failure.js';
import { sourceOf } from './source.js';
import type { ItemWorker } from './item-process.js';
import type { ProgramKey } from './key/program.js';
import { inPlace, type ProgramFile, type ProgramRun, type StepContext } from './program-run.js';
import { NOTHING, recordedBefore } from './recorded.js';
import type { ItemReply, ItemRequest, NestedEnd, NestedLoop, StepInput } from './step-request.js';

/** A batch is made large enough to take about so long, in milliseconds. */
const BATCH_TIME = 100;
const LARGEST_BATCH = 500;
/** Its items should take so many times longer than what is done once for all of them. */
const OVERHEAD = 4;
/** So many processes may die before any item is done; then something else is wrong. */
const DEATHS = 3;

export interface FanOut {
  /** succeeded: there is a result for each item. */
  state: AttemptEnd['state'];
  results: StepInput[];
  /** The first item, by index, that failed. */
  failed?: AttemptEnd;
}

/**
 * Once an item has failed with no retry left, no further item is begun; those that run are waited for.
 * @param concurrency how many at once; as many as there are places if absent
 * @param isWanted the items to work on; all if absent
 */
export async function runItems(
  run: ProgramRun,
  items: readonly StepInput[],
  concurrency: number | undefined,
  context: StepContext,
  isWanted: IsWanted = () => true,
): Promise<FanOut> {
  const loop = await Loop.of(run, items, context, isWanted);
  const workers = Math.min(concurrency ?? Infinity, loop.missing, MOST_WORKERS);
  await Promise.all(Array.from({ length: workers }, () => loop.work()));
  await loop.recordBroken();
  return loop.outcome();
}

/** What is known of the items without running any. Earlier results that stand for some are recorded. */
export async function takeEarlierItems(
  run: ProgramRun,
  items: readonly StepInput[],
  context: StepContext,
): Promise<FanOut & { missing: number[] }> {
  const loop = await Loop.of(run, items, context);
  return { ...loop.outcome(), missing: loop.indices };
}

type IsWanted = (index: number) => boolean;

/** So many items are looked up at a time. */
const LOOK_UPS = 100;
/** More processes than this never pay on one machine. */
const MOST_WORKERS = 64;

class Loop {
  private readonly waiting: ItemRequest[] = [];
  private readonly keys = new Map<number, ProgramKey>();
  private readonly ends = new Map<number, AttemptEnd>();
  /** Attempts of earlier processes that do not count as tries. */
  private readonly lost = new Map<number, number>();
  private file: Promise<ProgramFile> | undefined;
  private hasFailed = false;
  private deaths = 0;
  private broken: AttemptEnd | undefined;

  private constructor(
    private readonly run: ProgramRun,
    private readonly wanted: number,
    private readonly context: StepContext,
  ) {}

  /** With all items looked up: only those that have no result yet wait. */
  static async of(
    run: ProgramRun,
    items: readonly StepInput[],
    context: StepContext,
    isWanted: IsWanted = () => true,
  ): Promise<Loop> {
    const wanted = numbered(items).filter(({ index }) => isWanted(index));
    const loop = new Loop(run, wanted.length, context);
    if (wanted.length === 0) return loop;
    const body = await context.cache.keys.of(run);
    const parts = await keptParts(body, context);
    for (let from = 0; from < wanted.length; from += LOOK_UPS) {
      const some = wanted.slice(from, from + LOOK_UPS);
      await Promise.all(some.map((item) => loop.lookUp(body, parts, item)));
    }
    loop.waiting.sort((a, b) => a.index - b.index);
    return loop;
  }

  /** How many items have no result yet. */
  get missing(): number {
    return this.waiting.length;
  }

  get indices(): number[] {
    return this.waiting.map(({ index }) => index);
  }

  private async lookUp(
    body: ProgramKey,
    parts: string,
    { input, index, occurrence }: NumberedItem,
  ): Promise<void> {
    const { run, context } = this;
    const key = await context.cache.keys.ofItem(body, run.program, input, { index, occurrence });
    this.keys.set(index, key);
    const place = { ...attemptOf(run, 1, context), index };
    const before = (await context.recorded?.(place, this.retries)) ?? NOTHING;
    if (before.end) return this.end(index, before.end);
    this.lost.set(index, before.lost);
    const attempt = before.attempts + 1;
    const id = { ...place, attempt };
    const request: ItemRequest = { index, attempt, input, key: key.key, parts };
    const end = await context.cache.find(run, key, id);
    if (!end) return void this.waiting.push(request);
    const file = await (this.file ??= context.fileOf(run.program));
    const inputs = { ...run.inputs, [ITEM_INPUT]: input };
    const start = attemptStart(id, file, inputs, { key: key.key, parts });
    this.ends.set(index, await writeHit(start, end, context));
  }

  /** Keeps one process at work, and another when it dies, until nothing is left to begin. */
  async work(): Promise<void> {
    while (this.isOpen()) {
      await this.context.places.during(async () => {
        if (this.isOpen()) await this.workInProcess();
      });
    }
  }

  outcome(): FanOut {
    const { step, program } = this.run;
    const sorted = [...this.ends].sort(([a], [b]) => a - b);
    const failed = this.broken ?? sorted.find(([, { state }]) => state === 'failed')?.[1];
    const { within } = this.run;
    const results = sorted.flatMap(([index, { result }]): StepInput[] => {
      const maker = { step: step.name, segment: program.segment, index, within };
      return result ? [inputOf(result, sourceOf(maker, 'result'))] : [];
    });
    const state = failed ? 'failed' : results.length === this.wanted ? 'succeeded' : 'stopped';
    return { state, results, ...(failed ? { failed } : {}) };
  }

  /** What kept the body from its first item belongs to no item: it has a record of its own. */
  async recordBroken(): Promise<void> {
    const { run, context, broken: end } = this;
    if (!end) return;
    const { attempts } = await recordedBefore(context.store, attemptOf(run, 1, context));
    const id = attemptOf(run, attempts + 1, context);
    const file = await (this.file ??= context.fileOf(run.program));
    const start = attemptStart(id, file, run.inputs);
    await writeAttemptStart(context.store, start);
    await writeAttemptEnd(context.store, id, end);
    context.onAttempt({ start, end });
  }

  private get retries(): number {
    return this.run.step.settings.retries ?? 0;
  }

  private isOpen(): boolean {
    return this.waiting.length > 0 && !this.hasFailed && !this.broken && !this.context.signal?.aborted;
  }

  private async workInProcess(): Promise<void> {
    const { run, context } = this;
    const id = attemptOf(run, 1, context);
    try {
      const file = await (this.file ??= context.fileOf(run.program));
      await inPlace(run, id, file, context, async (execution) => {
        const worker = context.executor.open(execution, {
          onBegin: (start) => context.onAttempt({ start }),
          onNested: (loop, attempt) => context.places.without(() => this.nest(loop, attempt)),
        });
        await this.feed(worker);
        await worker.close();
      });
    } catch (error) {
      this.broken ??= failedEnd(error, []);
    }
  }

  /** A loop in the body of this one, in so many an attempt of an item. */
  private async nest(
    { segment, within, items, locals, concurrency }: NestedLoop,
    attempt: number,
  ): Promise<NestedEnd> {
    const { step, inputsOf } = this.run;
    const { store } = this.context;
    const recorded: StepContext['recorded'] =
      attempt > 1 ? (place) => recordedBefore(store, place) : undefined;
    const program = step.programs[segment]!;
    const run: ProgramRun = { step, program, inputs: inputsOf!(program), within, locals, inputsOf };
    const { state, results, failed } = await runItems(run, items, concurrency, { ...this.context, recorded });
    if (state === 'succeeded') return { results };
    return failed?.failure ? { failure: failed.failure } : {};
  }

  /** While the process works on a batch, what became of the one before is written down. */
  private async feed(worker: ItemWorker): Promise<void> {
    let size = 1;
    let taken = Promise.resolve();
    while (this.isOpen() && !worker.ended) {
      const batch = this.waiting.splice(0, size);
      const began = performance.now();
      const replies = await worker.work(batch);
      const elapsed = performance.now() - began;
      await taken;
      taken = this.takeAll(replies, batch);
      // Who awaits it hears of a failure; until then it must not count as unhandled.
      taken.catch(() => undefined);
      const known = new Set(replies.map(({ start }) => start.index));
      this.waiting.unshift(...batch.filter(({ index }) => !known.has(index)));
      if (!replies.every(({ end }) => end.state === 'succeeded')) await taken;
      if (replies.length === 0) return this.died(worker.ended);
      size = Math.max(1, Math.min(LARGEST_BATCH, size * 2, fittingBatch(elapsed, replies), this.share()));
    }
    await taken;
  }

  private async takeAll(replies: readonly ItemReply[], batch: readonly ItemRequest[]): Promise<void> {
    for (const reply of replies) await this.take(reply, batch);
  }

  /** No process takes so much that the others have nothing to do. */
  private share(): number {
    return Math.ceil(this.waiting.length / 4);
  }

  private async take({ start, end, recorded }: ItemReply, batch: readonly ItemRequest[]): Promise<void> {
    const index = start.index!;
    const { attempt } = start;
    const { store, cache } = this.context;
    if (!recorded) await writeAttemptEnd(store, start, end);
    if (end.state === 'succeeded') {
      const differs = await cache.keep(this.run, this.keys.get(index)!, start, end);
      if (differs.length > 0) this.context.onDifference(this.run.step.name, differs);
    }
    this.context.onAttempt({ start, end });
    this.deaths = 0;
    const tries = attempt - (this.lost.get(index) ?? 0);
    if (end.state === 'failed' && tries <= this.retries) {
      const delay = waitBefore(tries, this.run.step.settings.backoff);
      const request = batch.find((item) => item.index === index)!;
      this.waiting.unshift({ ...request, attempt: attempt + 1, ...(delay > 0 ? { delay } : {}) });
      return;
    }
    this.end(index, end);
  }

  private end(index: number, end: AttemptEnd): void {
    this.ends.set(index, end);
    if (end.state === 'failed') this.hasFailed = true;
  }

  /** A process that dies before its loop, in setup or for want of memory, will do so again. */
  private died(end: AttemptEnd = stoppedEnd()): void {
    if (end.state === 'stopped') return;
    this.deaths++;
    if (end.state === 'failed') this.broken ??= end;
    else if (this.deaths >= DEATHS) {
      this.broken ??= failedEnd(
        new StepFailure('ProcessEnded', 'The processes of its items end at once.'),
        [],
      );
    }
  }
}

/** An item with its place in the list, and its place among those that are equal to it. */
export interface NumberedItem {
  input: StepInput;
  index: number;
  occurrence: number;
}

export function numbered(items: readonly StepInput[]): NumberedItem[] {
  const occurrences = new Map<string, number>();
  return items.map((input, index) => {
    const occurrence = occurrences.get(input.digest) ?? 0;
    occurrences.set(input.digest, occurrence + 1);
    return { input, index, occurrence };
  });
}

/**
 * How many items a batch should have. What the body captures is looked at once a batch: where that takes long, batches
 * are longer, so that most of the time goes to the items.
 * @param time of a whole batch, in milliseconds
 */
export function fittingBatch(time: number, replies: readonly ItemReply[]): number {
  const each = replies.map(({ start, end }) => Date.parse(end.ended) - Date.parse(start.created));
  const work = Math.min(
    time,
    Math.max(
      0,
      each.reduce((sum, one) => sum + one, 0),
    ),
  );
  // Clocks tell whole milliseconds.
  const item = Math.max(work, 0.1 * replies.length) / replies.length;
  return Math.floor(Math.max(BATCH_TIME - (time - work), OVERHEAD * (time - work)) / item);
}

export function inputOf({ digest, identity, packages }: Crossing, source: string): StepInput {
  return {
    digest,
    source,
    ...(identity === undefined ? {} : { identity }),
    ...(packages ? { packages } : {}),
  };
}
