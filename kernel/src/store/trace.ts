/** Lineage of an artifact in a store: of all runs, only those that have to do with it are read. */
import type { Lineage } from '@tagflow/schema';
import {
  type LineageGraph,
  type LineageQuery,
  type RunTrace,
  deriveLineage,
  graphOf,
  walk,
} from './lineage.js';
import { type Link, findDigests, readLinks } from './links.js';
import { readAttempts, readRunStart } from './records.js';
import { idTime } from './run-id.js';
import { AmbiguousError, StoreError, type Store } from './store.js';

/** Of a value that very many runs used, so many are followed, the newest. */
const RUNS_PER_VALUE = 50;

export interface ArtifactPlace {
  run: string;
  digest: string;
  name: string;
  /** Absent for a parameter. */
  step?: string;
}

/**
 * What a value came from and what came of it, across runs.
 * @throws StoreError if no record of it is left
 */
export async function readLineage(
  store: Store,
  artifact: ArtifactPlace,
  depth: Pick<LineageQuery, 'up' | 'down'> = {},
): Promise<Lineage> {
  const tracer = new Tracer(store);
  await tracer.load([artifact.run]);
  const of = nodeOf(graphOf(tracer.traces()), artifact);
  if (of === undefined)
    throw new StoreError(
      `Nothing is recorded of how ${artifact.name} of run ${artifact.run} was made: the step's records are gone.`,
    );
  return tracer.follow({ of, ...depth });
}

/**
 * The newest use of a digest, or of the one that begins so, and in how many other places the same value was made.
 * @throws StoreError if there is none, or more than one
 */
export async function findDigest(
  store: Store,
  beginning: string,
): Promise<{ artifact: ArtifactPlace; others: number }> {
  const digests = await findDigests(store, beginning);
  if (digests.length > 1)
    throw new AmbiguousError(
      `${digests.length} values have digests that begin with ${beginning}: give more of it.`,
    );
  const [digest] = digests;
  const links = digest === undefined ? [] : await readLinks(store, digest);
  const made = links.filter(({ kind }) => kind === 'made');
  for (const link of made.length > 0 ? made : links) {
    const artifact = await artifactOf(store, link);
    if (artifact) return { artifact, others: Math.max(0, made.length - 1) };
  }
  throw new StoreError(
    `No run in ${store.location} made or used a value whose digest begins with ${beginning}. \`tagflow show RUN STEP\` says the digests of a step's values.`,
  );
}

/** The value that a link is about; undefined if its record is gone. */
async function artifactOf(
  store: Store,
  { digest, kind, run, step }: Link,
): Promise<ArtifactPlace | undefined> {
  const tracer = new Tracer(store);
  await tracer.load([run]);
  const nodes = [...graphOf(tracer.traces()).nodes.values()].filter((node) => node.digest === digest);
  const node = nodes.find((each) => kind === 'made' && each.step === step) ?? nodes[0];
  return node && { run: node.run, digest, name: node.name, step: node.step };
}

class Tracer {
  private readonly runs = new Map<string, RunTrace | undefined>();
  private readonly asked = new Set<string>();

  constructor(private readonly store: Store) {}

  traces(): RunTrace[] {
    return [...this.runs.values()].filter((trace) => trace !== undefined);
  }

  async load(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.runs.has(id));
    await Promise.all(missing.map(async (id) => this.runs.set(id, await readTrace(this.store, id))));
  }

  /** Reads runs until none is missing on the ways from the node. */
  async follow(query: LineageQuery): Promise<Lineage> {
    const cut = new Set<string>();
    for (;;) {
      const graph = graphOf(this.traces());
      const known = this.runs.size;
      await this.load([...(await this.makers(graph, query)), ...(await this.users(graph, query, cut))]);
      if (this.runs.size > known) continue;
      const lineage = deriveLineage(graph, query);
      return { ...lineage, cut: [...new Set([...lineage.cut, ...cut])] };
    }
  }

  /** Runs that made what was used on the way to the node and does not come from a run that was read. */
  private async makers({ nodes, into, loose }: LineageGraph, { of, up }: LineageQuery): Promise<string[]> {
    const back = walk({ nodes, edges: into }, of, up, 'from');
    const wanted = [...back.depths.keys()].filter((id) => loose.has(id) && this.isNew(`up ${id}`));
    const found = wanted.map(async (id) => {
      const { digest, before, run } = loose.get(id)!;
      if (run !== undefined) return run;
      const links = await readLinks(this.store, digest);
      // The id of a run is its time of creation: what was made before it was used began before.
      const from = idTime(new Date(before));
      return links.find((link) => link.kind === 'made' && link.run < from)?.run;
    });
    return (await Promise.all(found)).filter((run) => run !== undefined);
  }

  /** Other runs that used what was made on the way from the node, and did not make it themselves. */
  private async users(
    { nodes, outOf }: LineageGraph,
    { of, down = Infinity }: LineageQuery,
    cut: Set<string>,
  ): Promise<string[]> {
    const on = walk({ nodes, edges: outOf }, of, down, 'to');
    // A parameter is its run's own.
    const wanted = [...on.depths].flatMap(([id, depth]) => {
      const node = nodes.get(id);
      return depth < down && node?.step !== undefined && node.digest !== undefined && this.isNew(`down ${id}`)
        ? [{ id, digest: node.digest }]
        : [];
    });
    const found = wanted.map(async ({ id, digest }) => {
      const links = await readLinks(this.store, digest);
      const makers = new Set(links.filter(({ kind }) => kind === 'made').map(({ run }) => run));
      const users = links.filter(({ kind, run }) => kind === 'read' || (kind === 'used' && !makers.has(run)));
      const runs = [...new Set(users.map(({ run }) => run))].sort().reverse();
      if (runs.length > RUNS_PER_VALUE) cut.add(id);
      return runs.slice(0, RUNS_PER_VALUE);
    });
    return (await Promise.all(found)).flat();
  }

  private isNew(question: string): boolean {
    if (this.asked.has(question)) return false;
    this.asked.add(question);
    return true;
  }
}

/** A run that is gone, or whose records are damaged, has none. */
async function readTrace(store: Store, id: string): Promise<RunTrace | undefined> {
  try {
    const start = await readRunStart(store, id);
    return start && { start, attempts: await readAttempts(store, id) };
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

/** The last one, if several segments made one of the name. */
function nodeOf({ nodes }: LineageGraph, { run, step, name, digest }: ArtifactPlace): string | undefined {
  const fits = [...nodes.values()].filter(
    (node) => node.run === run && node.step === step && node.name === name && node.digest === digest,
  );
  return fits.at(-1)?.id;
}
