/** What of a pipeline would run again now, and why. Nothing is run, and nothing written. */
import type { Pipeline, Program, Staleness, Step } from '@tagflow/schema';
import { findCacheEntry } from '../../store/cache.js';
import { MemoryOver } from '../../store/memory-over.js';
import type { AttemptRecord } from '../../store/state.js';
import type { Store } from '../../store/store.js';
import { stoppedEnd } from '../attempt.js';
import { RunCache } from '../key/cache.js';
import { cachingOf } from '../key/caching.js';
import { latestAttempts, partsIn } from '../explain.js';
import { inputOf, numbered } from '../fan-out.js';
import { sourceOf } from '../source.js';
import { differences } from '../key/key.js';
import { planRun } from '../plan.js';
import { type ProgramKey, ProgramKeys } from '../key/program.js';
import type { ProgramRun } from '../program-run.js';
import type { StepInput } from '../step-request.js';
import { runStep } from '../step-run.js';
import { projectSurroundings } from '../key/surroundings.js';
import { Versions } from '../versions.js';

/**
 * @param given values of parameters by name; the others have their defaults
 * @throws ParameterError as `planRun`
 */
export async function stalenessOf(
  store: Store,
  pipeline: Pipeline,
  directory: string,
  given: Record<string, unknown> = {},
): Promise<Staleness[]> {
  const { parameters } = planRun(pipeline, given);
  const here = new MemoryOver(store);
  const cache = new RunCache(here, new ProgramKeys(here, projectSurroundings(directory), parameters), {
    enabled: true,
  });
  const look = new Look(here, pipeline, cache, await Versions.of(here, pipeline, parameters));
  const found: Staleness[] = [];
  for (const step of pipeline.steps) found.push(await look.at(step));
  return found;
}

class Look {
  private latest: ReturnType<typeof latestAttempts> | undefined;

  constructor(
    private readonly store: Store,
    private readonly pipeline: Pipeline,
    private readonly cache: RunCache,
    private readonly versions: Versions,
  ) {}

  /** Goes through the step's programs as far as results stand for them. */
  async at(step: Step): Promise<Staleness> {
    const missing = this.versions.missing(step);
    if (missing.length > 0)
      return stale(
        step,
        missing.map((from) => `step ${from} runs before it, and may make something else`),
      );
    const { cached, reason } = cachingOf(step);
    if (!cached) return stale(step, [`it runs each time, because ${reason}`]);
    let reasons: string[] = [];
    const { versions } = await runStep(step, this.versions.inputsOf(step), {
      run: async (run) => {
        const key = await this.cache.keys.of(run);
        const id = { run: '', step: step.name, segment: run.program.segment, attempt: 1 };
        const end = await this.cache.find(run, key, id);
        if (end) return end;
        const why = await this.changes(step, run.program, key);
        reasons = why.length > 0 ? why : [await this.absence(step, run.program, key)];
        return stoppedEnd();
      },
      items: async (run, items) => {
        const key = await this.cache.keys.of(run);
        const { results, missing } = await this.resultsOf(run, key, items);
        const [first] = missing;
        if (!first) return { state: 'succeeded', results };
        const which = `${missing.length} of ${items.length} items`;
        const why = await this.changes(step, run.program, key);
        reasons = (await this.isTooOld(step, first))
          ? [`the results of ${which} are ${tooOld(step)}`]
          : [`${which} have no result yet`, ...why];
        return { state: 'stopped', results };
      },
    });
    if (reasons.length > 0) return stale(step, reasons);
    this.versions.add(step, versions);
    return { step: step.name, stale: false, reasons: [] };
  }

  private async resultsOf(
    run: ProgramRun,
    body: ProgramKey,
    items: readonly StepInput[],
  ): Promise<{ results: StepInput[]; missing: ProgramKey[] }> {
    const maker = { step: run.step.name, segment: run.program.segment };
    const results: StepInput[] = [];
    const missing: ProgramKey[] = [];
    for (const { input, index, occurrence } of numbered(items)) {
      const key = await this.cache.keys.ofItem(body, run.program, input, { index, occurrence });
      const end = await this.cache.find(run, key, { run: '', ...maker, index, attempt: 1 });
      if (end?.result) results.push(inputOf(end.result, sourceOf({ ...maker, index }, 'result')));
      else missing.push(key);
    }
    return { results, missing };
  }

  private async latestOf({ name }: Step, { segment }: Program): Promise<AttemptRecord | undefined> {
    return (await (this.latest ??= latestAttempts(this.store, this.pipeline))).get(`${name}/${segment}`);
  }

  /** Why no result stands for a program that has not changed. */
  private async absence(step: Step, program: Program, key: ProgramKey): Promise<string> {
    if (await this.isTooOld(step, key)) return `its result is ${tooOld(step)}`;
    if (await findCacheEntry(this.store, key.key)) return 'its result lacks what is kept now';
    const latest = await this.latestOf(step, program);
    return latest?.end?.state === 'succeeded'
      ? 'its result is not in the store any more'
      : 'there is no result for it yet';
  }

  /** Called where no result stands: one that is there all the same is too old. */
  private async isTooOld(step: Step, { key }: ProgramKey): Promise<boolean> {
    const { maxAge } = cachingOf(step);
    if (maxAge === undefined || (await findCacheEntry(this.store, key, { maxAge }))) return false;
    return (await findCacheEntry(this.store, key)) !== undefined;
  }

  private async changes(step: Step, program: Program, { parts }: ProgramKey): Promise<string[]> {
    const latest = await this.latestOf(step, program);
    if (!latest) return [];
    return differences(await partsIn(this.store, latest.start.parts!), parts).map(({ sentence }) => sentence);
  }
}

function tooOld(step: Step): string {
  return `older than ${cachingOf(step).maxAgeText}`;
}

function stale({ name }: Step, reasons: string[]): Staleness {
  return { step: name, stale: true, reasons };
}
