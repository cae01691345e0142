/** Earlier results that stand for programs of a run, and its own results for later runs. */
import type { Artifact, AttemptEnd, AttemptStart, CacheEntry, Crossing, Step } from '@tagflow/schema';
import { labelsOf } from '../../language/labels.js';
import { PAST_RUNS } from '../../language/slice/modules.js';
import { conflicts, findCacheEntry, isWhole, writeCacheEntry } from '../../store/cache.js';
import { encode } from '../../store/codec.js';
import { putBlob, reuseBlob } from '../../store/content.js';
import type { AttemptId } from '../../store/place-in-step.js';
import type { AttemptRecord } from '../../store/state.js';
import type { Store } from '../../store/store.js';
import { cachingOf } from './caching.js';
import { keepLimitOf } from '../keep-limit.js';
import { sourcesOf, sourcesWithin } from '../source.js';
import type { KeyedRun, ProgramKey, ProgramKeys } from './program.js';
import { absoluteLinks, relativeLinks } from '../relative-links.js';

export interface CacheOptions {
  /** Whether results of any run may stand for a step, where its settings and its code allow that. */
  enabled: boolean;
  /** What succeeded in the run on which this one goes on: it stands also where nothing is cached as a rule. */
  resumed?: Results;
  /** The same by runs, where only what they filed under keys is at hand: that with which this one goes on comes first. */
  origins?: readonly string[];
}

/** Attempts that succeeded, by the keys of their programs. */
export type Results = ReadonlyMap<string, AttemptRecord>;

export class RunCache {
  constructor(
    private readonly store: Store,
    readonly keys: ProgramKeys,
    private readonly options: CacheOptions,
  ) {}

  /** The end that stands for a run of the program, if there is one. */
  async find(run: KeyedRun, program: ProgramKey, id: AttemptId): Promise<AttemptEnd | undefined> {
    const earlier = this.options.resumed?.get(program.key);
    const entry =
      (earlier && (await this.resumed(earlier, run, program))) ??
      (await this.fromOrigins(program)) ??
      (await this.cached(run, program));
    return entry && this.endOf(entry, run, program, id);
  }

  private async cached({ step }: KeyedRun, { key }: ProgramKey): Promise<CacheEntry | undefined> {
    const { cached, maxAge } = cachingOf(step);
    if (!cached || !this.options.enabled) return undefined;
    const entry = await findCacheEntry(this.store, key, { maxAge });
    // What was too large to be kept then may not be so now.
    const limit = keepLimitOf(step.settings);
    return entry?.notKept?.some(({ size = Infinity }) => size <= limit) ? undefined : entry;
  }

  private async fromOrigins({ key }: ProgramKey): Promise<CacheEntry | undefined> {
    for (const run of this.options.origins ?? []) {
      const entry = await findCacheEntry(this.store, key, { run });
      if (entry) return entry;
    }
    return undefined;
  }

  /** The entry of the run on which this one goes on. It lacks if the run was killed before it could write it. */
  private async resumed(
    { start, end }: AttemptRecord,
    run: KeyedRun,
    program: ProgramKey,
  ): Promise<CacheEntry | undefined> {
    const from = end?.cached ?? start.run;
    const known = await findCacheEntry(this.store, program.key, { run: from });
    if (known || !end || !isSamePlace(start, run)) return known;
    const entry = await this.entryOf(run, program, start, end);
    return entry && (await isWhole(this.store, entry)) ? entry : undefined;
  }

  /**
   * Writes down what a program made.
   * @returns names of values that other runs made differently under the same key
   */
  async keep(run: KeyedRun, program: ProgramKey, id: AttemptId, end: AttemptEnd): Promise<string[]> {
    const entry = await this.entryOf(run, program, id, end);
    if (!entry) return [];
    await writeCacheEntry(this.store, entry);
    // Runs that there were are an input that the key does not show.
    if (run.program.impure?.includes(PAST_RUNS)) return [];
    return (await conflicts(this.store, program.key)).map(({ name }) => name);
  }

  /** Undefined if an object comes from nowhere that is known: that cannot be told to another run. */
  private async entryOf(
    run: KeyedRun,
    program: ProgramKey,
    id: AttemptId,
    end: AttemptEnd,
  ): Promise<CacheEntry | undefined> {
    const labels = labelsOf(run.program.outputs);
    const own = ownSources(run, id);
    const outputs = await Promise.all(
      end.outputs.map(async (output) => {
        const kept = await this.relative(output, program, own);
        return kept && { ...kept, variable: labels.get(output.variable) ?? output.name };
      }),
    );
    const items =
      end.items && (await Promise.all(end.items.map((item) => this.relative(item, program, own))));
    const result = end.result && (await this.relative(end.result, program, own));
    if (![...outputs, ...(items ?? []), ...(end.result ? [result] : [])].every(Boolean)) return undefined;
    const { run: runId, step, segment, index, within } = id;
    return {
      format: 1,
      key: program.key,
      run: runId,
      step,
      segment,
      ...(index === undefined ? {} : { index }),
      ...(within ? { within } : {}),
      created: end.ended,
      outputs: outputs as Artifact[],
      notKept: end.notKept,
      ...(end.read ? { read: end.read } : {}),
      ...(items ? { items: items as Crossing[] } : {}),
      ...(result ? { result } : {}),
      ...(end.concurrency === undefined ? {} : { concurrency: end.concurrency }),
      ...(end.branch === undefined ? {} : { branch: end.branch }),
    };
  }

  private async endOf(
    entry: CacheEntry,
    run: KeyedRun,
    program: ProgramKey,
    id: AttemptId,
  ): Promise<AttemptEnd | undefined> {
    const own = ownSources(run, id);
    const outputs = await this.outputsOf(entry, run.step, run.program.outputs, program, own);
    const items =
      entry.items && (await Promise.all(entry.items.map((item) => this.absolute(item, program, own))));
    const result = entry.result && (await this.absolute(entry.result, program, own));
    if (!outputs || items?.includes(undefined) || (entry.result && !result)) return undefined;
    return {
      format: 1,
      state: 'succeeded',
      ended: new Date().toISOString(),
      outputs,
      notKept: entry.notKept ?? [],
      ...(entry.read ? { read: entry.read } : {}),
      ...(items ? { items: items as Crossing[] } : {}),
      ...(result ? { result } : {}),
      ...(entry.concurrency === undefined ? {} : { concurrency: entry.concurrency }),
      ...(entry.branch === undefined ? {} : { branch: entry.branch }),
      cached: entry.run,
    };
  }

  /** Names and types are those of now; an output that was not kept then is missing if something consumes it now. */
  private async outputsOf(
    entry: CacheEntry,
    { produces }: Step,
    variables: readonly string[],
    program: ProgramKey,
    own: readonly string[],
  ): Promise<Artifact[] | undefined> {
    const outputs: Artifact[] = [];
    for (const [variable, label] of labelsOf(variables)) {
      const wanted = produces.find((output) => output.variable === variable)!;
      const made = entry.outputs.find((output) => output.variable === label);
      if (!made && !wanted.consumed) continue;
      const kept = made && (await this.absolute(made, program, own));
      if (!made || !kept) return undefined;
      const { name, type, schema } = wanted;
      outputs.push({ name, variable, ...kept, type, ...(schema ? { schema } : {}), preview: made.preview });
    }
    return outputs;
  }

  private async relative<T extends Crossing>(
    made: T,
    { inputs }: ProgramKey,
    own: readonly string[],
  ): Promise<T | undefined> {
    if (made.identity === undefined) return made;
    const links = relativeLinks(await this.keys.linksIn(made.identity), inputs, own);
    return links && { ...made, identity: (await putBlob(this.store, encode(links))).digest };
  }

  private async absolute(
    { digest, size, identity, packages }: Crossing,
    { inputs }: ProgramKey,
    own: readonly string[],
  ): Promise<Crossing | undefined> {
    // What is named again must not be cleared away as old.
    if (!(await reuseBlob(this.store, digest, size))) return undefined;
    const value = { digest, size, ...(packages ? { packages } : {}) };
    if (identity === undefined) return value;
    if (!(await reuseBlob(this.store, identity))) return undefined;
    const links = absoluteLinks(await this.keys.linksIn(identity), inputs, own);
    return links && { ...value, identity: (await putBlob(this.store, encode(links))).digest };
  }
}

/** What the sources of all that a program and the loops in it make begin with. */
function ownSources({ step, program }: KeyedRun, id: AttemptId): string[] {
  return [sourcesOf(id), ...sourcesWithin(id, segmentsWithin(step, program.source))];
}

/** The segments of the loops in a body, and of those in them, in the order of the code. */
function segmentsWithin(step: Step, source: string): number[] {
  return [...source.matchAll(/\$x\.spread\((\d+),/g)].flatMap(([, text]) => {
    const segment = Number(text);
    const nested = step.programs.find((program) => program.segment === segment && program.kind === 'nested');
    return nested ? [segment, ...segmentsWithin(step, nested.source)] : [];
  });
}

/** Whether what was recorded there is told in the words of here: links lead to the same steps, names are the same. */
function isSamePlace({ step, segment, sources = {} }: AttemptStart, run: KeyedRun): boolean {
  return (
    step === run.step.name &&
    segment === run.program.segment &&
    Object.entries(run.inputs).every(([variable, { source }]) => sources[variable] === source)
  );
}
