/** The drawing of a pipeline. Loaded when first needed, with the graph libraries that it uses. */
import {
  Background,
  ControlButton,
  Controls,
  getViewportForBounds,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type NodeChange,
  type Viewport,
} from '@xyflow/react';
import type { Pipeline, StepRun } from '@tagflow/schema';
import { memo, useCallback, useEffect, useId, useMemo, useRef, useState, type RefObject } from 'react';
import { arrowsOf, boxesOf } from './boxes.js';
import { FlowArrow } from './edge.js';
import { graphOf, shapeOf, type Graph, type Shape } from './graph.js';
import { useKeys } from './keys.js';
import { layoutGraph, type Layout } from './layout.js';
import { isLarge, layoutAside } from './layouter.js';
import { StepBox, type StepNode } from './node.js';
import type { PipelineState } from '../state.js';

export interface DagProps {
  pipeline: Pipeline;
  /** By step; empty when no run is shown. */
  runs: ReadonlyMap<string, StepRun>;
  /** Reasons by step that would run again now. */
  stale: PipelineState['stale'];
  selected: string | null;
  onSelect: (step: string) => void;
  /** Milliseconds. */
  now: number;
}

const nodeTypes = { step: StepBox };
const edgeTypes = { flow: FlowArrow };
/** What is read out with a step. */
const HOW =
  'Enter chooses the step. The up and down arrow keys follow the arrows, left and right go through all steps.';
const ariaLabels = {
  'node.a11yDescription.default': HOW,
  'node.a11yDescription.keyboardDisabled': HOW,
};
/** Smaller than `least`, names cannot be read: then only a part of the drawing is shown, from its beginning. */
const ZOOM = { least: 0.55, most: 1, padding: 0.04 };
/** With more boxes than this, those that are out of sight are left out; the list of steps has all. */
const MANY = 60;

/** Of all that changes in the panel, it is drawn anew for its own alone. */
export default memo(function Dag(props: DagProps): JSX.Element {
  return (
    <ReactFlowProvider>
      <LaidOut {...props} />
    </ReactFlowProvider>
  );
});

/** Until the layout of a new shape is there, what was drawn before stays. */
function LaidOut(props: DagProps): JSX.Element | null {
  const { pipeline } = props;
  const graph = useMemo(() => graphOf(pipeline), [pipeline]);
  const layout = useLayout(graph);
  const [kept] = useState<{ before: Drawable | null }>({ before: null });
  const drawable = layout ? { pipeline, graph, layout } : kept.before;
  useEffect(() => {
    kept.before = drawable;
  });
  return drawable && <Drawing {...props} {...drawable} />;
}

interface Drawable {
  pipeline: Pipeline;
  graph: Graph;
  layout: Layout;
}

function Drawing(props: DagProps & Drawable): JSX.Element {
  const { pipeline, graph, layout, runs, stale, selected, onSelect, now } = props;
  const pane = useRef<HTMLDivElement>(null);
  const id = useId();
  const { moved, fit } = useSteadyView(pane, graph, layout);
  const reveal = useReveal(pane, graph, layout);
  useEffect(() => {
    if (selected !== null) reveal(selected);
    // Only a new selection moves the view.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);
  const { entry, onFocus, onKeyDown } = useKeys(pane, graph, layout, selected, reveal);
  const many = graph.nodes.length > MANY;
  const allNodes = useMemo(() => {
    // Of many boxes those out of sight are not there, perhaps the entry neither.
    const isEntry = (step: string): boolean => many || step === entry;
    return boxesOf({ pipeline, graph, layout, runs, stale, selected, isEntry, now });
  }, [pipeline, graph, layout, runs, stale, selected, many, entry, now]);
  const allEdges = useMemo(() => arrowsOf(graph, layout, selected, entry), [graph, layout, selected, entry]);
  const nodes = useKept(allNodes);
  const edges = useKept(allEdges);
  // A click on the selected step leads to its cell again; keys select by these changes alone.
  const select = (changes: NodeChange<StepNode>[]): void => {
    for (const change of changes) {
      if (change.type === 'select' && change.selected && change.id !== selected) onSelect(change.id);
    }
  };
  return (
    <div
      className="tf-Dag"
      ref={pane}
      data-lm-suppress-shortcuts="true"
      onFocus={onFocus}
      onKeyDown={onKeyDown}
    >
      <ReactFlow
        // Of its own: several drawings may be on the page, and what is in them refers to the other by ids.
        id={id}
        aria-label="Pipeline"
        ariaLabelConfig={ariaLabels}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={select}
        onNodeClick={(_, node) => node.selected && onSelect(node.id)}
        onMove={(event) => {
          // Only the user's own moves come with an event; from then on the view is theirs.
          if (event) moved.current = true;
        }}
        minZoom={0.1}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements={many}
      >
        <Background gap={18} size={1} />
        <Controls showInteractive={false} showFitView={false}>
          <ControlButton
            title="Show all"
            aria-label="Show all"
            onClick={() => {
              moved.current = false;
              fit(true);
            }}
          >
            <svg viewBox="0 0 16 16">
              <path d="M1 1h5v1.6H2.6V6H1zM10 1h5v5h-1.6V2.6H10zM1 10h1.6v3.4H6V15H1zM13.4 10H15v5h-5v-1.6h3.4z" />
            </svg>
          </ControlButton>
        </Controls>
      </ReactFlow>
    </div>
  );
}

/** The same objects for what looks the same: only what changed is drawn anew. */
function useKept<T extends { id: string }>(items: T[]): T[] {
  const [known] = useState(() => new Map<string, { text: string; item: T }>());
  return useMemo(
    () =>
      items.map((item) => {
        const text = JSON.stringify(item);
        const before = known.get(item.id);
        if (before?.text === text) return before.item;
        known.set(item.id, { text, item });
        return item;
      }),
    [items, known],
  );
}

/** A new layout only when the shape changes: a new type or state moves nothing. Null until a large one is there. */
function useLayout(graph: Graph): Layout | null {
  const key = useMemo(() => JSON.stringify(shapeOf(graph)), [graph]);
  const [aside, setAside] = useState<{ key: string; layout: Layout } | null>(null);
  const layout = useMemo(() => {
    const shape = JSON.parse(key) as Shape;
    return isLarge(shape) ? null : layoutGraph(shape);
  }, [key]);
  useEffect(() => {
    if (layout) return;
    let moot = false;
    void layoutAside(JSON.parse(key) as Shape, () => moot).then((laid) => {
      if (laid && !moot) setAside({ key, layout: laid });
    });
    return () => {
      moot = true;
    };
  }, [key, layout]);
  return layout ?? (aside?.key === key ? aside.layout : null);
}

/** Fits the drawing into the pane when either changes, unless the user has moved the view. */
function useSteadyView(
  pane: RefObject<HTMLDivElement>,
  graph: Graph,
  layout: Layout,
): { moved: { current: boolean }; fit: (slowly: boolean) => void } {
  const flow = useReactFlow();
  const moved = useRef(false);
  const { size } = layout;
  const beginning = beginningOf(graph, layout);
  const fitted = useRef({ width: 0, height: 0 });
  const fit = useCallback(
    (slowly: boolean): void => {
      const { width, height } = pane.current!.getBoundingClientRect();
      // A side bar that is hidden or still opening is 0 pixels wide.
      if (width === 0 || moved.current) return;
      fitted.current = { width, height };
      void flow.setViewport(viewOf(size, beginning, { width, height }), {
        duration: slowly && !calm() ? 200 : 0,
      });
    },
    [flow, pane, size, beginning],
  );
  useEffect(() => {
    fit(fitted.current.width > 0);
    const observer = new ResizeObserver(() => {
      // It also reports when it begins: that would cut the slow move short.
      const { width, height } = pane.current!.getBoundingClientRect();
      if (width !== fitted.current.width || height !== fitted.current.height) fit(false);
    });
    observer.observe(pane.current!);
    return () => observer.disconnect();
  }, [fit, pane]);
  return { moved, fit };
}

type Size = Layout['size'];

/** Where the middle of the uppermost box is, from the left. */
function beginningOf({ nodes }: Graph, layout: Layout): number {
  const placed = nodes.map(({ id, width }) => ({ width, ...layout.nodes.get(id)! }));
  const none = { x: 0, y: Infinity, width: 0 };
  const first = placed.reduce((upper, one) => (one.y < upper.y ? one : upper), none);
  return first.x + first.width / 2;
}

/** All of the drawing where that can be read, or else the part with its beginning, as wide as can be. */
function viewOf(drawing: Size, beginning: number, pane: Size): Viewport {
  const all = { x: 0, y: 0, ...drawing };
  const view = getViewportForBounds(all, pane.width, pane.height, 0, ZOOM.most, ZOOM.padding);
  if (view.zoom >= ZOOM.least) return view;
  const zoom = Math.min(
    ZOOM.most,
    Math.max(ZOOM.least, (pane.width * (1 - 2 * ZOOM.padding)) / drawing.width),
  );
  const rest = pane.width - drawing.width * zoom;
  const x = rest > 0 ? rest / 2 : Math.min(8, Math.max(rest - 8, pane.width / 2 - beginning * zoom));
  return { x, y: 8, zoom };
}

/** Moves the view to a step that stands outside it. */
function useReveal(pane: RefObject<HTMLDivElement>, graph: Graph, layout: Layout): (step: string) => void {
  const flow = useReactFlow();
  return (step) => {
    const at = layout.nodes.get(step);
    const size = graph.nodes.find(({ id }) => id === step);
    const box = pane.current?.getBoundingClientRect();
    if (!at || !size || !box || box.width === 0) return;
    const upper = flow.flowToScreenPosition(at);
    const lower = flow.flowToScreenPosition({ x: at.x + size.width, y: at.y + size.height });
    const inside = upper.x >= box.left && upper.y >= box.top && lower.x <= box.right && lower.y <= box.bottom;
    if (inside) return;
    const centre = { x: at.x + size.width / 2, y: at.y + size.height / 2 };
    void flow.setCenter(centre.x, centre.y, { zoom: flow.getZoom(), duration: calm() ? 0 : 200 });
  };
}

function calm(): boolean {
  return window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;
}
