/** Boxes and arrows as React Flow takes them. */
import { MarkerType, Position } from '@xyflow/react';
import type { Pipeline, StepRun } from '@tagflow/schema';
import { huesOf } from '../parts/colours.js';
import type { FlowEdge } from './edge.js';
import type { Graph } from './graph.js';
import type { Layout } from './layout.js';
import type { StepNode } from './node.js';
import { staleText } from '../stale.js';
import type { PipelineState } from '../state.js';
import { stepDetail, stepLine } from '../run/stepwords.js';

const ARROW = { type: MarkerType.ArrowClosed, width: 16, height: 16, color: 'var(--tf-arrow)' };

/** A box of a lineage has no cells that could be counted. */
function cellsText(count: number): string {
  if (count === 0) return '';
  return count === 1 ? '1 cell' : `${count} cells`;
}

function counted(count: number, word: string): string[] {
  return count === 0 ? [] : [count === 1 ? `1 ${word}` : `${count} ${word}s`];
}

/** How many errors and warnings each step has. */
function problemsOf({ cells, diagnostics }: Pipeline): Map<string, { error: number; warning: number }> {
  const stepOf = new Map(cells.map(({ id, step }) => [id, step]));
  const problems = new Map<string, { error: number; warning: number }>();
  for (const { cell, severity } of diagnostics) {
    const step = cell === undefined ? undefined : stepOf.get(cell);
    if (step === undefined || severity === 'info') continue;
    const own = problems.get(step) ?? { error: 0, warning: 0 };
    own[severity]++;
    problems.set(step, own);
  }
  return problems;
}

export interface Shown {
  pipeline: Pipeline;
  graph: Graph;
  layout: Layout;
  /** By step; empty when no run is shown. */
  runs: ReadonlyMap<string, StepRun>;
  stale: PipelineState['stale'];
  selected: string | null;
  /** Whether Tab leads to this box; arrow keys lead on from there. */
  isEntry: (step: string) => boolean;
  /** Milliseconds. */
  now: number;
}

export function boxesOf({ pipeline, graph, layout, runs, stale, selected, isEntry, now }: Shown): StepNode[] {
  const hues = huesOf(pipeline.steps.map(({ name }) => name));
  const problems = problemsOf(pipeline);
  return graph.nodes.map(({ id, width, height }, index) => {
    const step = pipeline.steps[index]!;
    const run = runs.get(id);
    const { error: errors, warning: warnings } = problems.get(id) ?? { error: 0, warning: 0 };
    const cells = cellsText(step.cells.length);
    const reasons = stale?.get(id);
    const why = reasons ? staleText(reasons) : null;
    const detail = run ? stepDetail(run, now) : cells;
    return {
      id,
      type: 'step',
      position: layout.nodes.get(id) ?? { x: 0, y: 0 },
      width,
      height,
      handles: handlesOf(width, height),
      selected: id === selected,
      ariaRole: 'button',
      ariaLabel: [
        `Step ${id}`,
        ...(run ? [stepLine(run, now)] : cells === '' ? [] : [cells]),
        ...counted(errors, 'error'),
        ...counted(warnings, 'warning'),
        ...(why === null ? [] : [why]),
      ].join(', '),
      domAttributes: {
        'aria-roledescription': 'step',
        'aria-current': id === selected,
        tabIndex: isEntry(id) ? 0 : -1,
      },
      data: {
        hue: hues.get(id) ?? 0,
        detail,
        state: run?.state ?? null,
        stands: run?.cached !== undefined,
        stale: why,
        errors,
        warnings,
      },
    };
  });
}

/** Given and not measured: a box that is drawn anew while it is being measured would lose its arrows. */
function handlesOf(width: number, height: number): NonNullable<StepNode['handles']> {
  const middle = { x: width / 2, width: 1, height: 1 };
  return [
    { type: 'target', position: Position.Top, y: 0, ...middle },
    { type: 'source', position: Position.Bottom, y: height, ...middle },
  ];
}

export function arrowsOf(
  graph: Graph,
  layout: Layout,
  selected: string | null,
  entry: string | undefined,
): FlowEdge[] {
  return graph.edges.map((edge) => {
    const { points, label } = layout.edges.get(edge.id) ?? { points: [], label: { x: 0, y: 0 } };
    const lit = edge.from === selected || edge.to === selected;
    const inReach = edge.from === entry || edge.to === entry;
    return {
      id: edge.id,
      type: 'flow',
      source: edge.from,
      target: edge.to,
      markerEnd: ARROW,
      data: { edge, points, label, lit, inReach },
    };
  });
}
