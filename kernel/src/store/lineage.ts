/** Where an artifact came from and what came of it, among the runs that are given. Pure. */
import { placeInStep } from './place-in-step.js';
import type {
  AttemptEnd,
  AttemptStart,
  Lineage,
  LineageEdge,
  LineageNode,
  LineageRun,
  RunStart,
} from '@tagflow/schema';
import type { AttemptRecord } from './state.js';

/** A run's start and its attempts. */
export interface RunTrace {
  start: RunStart;
  attempts: readonly AttemptRecord[];
}

export interface LineageQuery {
  /** Id of the node that is asked for. */
  of: string;
  /** How many steps back, and on; all if absent, none if 0. */
  up?: number;
  down?: number;
}

/** A value whose maker is in none of the runs that are given. */
export interface LooseEnd {
  digest: string;
  name: string;
  /** When it was used. */
  before: string;
  /** The run that made it, if that is known. */
  run?: string;
}

export interface LineageGraph {
  runs: ReadonlyMap<string, LineageRun>;
  nodes: ReadonlyMap<string, LineageNode>;
  into: ReadonlyMap<string, readonly LineageEdge[]>;
  outOf: ReadonlyMap<string, readonly LineageEdge[]>;
  /** By the id of the node. */
  loose: ReadonlyMap<string, LooseEnd>;
}

/** The artifacts that led to one, and those that were made with it, over any number of steps and runs. */
export function deriveLineage({ runs, nodes, into, outOf }: LineageGraph, query: LineageQuery): Lineage {
  const back = walk(query.of, query.up, (id) => into.get(id) ?? [], 'from');
  const on = walk(query.of, query.down, (id) => outOf.get(id) ?? [], 'to');
  const ids = new Set([...back.depths.keys(), ...on.depths.keys()]);
  const met = [...ids].flatMap((id) => nodes.get(id) ?? []);
  return {
    of: query.of,
    nodes: met,
    edges: [...back.edges, ...on.edges],
    runs: [...new Set(met.map(({ run }) => run))].flatMap((run) => runs.get(run) ?? []),
    cut: [...new Set([...back.cut, ...on.cut])],
  };
}

/** Everything that is met on the way from a node, with the fewest steps to it. */
export function walk(
  of: string,
  limit = Infinity,
  edgesAt: (id: string) => readonly LineageEdge[],
  far: 'from' | 'to',
): { depths: Map<string, number>; edges: LineageEdge[]; cut: string[] } {
  const depths = new Map([[of, 0]]);
  const edges: LineageEdge[] = [];
  const cut: string[] = [];
  // A map's iteration goes on over what is added to it.
  for (const [id, depth] of depths) {
    const here = edgesAt(id);
    if (depth >= limit) {
      if (limit > 0 && here.length > 0) cut.push(id);
      continue;
    }
    edges.push(...here);
    for (const edge of here) if (!depths.has(edge[far])) depths.set(edge[far], depth + 1);
  }
  return { depths, edges, cut };
}

/** All values of the runs, and which was made with which. */
export function graphOf(traces: readonly RunTrace[]): LineageGraph {
  return new GraphBuilder(traces);
}

type Succeeded = { start: AttemptStart; end: AttemptEnd };

interface Made {
  node: LineageNode;
  variable: string;
  place: string;
  ended: string;
}

class GraphBuilder implements LineageGraph {
  readonly runs = new Map<string, LineageRun>();
  readonly nodes = new Map<string, LineageNode>();
  readonly into = new Map<string, LineageEdge[]>();
  readonly outOf = new Map<string, LineageEdge[]>();
  readonly loose = new Map<string, LooseEnd>();
  /** By digest. */
  private readonly made = new Map<string, Made[]>();
  /** Ids of the values of an attempt, by its place. */
  private readonly outputs = new Map<string, string[]>();
  /** Run and variable of all that steps made: what is here is no parameter. */
  private readonly variables = new Set<string>();

  constructor(traces: readonly RunTrace[]) {
    const all = traces.map(({ start, attempts }) => ({ start, attempts: succeeded(attempts) }));
    for (const { start, attempts } of all) {
      const { id, pipeline, created, git, parameters } = start;
      this.runs.set(id, { id, pipeline, created, ...(git ? { git } : {}), parameters });
      for (const attempt of attempts) this.addOutputs(attempt);
    }
    for (const { start, attempts } of all) {
      for (const attempt of attempts) this.addEdges(start, attempt);
    }
  }

  private addOutputs({ start, end }: Succeeded): void {
    const place = placeOf(start);
    for (const { name, variable, digest, type } of end.outputs) {
      const id = this.nodes.has(`${place}/${name}`) ? `${place}/${variable}` : `${place}/${name}`;
      const node = { id, digest, name, type, ...factsOf(start, end) };
      this.nodes.set(id, node);
      this.variables.add(`${start.run} ${variable}`);
      push(this.outputs, place, id);
      push(this.made, digest, { node, variable, place, ended: end.ended });
    }
  }

  private addEdges(run: RunStart, attempt: Succeeded): void {
    const { start, end } = attempt;
    const place = placeOf(start);
    const inputs = Object.entries(start.inputs).map(
      ([variable, digest]) => [this.maker(run, attempt, variable, digest), 'consumed'] as const,
    );
    const read = (end.read ?? []).map((each) => [this.readFrom(each, start.created), 'read'] as const);
    const id = `${place}/`;
    const outputs = this.outputs.get(place) ?? [id];
    if (outputs[0] === id) this.nodes.set(id, { id, name: start.step, ...factsOf(start, end) });
    const sources = new Map([...read, ...inputs]);
    for (const to of outputs) for (const [from, kind] of sources) this.addEdge({ from, to, kind });
  }

  private addEdge(edge: LineageEdge): void {
    push(this.into, edge.to, edge);
    push(this.outOf, edge.from, edge);
  }

  /** Id of the value that an input was: the run's own, a parameter, another run's, or one that nobody here made. */
  private maker(run: RunStart, { start }: Succeeded, variable: string, digest: string): string {
    const place = placeOf(start);
    const name = nameOf(variable);
    const made = (this.made.get(digest) ?? []).filter((each) => each.place !== place);
    const before = made.filter((each) => each.ended <= start.created).sort(byEnd);
    const own = (each: Made): boolean => each.node.run === run.id && each.variable === variable;
    const inStep = (each: Made): boolean => each.node.run === run.id && each.node.step === start.step;
    // Clocks of two machines may differ: a value that seems to be made later is still better than none.
    const mine = before.findLast(own) ?? made.find(own);
    if (mine) return mine.node.id;
    if (!this.variables.has(`${run.id} ${variable}`) && Object.hasOwn(run.parameters, name)) {
      const id = `${run.id}/${name}`;
      const value = run.parameters[name];
      this.nodes.set(id, { id, digest, name, run: run.id, made: run.created, value });
      return id;
    }
    const other =
      before.findLast(inStep) ??
      before.findLast((each) => each.node.run !== run.id && nameOf(each.variable) === name);
    if (other) return other.node.id;
    return this.addLoose({ digest, name, before: start.created }, { run: run.id });
  }

  private readFrom(
    { run, step, name, digest }: NonNullable<AttemptEnd['read']>[number],
    before: string,
  ): string {
    const made = this.made.get(digest) ?? [];
    const found = made.find(({ node }) => node.run === run && node.step === step && node.name === name);
    return found?.node.id ?? this.addLoose({ digest, name, before, run }, { run, step });
  }

  private addLoose(end: LooseEnd, facts: Pick<LineageNode, 'run' | 'step'>): string {
    const id = [facts.run, facts.step, `${end.name}@${end.digest.slice(0, 12)}`].filter(Boolean).join('/');
    this.nodes.set(id, { id, digest: end.digest, name: end.name, ...facts });
    this.loose.set(id, end);
    return id;
  }
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function succeeded(attempts: readonly AttemptRecord[]): Succeeded[] {
  return attempts.filter((attempt): attempt is Succeeded => attempt.end?.state === 'succeeded');
}

function placeOf(start: AttemptStart): string {
  return `${start.run}/${start.step}/${placeInStep(start)}`;
}

function factsOf({ run, step, segment, index, program }: AttemptStart, { ended }: AttemptEnd) {
  return { run, step, segment, ...(index === undefined ? {} : { index }), made: ended, program };
}

function nameOf(variable: string): string {
  return variable.slice(variable.indexOf('#') + 1);
}

function byEnd(a: Made, b: Made): number {
  return a.ended < b.ended ? -1 : a.ended > b.ended ? 1 : 0;
}
