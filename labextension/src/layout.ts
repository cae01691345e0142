/** Places the graph from top to bottom, with dagre. */
import * as dagre from '@dagrejs/dagre';
import type { Graph } from './graph.js';

export interface Point {
  x: number;
  y: number;
}

/** Positions in pixels: upper left corners of nodes, ways and label centres of edges. */
export interface Layout {
  nodes: ReadonlyMap<string, Point>;
  edges: ReadonlyMap<string, { points: readonly Point[]; label: Point }>;
}

export function layoutGraph(graph: Graph): Layout {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 26, edgesep: 14, marginx: 8, marginy: 8 });
  for (const { id, width, height } of graph.nodes) drawing.setNode(id, { width, height });
  for (const edge of graph.edges) {
    const { width, height } = edge;
    drawing.setEdge(edge.from, edge.to, { width, height, labelpos: 'c' }, edge.id);
  }
  dagre.layout(drawing);
  return {
    nodes: new Map(
      graph.nodes.map(({ id, width, height }) => {
        const { x, y } = drawing.node(id) as Point;
        return [id, { x: x - width / 2, y: y - height / 2 }];
      }),
    ),
    edges: new Map(
      graph.edges.map((edge) => {
        const placed = drawing.edge(edge.from, edge.to, edge.id) as Point & { points: Point[] };
        return [edge.id, { points: placed.points, label: { x: placed.x, y: placed.y } }];
      }),
    ),
  };
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
