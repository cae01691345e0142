/** Where an artifact came from and what came of it, among the attempts that are given. Pure. */
import type { Lineage, LineageEdge, LineageNode } from '@tagflow/schema';
import type { AttemptRecord } from './state.js';

/** The artifacts that led to a digest and those that were made with it, over any number of steps. */
export function deriveLineage(digest: string, attempts: readonly AttemptRecord[]): Lineage {
  const succeeded = attempts.filter(({ end }) => end?.state === 'succeeded');
  const all = succeeded.flatMap(edgesOf);
  const edges = [...reach(digest, all, 'to', 'from'), ...reach(digest, all, 'from', 'to')];
  const met = new Set([digest, ...edges.flatMap((edge) => [edge.from, edge.to])]);
  return { of: digest, nodes: succeeded.flatMap(nodesOf).filter((node) => met.has(node.digest)), edges };
}

function edgesOf({ start, end }: AttemptRecord): LineageEdge[] {
  const inputs = [...new Set(Object.values(start.inputs))];
  return inputs.flatMap((from) =>
    (end?.outputs ?? []).map((output) => ({ from, to: output.digest, run: start.run, step: start.step })),
  );
}

function nodesOf({ start, end }: AttemptRecord): LineageNode[] {
  return (end?.outputs ?? []).map(({ digest, name, type }) => ({
    digest,
    name,
    type,
    run: start.run,
    step: start.step,
  }));
}

/** Edges that are met on all ways from a digest in one direction. */
function reach(
  digest: string,
  edges: readonly LineageEdge[],
  near: 'from' | 'to',
  far: 'from' | 'to',
): LineageEdge[] {
  const found = new Set<LineageEdge>();
  const queue = [digest];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const edge of edges) {
      if (edge[near] !== next || found.has(edge)) continue;
      found.add(edge);
      queue.push(edge[far]);
    }
  }
  return [...found];
}
