/** The keys in the drawing: one stop of Tab for all steps, and arrow keys from one to the other. */
import { useState, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';
import type { Graph } from './graph.js';
import type { Layout } from './layout.js';

/**
 * The step to which a key leads from this one, or null if it leads nowhere. Up and down follow the arrows of the
 * drawing, to the nearest of several; left and right go through all steps as they stand in the notebook.
 */
export function stepAt(key: string, from: string, graph: Graph, layout: Layout): string | null {
  const ids = graph.nodes.map(({ id }) => id);
  const at = ids.indexOf(from);
  switch (key) {
    case 'ArrowLeft':
      return ids[at - 1] ?? null;
    case 'ArrowRight':
      return ids[at + 1] ?? null;
    case 'Home':
      return ids[0] ?? null;
    case 'End':
      return ids.at(-1) ?? null;
    case 'ArrowUp':
      return nearest(from, before(from, graph), graph, layout);
    case 'ArrowDown':
      return nearest(from, after(from, graph), graph, layout);
    default:
      return null;
  }
}

function before(id: string, { edges }: Graph): string[] {
  return edges.filter(({ to }) => to === id).map(({ from }) => from);
}

function after(id: string, { edges }: Graph): string[] {
  return edges.filter(({ from }) => from === id).map(({ to }) => to);
}

/** Nearest by rows first: an arrow may lead past many of them. */
function nearest(from: string, others: readonly string[], { nodes }: Graph, layout: Layout): string | null {
  const middle = (id: string): { x: number; y: number } => {
    const { x, y } = layout.nodes.get(id) ?? { x: 0, y: 0 };
    return { x: x + (nodes.find((node) => node.id === id)?.width ?? 0) / 2, y };
  };
  const here = middle(from);
  const ranked = others.map((id) => {
    const { x, y } = middle(id);
    return { id, rows: Math.abs(y - here.y), aside: Math.abs(x - here.x) };
  });
  ranked.sort((a, b) => a.rows - b.rows || a.aside - b.aside);
  return ranked[0]?.id ?? null;
}

interface Keys {
  /** The step to which Tab leads: the one that had the focus last, or else the selected one. */
  entry: string | undefined;
  onFocus: (event: FocusEvent) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** @param reveal moves the view to a step */
export function useKeys(
  pane: RefObject<HTMLDivElement>,
  graph: Graph,
  layout: Layout,
  selected: string | null,
  reveal: (step: string) => void,
): Keys {
  const [last, setLast] = useState<{ step: string; selected: string | null } | null>(null);
  const known = (step: string | null | undefined): boolean => graph.nodes.some(({ id }) => id === step);
  const focused = last?.selected === selected ? last.step : selected;
  const entry = known(focused) ? focused! : graph.nodes[0]?.id;
  return {
    entry,
    onFocus: ({ target }) => {
      const step = stepOf(target);
      if (step !== undefined) setLast({ step, selected });
    },
    onKeyDown: (event) => {
      const from = stepOf(event.target);
      const to = from === undefined ? null : stepAt(event.key, from, graph, layout);
      if (to === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      reveal(to);
      focusStep(pane.current!, to);
    },
  };
}

/** The step whose box this is. */
function stepOf(target: EventTarget): string | undefined {
  return target instanceof HTMLElement && target.matches('.react-flow__node')
    ? target.dataset['id']
    : undefined;
}

/** Frames that a box out of sight may take to be there. */
const FRAMES = 30;

function focusStep(pane: HTMLElement, step: string, frames = FRAMES): void {
  const box = pane.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(step)}"]`);
  if (box) box.focus();
  else if (frames > 0) requestAnimationFrame(() => focusStep(pane, step, frames - 1));
}
