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
  const back = walk({ nodes, edges: into }, query.of, query.up, 'from');
  const on = walk({ nodes, edges: outOf }, query.of, query.down, 'to');
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

interface Ways {
  nodes: LineageGraph['nodes'];
  /** By the id of the node at which they are followed. */
  edges: ReadonlyMap<string, readonly LineageEdge[]>;
}

/** Everything that is met on the way from a node, with the fewest steps to it: what is within a step is no step away. */
export function walk(
  { nodes, edges: all }: Ways,
  of: string,
  limit = Infinity,
  far: 'from' | 'to',
): { depths: Map<string, number>; edges: LineageEdge[]; cut: string[] } {
  const depths = new Map([[of, 0]]);
  const edges = new Set<LineageEdge>();
  const cut = new Set<string>();
  // A map's iteration goes on over what is added to it.
  for (const [id, depth] of depths) {
    if (limit === 0) break;
    cut.delete(id);
    for (const edge of all.get(id) ?? []) {
      const next = depth + (isWithinStep(nodes, edge) ? 0 : 1);
      if (next > limit) cut.add(id);
      else {
        edges.add(edge);
        if (next >= (depths.get(edge[far]) ?? Infinity)) continue;
        // To be gone on from once more, where there was a longer way to it.
        depths.delete(edge[far]);
        depths.set(edge[far], next);
      }
    }
  }
  return { depths, edges: [...edges], cut: [...cut] };
}

function isWithinStep(nodes: LineageGraph['nodes'], { from, to }: LineageEdge): boolean {
  const [one, other] = [nodes.get(from), nodes.get(to)];
  return one?.step !== undefined && one.step === other?.step && one.run === other.run;
}

/** All values of the runs, and which was made with which. */
export function graphOf(traces: readonly RunTrace[]): LineageGraph {
  return new GraphBuilder(traces);
}

type Succeeded = { start: AttemptStart; end: AttemptEnd };
/** By the id of the node. */
type Sources = Map<string, LineageEdge['kind']>;

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
  private readonly sources = new Map<Succeeded, Sources>();
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
      const loops = new Loops(attempts);
      for (const attempt of attempts) this.addEdges(start, attempt, loops);
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
    if (!this.outputs.has(place)) this.addUnnamed({ start, end }, place);
  }

  /** A step that kept nothing, and the items of a loop together: what they return has no name. */
  private addUnnamed({ start, end }: Succeeded, place: string): void {
    const isItem = start.index !== undefined;
    const id = isItem ? `${start.run}/${start.step}/${start.segment}/` : `${place}/`;
    const { index: _, ...facts } = factsOf(start, end);
    const known = this.nodes.get(id);
    const made = known?.made === undefined || known.made < facts.made ? facts.made : known.made;
    const items = isItem ? { items: (known?.items ?? 0) + 1 } : {};
    this.nodes.set(id, { id, name: start.step, ...facts, made, ...items });
    push(this.outputs, place, id);
  }

  private addEdges(run: RunStart, attempt: Succeeded, loops: Loops): void {
    for (const to of this.outputsOf(attempt))
      for (const [from, kind] of this.sourcesOf(run, attempt, loops)) this.addEdge({ from, to, kind });
  }

  private outputsOf({ start }: Succeeded): readonly string[] {
    return this.outputs.get(placeOf(start))!;
  }

  /** Ids of what it was made with, and how it came to that. */
  private sourcesOf(run: RunStart, attempt: Succeeded, loops: Loops): Sources {
    const known = this.sources.get(attempt);
    if (known) return known;
    const { start, end } = attempt;
    const found: Sources = new Map();
    for (const each of end.read ?? []) found.set(this.readFrom(each, start.created), 'read');
    for (const [variable, digest] of Object.entries(start.inputs))
      if (variable !== ITEM) found.set(this.maker(run, attempt, variable, digest), 'consumed');
    // Items are made with what their list was made with.
    const divided = loops.dividerOf(attempt);
    if (divided) for (const [id, kind] of this.sourcesOf(run, divided, loops)) found.set(id, kind);
    for (const item of loops.returnedTo(attempt))
      for (const id of this.outputsOf(item)) found.set(id, 'consumed');
    this.sources.set(attempt, found);
    return found;
  }

  private addEdge(edge: LineageEdge): void {
    if (this.into.get(edge.to)?.some(({ from, kind }) => from === edge.from && kind === edge.kind)) return;
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

/** As an item is called among the inputs of an attempt. */
const ITEM = '#item';

/** What of the attempts of a run goes into which within a step, by their places alone: no record names it. */
class Loops {
  private readonly bySegment = new Map<string, Succeeded[]>();
  /** Items, by the numbers of those around them and their own. */
  private readonly byItem = new Map<string, Succeeded[]>();
  /** Of an item the items of the loops in it. */
  private readonly inItems = new Map<Succeeded, Succeeded[]>();

  constructor(attempts: readonly Succeeded[]) {
    for (const attempt of attempts) {
      const { step, segment, index, within = [] } = attempt.start;
      if (within.length === 0) push(this.bySegment, `${step} ${segment}`, attempt);
      if (index === undefined) continue;
      push(this.byItem, `${step} ${[...within, index].join('.')}`, attempt);
    }
    for (const attempt of attempts) {
      const around = this.around(attempt);
      if (around) push(this.inItems, around, attempt);
    }
  }

  /** What made the list of which it is an item. */
  dividerOf({ start: { step, segment, index, within } }: Succeeded): Succeeded | undefined {
    if (index === undefined || within) return undefined;
    return this.bySegment.get(`${step} ${segment - 1}`)?.find(({ start }) => start.index === undefined);
  }

  /** The items whose results it was given, or had of a loop of its own. */
  returnedTo(attempt: Succeeded): Succeeded[] {
    const { step, segment, index } = attempt.start;
    if (index !== undefined) return this.inItems.get(attempt) ?? [];
    const before = this.bySegment.get(`${step} ${segment - 1}`) ?? [];
    return before.filter(({ start }) => start.index !== undefined);
  }

  /** The item in whose loop it is an item: of those that have the numbers the one that was at work then. */
  private around({ start: { step, within, created } }: Succeeded): Succeeded | undefined {
    return this.byItem
      .get(`${step} ${(within ?? []).join('.')}`)
      ?.find(({ start, end }) => start.created <= created && created <= end.ended);
  }
}

function push<K, T>(lists: Map<K, T[]>, key: K, value: T): void {
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
