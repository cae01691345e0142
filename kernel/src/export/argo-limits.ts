/** How large a pipeline may be as a Workflow: Argo keeps all of a run in one object of the cluster. */
import type { Pipeline, Step } from '@tagflow/schema';

/** Of a WorkflowTemplate, and of the tasks of a template: the CRDs of Argo 4 say so. */
export const MOST_TEMPLATES = 200;
/** Of a run. A record of each is kept in that object: 650 bytes, or 60 once Argo compresses them. */
export const MOST_NODES = 1000;
/** Of a WorkflowTemplate: a run has a copy of it beside those records, and Argo gives up above 1 MiB together. */
export const MOST_BYTES = 800_000;
/** Pods among which the items of a loop are divided at the least. */
const FEWEST_CHUNKS = 10;
/** Each attempt is a node, and what they have in common. */
const POD = 2;

/** What Kubernetes takes as a length of time: whole seconds, of 31 bits. */
export function secondsOf(milliseconds: number): number {
  return Math.min(Math.ceil(milliseconds / 1000), 2 ** 31 - 1);
}

/** Into how many pods each loop may be divided at most, so that a run of all of them stays within the limit. */
export function mostChunks(pipeline: Pick<Pipeline, 'steps'>): number {
  const rest = MOST_NODES - fixedNodes(pipeline);
  return Math.max(FEWEST_CHUNKS, Math.floor(rest / POD / Math.max(1, loopsOf(pipeline))));
}

/** Nodes of a run at most, retries apart. */
export function nodesOf(pipeline: Pick<Pipeline, 'steps'>): number {
  return fixedNodes(pipeline) + loopsOf(pipeline) * POD * mostChunks(pipeline);
}

/** Nodes of a run whose loops have no items: the whole, its end, which is not retried, and what there is of each step. */
function fixedNodes({ steps }: Pick<Pipeline, 'steps'>): number {
  return 2 + steps.reduce((sum, step) => sum + stepNodes(step), 0);
}

function stepNodes({ programs }: Step): number {
  if (programs.length === 1) return POD;
  const nodes = { nested: 0, body: 1, plain: POD, split: POD, join: POD, condition: POD, branch: POD };
  return 1 + programs.reduce((sum, { kind }) => sum + nodes[kind], 0);
}

function loopsOf({ steps }: Pick<Pipeline, 'steps'>): number {
  return steps.flatMap(({ programs }) => programs).filter(({ kind }) => kind === 'body').length;
}
