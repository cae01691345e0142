/** How large a pipeline may be as a Workflow. */
import type { Pipeline, Step } from '@tagflow/schema';

/** Argo keeps a record of each node of a run in one object of the cluster, which holds about 1.5 MB. */
const MOST_NODES = 1000;
/** A pod is two: each attempt, and what they have in common. */
const POD = 2;

/** Into how many pods a loop may be divided at most, so that a run with all its loops stays within what Argo bears. */
export function chunksOf(pipeline: Pipeline): number {
  const loops = pipeline.steps.flatMap(({ programs }) => programs.filter(({ kind }) => kind === 'body'));
  const rest = MOST_NODES - fixedNodes(pipeline);
  return Math.max(1, Math.floor(rest / POD / Math.max(1, loops.length)));
}

/** Nodes of a run whose loops have no items: the whole, its end, and what is of the steps. */
export function fixedNodes({ steps }: Pick<Pipeline, 'steps'>): number {
  return 1 + POD + steps.reduce((sum, step) => sum + stepNodes(step), 0);
}

function stepNodes({ programs }: Step): number {
  if (programs.length === 1) return POD;
  const counts = programs.map(({ kind }) => ({ nested: 0, body: 1 })[kind as string] ?? POD);
  return 1 + counts.reduce((sum, count) => sum + count, 0);
}
