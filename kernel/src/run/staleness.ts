/** What of a pipeline would run again now, and why. Nothing is run, and nothing written. */
import type { AttemptEnd, Pipeline, Program, Staleness, Step, VariableId } from '@tagflow/schema';
import { labelsOf } from '../language/labels.js';
import { encode } from '../store/codec.js';
import { putBlob } from '../store/content.js';
import { MemoryOver } from '../store/memory-over.js';
import type { Store } from '../store/store.js';
import { RunCache } from './cache.js';
import { cachingOf } from './caching.js';
import { latestAttempts, partsIn } from './explain.js';
import { inputOf } from './fan-out.js';
import { sourceOf } from './identity.js';
import { differences } from './key.js';
import { planRun } from './plan.js';
import { type ProgramKey, ProgramKeys } from './program-key.js';
import type { StepInput } from './step-request.js';
import { nextProgram } from './step-run.js';

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
  const cache = new RunCache(here, new ProgramKeys(here, directory, parameters), { enabled: true });
  const look = new Look(here, pipeline, cache);
  await look.addParameters(parameters);
  const found: Staleness[] = [];
  for (const step of pipeline.steps) found.push(await look.at(step));
  return found;
}

class Look {
  /** Versions that are known, by step and variable. */
  private readonly made = new Map<string, StepInput>();
  private latest: ReturnType<typeof latestAttempts> | undefined;

  constructor(
    private readonly store: Store,
    private readonly pipeline: Pipeline,
    private readonly cache: RunCache,
  ) {}

  async addParameters(values: Record<string, unknown>): Promise<void> {
    for (const { name, variable } of this.pipeline.parameters) {
      const kept = await putBlob(this.store, encode(values[name], { name }));
      this.made.set(keyOf(undefined, variable), inputOf(kept, sourceOf(undefined, name)));
    }
  }

  /** Goes through the step's programs as far as results stand for them. */
  async at(step: Step): Promise<Staleness> {
    const missing = new Set(
      step.consumes.flatMap(({ variable, from }) => (this.made.has(keyOf(from, variable)) ? [] : [from!])),
    );
    if (missing.size > 0)
      return stale(
        step,
        [...missing].map((from) => `step ${from} runs before it, and may make something else`),
      );
    const { cached, reason } = cachingOf(step);
    if (!cached) return stale(step, [`it runs each time, because ${reason}`]);
    const versions = new Map(
      step.consumes.map(({ variable, from }) => [variable, this.made.get(keyOf(from, variable))!]),
    );
    let end: AttemptEnd | undefined;
    let results: StepInput[] | undefined;
    for (let program = step.programs[0]; program;) {
      const run = { step, program, inputs: inputsOf(program, versions), results };
      const key = await this.cache.keys.of(run);
      if (program.kind === 'body') {
        const known = await this.itemsOf(run, key, end?.items ?? []);
        if (known.missing > 0) {
          const why = await this.changes(step, program, key);
          return stale(step, [`${known.missing} of ${known.total} items have no result yet`, ...why]);
        }
        results = known.results;
        program = nextProgram(step.programs, program, {});
        continue;
      }
      const id = { run: '', step: step.name, segment: program.segment, attempt: 1 };
      end = await this.cache.find(run, key, id);
      if (!end) {
        const why = await this.changes(step, program, key);
        return stale(step, why.length > 0 ? why : ['there is no result for it yet']);
      }
      const labels = labelsOf(step.produces.map(({ variable }) => variable));
      for (const output of end.outputs)
        versions.set(output.variable, inputOf(output, sourceOf(id, labels.get(output.variable)!)));
      program = nextProgram(step.programs, program, end);
    }
    for (const { variable } of step.produces) {
      const version = versions.get(variable);
      if (version) this.made.set(keyOf(step.name, variable), version);
    }
    return { step: step.name, stale: false, reasons: [] };
  }

  private async itemsOf(
    run: Parameters<RunCache['find']>[0],
    body: ProgramKey,
    items: NonNullable<AttemptEnd['items']>,
  ): Promise<{ missing: number; total: number; results: StepInput[] }> {
    const maker = { step: run.step.name, segment: run.program.segment };
    const occurrences = new Map<string, number>();
    const results: StepInput[] = [];
    for (const [index, item] of items.entries()) {
      const occurrence = occurrences.get(item.digest) ?? 0;
      occurrences.set(item.digest, occurrence + 1);
      const input = inputOf(item, sourceOf({ ...maker, segment: maker.segment - 1 }, `item ${index}`));
      const key = await this.cache.keys.ofItem(body, run.program, input, { index, occurrence });
      const end = await this.cache.find(run, key, { run: '', ...maker, index, attempt: 1 });
      if (end?.result) results.push(inputOf(end.result, sourceOf({ ...maker, index }, 'result')));
    }
    return { missing: items.length - results.length, total: items.length, results };
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

function keyOf(step: string | undefined, variable: VariableId): string {
  return `${step ?? ''} ${variable}`;
}

function inputsOf(
  { inputs }: Program,
  versions: ReadonlyMap<VariableId, StepInput>,
): Record<string, StepInput> {
  return Object.fromEntries(
    inputs.flatMap((variable) => (versions.has(variable) ? [[variable, versions.get(variable)!]] : [])),
  );
}
