/**
 * What a store holds that nothing needs any more, and its removal.
 *
 * A digest in any record of a run that stays keeps its blob, whatever field it stands in, so that records of a newer
 * version keep theirs too. Nothing younger than the grace period goes, nor anything written since the oldest run that
 * goes on began: the record that will name it may not be written yet. Who uses an old blob again makes it young first
 * (`putBlob`, `reuseBlob`), and its age is looked at once more right before it is removed. So a run that begins
 * meanwhile loses nothing, and two removals at once do the same twice.
 */
import { FRESH } from './content.js';
import { linkOf } from './links.js';
import { readExports } from './exports.js';
import { type Retention, outdatedRuns } from './retention.js';
import { type RunFiles, compact, digestsIn, digestsOf, readRunFiles } from './run-files.js';
import { isRunId, timeOfRun } from './run-id.js';
import type { Tell } from './side-by-side.js';
import type { Entry, Store } from './store.js';

export interface GarbageOptions extends Retention {
  /** In milliseconds. */
  grace: number;
}

/** Keys, but ids of runs; `bytes` is what all of them hold. */
export interface Garbage {
  runs: string[];
  blobs: string[];
  programs: string[];
  /** Cached results that name a blob which goes. */
  cached: string[];
  /** Exported pipelines from which no run has begun for longer than runs are kept. */
  exports: string[];
  /** Links and tags. */
  index: string[];
  /** Writes that were broken off. */
  unfinished: string[];
  bytes: number;
  /** What was written since then stays, in milliseconds since 1970, by the store's clock. */
  horizon: number;
}

/** Finds what nothing needs. Nothing is removed. */
export async function findGarbage(
  store: Store,
  options: GarbageOptions,
  tell: Tell = () => undefined,
): Promise<Garbage> {
  const now = await clockOf(store);
  const runs = await readRunFiles(store, now, options.grace, tell);
  const begun = runs.filter(({ running }) => running).map(({ id }) => timeOfRun(id) - FRESH);
  const horizon = Math.min(now - options.grace, ...begun);
  const outdated = outdatedRuns(
    runs.filter(({ recorded }) => recorded),
    options,
    now,
  );
  for (const { id, recorded, running } of runs) if (!recorded && !running) outdated.add(id);
  const reached = await digestsOf(
    store,
    runs.filter(({ id }) => !outdated.has(id)).map(({ id }) => id),
    tell,
  );
  const { olderThan = Infinity } = options;
  const exported = await readExports(store, Math.min(horizon, now - olderThan));
  for (const digest of exported.digests) reached.add(digest);
  const garbage = new GarbageFinder(store, horizon, runs, outdated, reached);
  return { ...(await garbage.find(tell)), exports: exported.outdated };
}

class GarbageFinder {
  private readonly unfinished: string[] = [];
  private bytes = 0;

  constructor(
    private readonly store: Store,
    private readonly horizon: number,
    private readonly runs: readonly RunFiles[],
    private readonly outdated: ReadonlySet<string>,
    private readonly reached: ReadonlySet<string>,
  ) {}

  async find(tell: Tell): Promise<Omit<Garbage, 'exports'>> {
    for (const run of this.runs) {
      if (this.outdated.has(run.id)) this.bytes += run.bytes;
      else this.unfinished.push(...run.unfinished);
    }
    const known = new Set(this.runs.filter(({ id }) => !this.outdated.has(id)).map(({ id }) => id));
    const unreached = ({ key }: Entry): boolean => {
      const digest = /[0-9a-f]{64}/.exec(key)?.[0];
      return digest !== undefined && !this.reached.has(compact(digest));
    };
    const unnamed = await this.sweep('blobs/', unreached, tell);
    const gone = new Set(unnamed.map(({ key }) => digestOfKey(key)));
    const cached = this.take(
      await this.sweep('keys/', (entry) => this.losesValues(entry, gone), tell, Infinity),
    );
    const blobs = this.take(unnamed.filter(({ key }) => gone.has(digestOfKey(key))));
    const programs = this.take(await this.sweep('programs/', unreached, tell));
    const index = this.take([
      ...(await this.sweep('links/', ({ key }) => this.isOf(linkOf(key)?.run, known), tell)),
      ...(await this.sweep(
        'tags/',
        ({ key }) => this.isOf(key.slice(key.lastIndexOf('/') + 1), known),
        tell,
      )),
    ]);
    const runs = [...this.outdated].sort();
    const { unfinished, bytes, horizon } = this;
    return { runs, blobs, programs, cached, index, unfinished, bytes, horizon };
  }

  /** What is old enough and not wanted. */
  private async sweep(
    prefix: string,
    unwanted: (entry: Entry) => boolean | Promise<boolean>,
    tell: Tell,
    horizon = this.horizon,
  ): Promise<Entry[]> {
    const found: Entry[] = [];
    let looked = 0;
    for await (const entries of this.store.entries(prefix)) {
      for (const entry of entries) {
        if (entry.unfinished) {
          if (entry.modified < this.horizon) this.unfinished.push(...this.take([entry]));
        } else if (entry.modified < horizon && (await unwanted(entry))) found.push(entry);
      }
      tell(`Looking through ${prefix}`, (looked += entries.length));
    }
    return found;
  }

  /** Their keys, when it is settled that they go. */
  private take(entries: readonly Entry[]): string[] {
    for (const { size } of entries) this.bytes += size;
    return entries.map(({ key }) => key);
  }

  /** Whether a link or a tag is of a run that goes, or is not there. */
  private isOf(run: string | undefined, known: ReadonlySet<string>): boolean {
    return run !== undefined && isRunId(run) && !known.has(run);
  }

  /**
   * Whether a cached result names a value that goes. How its values hang together only itself says, in its own terms:
   * that stays with it, although no run names it.
   */
  private async losesValues({ key }: Entry, gone: Set<string>): Promise<boolean> {
    if (gone.size === 0) return false;
    const bytes = await this.store.get(key);
    const lost = digestsIn(bytes).filter((digest) => gone.has(digest));
    const own = new Set(identitiesIn(bytes));
    if (!lost.every((digest) => own.has(digest))) return true;
    for (const digest of lost) gone.delete(digest);
    return false;
  }
}

/** As `Crossing` has them. */
function identitiesIn(bytes: Uint8Array | undefined): string[] {
  const text = Buffer.from(bytes ?? []).toString('latin1');
  return [...text.matchAll(/"identity":"([0-9a-f]{64})"/g)].map(([, digest]) => compact(digest!));
}

function digestOfKey(key: string): string {
  return compact(key.slice(-64));
}

/** The time by the store's clock, which ages are told by. */
async function clockOf(store: Store): Promise<number> {
  const key = 'clock';
  await store.put(key, Buffer.alloc(0));
  const known = await store.stat(key);
  await store.delete(key);
  return known?.modified ?? Date.now();
}
