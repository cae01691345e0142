/** Places the graph from top to bottom, with dagre. */
import * as dagre from '@dagrejs/dagre';
import type { GraphNode, Shape } from './graph.js';

export interface Point {
  x: number;
  y: number;
}

/** Positions in pixels: upper left corners of nodes, ways and label centres of edges. */
export interface Layout {
  nodes: ReadonlyMap<string, Point>;
  edges: ReadonlyMap<string, { points: readonly Point[]; label: Point }>;
  /** Of the whole drawing, labels and bends included; its upper left corner is the origin. */
  size: { width: number; height: number };
}

type Box = Point & { width: number; height: number };

/** How near to a node's corner an arrow may begin or end. */
const CORNER = 18;

const MARGIN = 8;
const GAP = 28;
const ROW_WIDTH = 480;
/** With more boxes than this, arrows may be a little longer: making them as short as can be takes a third of the time. */
const MANY = 100;

export function layoutGraph({ nodes, edges }: Shape): Layout {
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const layout = layered({ nodes: nodes.filter(({ id }) => linked.has(id)), edges });
  return withRows(
    layout,
    nodes.filter(({ id }) => !linked.has(id)),
  );
}

/** Adds steps without any link in rows below, where dagre would make one long row of them. */
function withRows(layout: Layout, loose: readonly GraphNode[]): Layout {
  const nodes = new Map(layout.nodes);
  const widest = Math.max(ROW_WIDTH, layout.size.width);
  const end = { x: MARGIN, y: Math.max(MARGIN, layout.size.height) };
  let { width, height } = layout.size;
  for (const { id, width: own, height: tall } of loose) {
    if (end.x > MARGIN && end.x + own + MARGIN > widest) {
      end.x = MARGIN;
      end.y += tall + GAP;
    }
    nodes.set(id, { ...end });
    end.x += own + GAP;
    width = Math.max(width, end.x - GAP + MARGIN);
    height = Math.max(height, end.y + tall + MARGIN);
  }
  return { nodes, edges: layout.edges, size: { width, height } };
}

function layered(graph: Shape): Layout {
  if (graph.nodes.length === 0) return { nodes: new Map(), edges: new Map(), size: { width: 0, height: 0 } };
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({
    rankdir: 'TB',
    nodesep: GAP,
    ranksep: 26,
    edgesep: 14,
    marginx: MARGIN,
    marginy: MARGIN,
    ranker: graph.nodes.length > MANY ? 'tight-tree' : 'network-simplex',
  });
  for (const { id, width, height } of graph.nodes) drawing.setNode(id, { width, height });
  for (const edge of graph.edges) {
    const { width, height } = edge;
    drawing.setEdge(edge.from, edge.to, { width, height, labelpos: 'c' }, edge.id);
  }
  dagre.layout(drawing);
  const box = (id: string): Box => drawing.node(id) as Box;
  const { width = 0, height = 0 } = drawing.graph() as { width?: number; height?: number };
  return {
    nodes: new Map(
      graph.nodes.map(({ id }) => [
        id,
        { x: box(id).x - box(id).width / 2, y: box(id).y - box(id).height / 2 },
      ]),
    ),
    edges: new Map(
      graph.edges.map((edge) => {
        const placed = drawing.edge(edge.from, edge.to, edge.id) as Point & { points: Point[] };
        const points = between(box(edge.from), placed.points.slice(1, -1), box(edge.to));
        return [edge.id, { points, label: { x: placed.x, y: placed.y } }];
      }),
    ),
    size: { width, height },
  };
}

/** From the lower side of a box over the bends to the upper side of another: dagre would end at any side. */
function between(from: Box, bends: readonly Point[], to: Box): Point[] {
  const start = { x: within(from, bends[0] ?? to), y: from.y + from.height / 2 };
  const end = { x: within(to, bends.at(-1) ?? from), y: to.y - to.height / 2 };
  return [start, ...bends, end];
}

function within(box: Box, aim: Point): number {
  const reach = Math.max(0, box.width / 2 - CORNER);
  return Math.min(box.x + reach, Math.max(box.x - reach, aim.x));
}

/** An SVG path through the points, smooth at the bends and straight down into the last. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${xy(first)}`;
  let from = first;
  for (const to of rest) {
    const bend = (to.y - from.y) / 2;
    path += ` C${xy({ x: from.x, y: from.y + bend })} ${xy({ x: to.x, y: to.y - bend })} ${xy(to)}`;
    from = to;
  }
  return path;
}

function xy({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
