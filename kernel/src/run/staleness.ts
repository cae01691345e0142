/** What of a pipeline would run again now, and why. Nothing is run, and nothing written. */
import type { Pipeline, Program, Staleness, Step } from '@tagflow/schema';
import { MemoryOver } from '../store/memory-over.js';
import type { Store } from '../store/store.js';
import { stoppedEnd } from './attempt.js';
import { RunCache } from './cache.js';
import { cachingOf } from './caching.js';
import { latestAttempts, partsIn } from './explain.js';
import { inputOf, numbered } from './fan-out.js';
import { sourceOf } from './source.js';
import { differences } from './key.js';
import { planRun } from './plan.js';
import { type ProgramKey, ProgramKeys } from './program-key.js';
import type { ProgramRun } from './program-run.js';
import type { StepInput } from './step-request.js';
import { runStep } from './step-run.js';
import { projectSurroundings } from './surroundings.js';
import { Versions } from './versions.js';

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
        reasons = why.length > 0 ? why : ['there is no result for it yet'];
        return stoppedEnd();
      },
      items: async (run, items) => {
        const key = await this.cache.keys.of(run);
        const results = await this.resultsOf(run, key, items);
        const without = items.length - results.length;
        if (without === 0) return { state: 'succeeded', results };
        const why = await this.changes(step, run.program, key);
        reasons = [`${without} of ${items.length} items have no result yet`, ...why];
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
  ): Promise<StepInput[]> {
    const maker = { step: run.step.name, segment: run.program.segment };
    const results: StepInput[] = [];
    for (const { input, index, occurrence } of numbered(items)) {
      const key = await this.cache.keys.ofItem(body, run.program, input, { index, occurrence });
      const end = await this.cache.find(run, key, { run: '', ...maker, index, attempt: 1 });
      if (end?.result) results.push(inputOf(end.result, sourceOf({ ...maker, index }, 'result')));
    }
    return results;
  }

  private async changes(step: Step, { segment }: Program, { parts }: ProgramKey): Promise<string[]> {
    const latest = (await (this.latest ??= latestAttempts(this.store, this.pipeline))).get(
      `${step.name}/${segment}`,
    );
    if (!latest) return [];
    return differences(await partsIn(this.store, latest.start.parts!), parts).map(({ sentence }) => sentence);
  }
}

function stale({ name }: Step, reasons: string[]): Staleness {
  return { step: name, stale: true, reasons };
}
