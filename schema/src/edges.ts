/** Edges are derived: a step says what it consumes and produces, and nothing else is stored. */
import type { Pipeline, Step } from './generated/types.js';

/** One arrow of the DAG with the values that flow along it; none when it only orders (`after`). */
export interface Edge {
  from: string;
  to: string;
  values: { name: string; type: string }[];
}

/** The arrows of the DAG, in notebook order of their ends. */
export function edgesOf(pipeline: Pick<Pipeline, 'steps'>): Edge[] {
  const steps = new Map(pipeline.steps.map((step) => [step.name, step]));
  return pipeline.steps.flatMap((step) => edgesInto(step, steps));
}

function edgesInto(step: Step, steps: Map<string, Step>): Edge[] {
  const edges = new Map<string, Edge>();
  const edge = (from: string): Edge => {
    const known = edges.get(from) ?? { from, to: step.name, values: [] };
    edges.set(from, known);
    return known;
  };
  for (const input of step.consumes) {
    if (input.from === undefined) continue;
    const output = steps.get(input.from)?.produces.find((o) => o.variable === input.variable);
    edge(input.from).values.push({ name: input.name, type: output?.type ?? 'unknown' });
  }
  for (const name of step.after) if (steps.has(name)) edge(name);
  return [...edges.values()];
}
