/** A lineage as a graph that can be drawn, and as trees. Pure. */
import type { Lineage, LineageEdge, LineageNode, Pipeline, Step } from '@tagflow/schema';

/** What two questions have found, together. */
export function joined(known: Lineage, more: Lineage): Lineage {
  const byId = <T extends { id: string }>(all: readonly T[]): T[] => [
    ...new Map(all.map((each) => [each.id, each])).values(),
  ];
  const edges = new Map(
    [...known.edges, ...more.edges].map((edge) => [`${edge.from} ${edge.to} ${edge.kind}`, edge]),
  );
  const answered = new Set(more.nodes.filter((node) => !isNamed(node)).map(({ id }) => id));
  return {
    of: known.of,
    nodes: byId([...known.nodes, ...more.nodes]),
    edges: [...edges.values()],
    runs: byId([...known.runs, ...more.runs]),
    // What was asked for is not cut any more, unless the answer says so; nor is what cannot be asked for by a name.
    cut: [...new Set([...known.cut.filter((id) => id !== more.of && !answered.has(id)), ...more.cut])],
  };
}

/** What stands for a whole step, or for the items of a loop, has no name of its own. */
export function isNamed({ step, digest, type }: LineageNode): boolean {
  return step === undefined || digest !== undefined || type !== undefined;
}

/** What a node was made from (`from`), or what was made with it (`to`). */
export function neighbours(
  { nodes, edges }: Lineage,
  id: string,
  far: 'from' | 'to',
): { node: LineageNode; kind: LineageEdge['kind'] }[] {
  const near = far === 'from' ? 'to' : 'from';
  return edges.flatMap((edge) => {
    const node = edge[near] === id ? nodes.find((each) => each.id === edge[far]) : undefined;
    return node ? [{ node, kind: edge.kind }] : [];
  });
}

/** Where a box of the drawing leads. */
export interface Place {
  run: string;
  step?: string;
}

export interface DrawnLineage {
  pipeline: Pipeline;
  places: ReadonlyMap<string, Place>;
}

/** The steps on the way as boxes, the values between them as edges; a parameter is a box of its own. */
export function drawnLineage(lineage: Lineage, timeOf: (run: string) => string): DrawnLineage {
  const several = new Set(lineage.nodes.map(({ run }) => run)).size > 1;
  const nameOf = ({ run, step, name }: LineageNode): string =>
    `${step ?? `parameter ${name}`}${several ? ` · ${timeOf(run)}` : ''}`;
  const places = new Map<string, Place>();
  const steps = new Map<string, Step>();
  for (const node of lineage.nodes) {
    const name = nameOf(node);
    places.set(name, { run: node.run, ...(node.step === undefined ? {} : { step: node.step }) });
    const step = steps.get(name) ?? emptyStep(name);
    steps.set(name, step);
    if (!isNamed(node) || step.produces.some(({ variable }) => variable === node.id)) continue;
    step.produces.push({
      name: node.name,
      variable: node.id,
      type: node.type ?? JSON.stringify(node.value) ?? '',
      consumed: lineage.edges.some(({ from }) => from === node.id),
      cell: '',
    });
  }
  const byId = new Map(lineage.nodes.map((node) => [node.id, node]));
  for (const { from, to } of lineage.edges) {
    const [source, target] = [byId.get(from), byId.get(to)];
    if (!source || !target || nameOf(source) === nameOf(target)) continue;
    const { consumes } = steps.get(nameOf(target))!;
    if (!consumes.some(({ variable }) => variable === from))
      consumes.push({ name: source.name, variable: from, from: nameOf(source) });
  }
  return {
    pipeline: {
      format: 1,
      name: 'lineage',
      parameters: [],
      diagnostics: [],
      cells: [],
      steps: [...steps.values()],
    },
    places,
  };
}

function emptyStep(name: string): Step {
  return { name, cells: [], consumes: [], produces: [], after: [], settings: {}, programs: [] };
}
