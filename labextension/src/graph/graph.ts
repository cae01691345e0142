/** The pipeline as it is drawn: boxes and arrows with their sizes in pixels. */
import { edgesOf, type Edge, type Pipeline } from '@tagflow/schema';

export interface GraphNode {
  id: string;
  width: number;
  height: number;
}

export interface GraphEdge extends Edge {
  id: string;
  /** The names that the label shows, at most `SHOWN_NAMES`. */
  names: string[];
  /** How many names it does not show. */
  more: number;
  width: number;
  height: number;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

const NODE_HEIGHT = 46;
/** The least leaves room for the time that a step took; one with a loop counts its items beside it. */
const NODE_WIDTH = { least: 130, loop: 168, most: 260 };
const LINE = 15;
const SHOWN_NAMES = 4;
/** Mean width of a character in the node's and in the label's font; a little too much rather than too little. */
const WIDE = 7.6;
const NARROW = 7.1;

export function graphOf(pipeline: Pick<Pipeline, 'steps'>): Graph {
  return {
    nodes: pipeline.steps.map(({ name, programs }) => {
      const least = programs.some(({ kind }) => kind === 'body') ? NODE_WIDTH.loop : NODE_WIDTH.least;
      return { id: name, width: clamp(name.length * WIDE + 62, least, NODE_WIDTH.most), height: NODE_HEIGHT };
    }),
    edges: edgesOf(pipeline).map(edgeOf),
  };
}

function edgeOf(edge: Edge): GraphEdge {
  const all = edge.values.map(({ name }) => name);
  const names = all.length > SHOWN_NAMES ? all.slice(0, SHOWN_NAMES - 1) : all;
  const more = all.length - names.length;
  const lines = names.length + (more > 0 ? 1 : 0);
  const longest = Math.max(0, ...names.map((name) => name.length), more > 0 ? 7 : 0);
  return {
    ...edge,
    id: `${edge.from}→${edge.to}`,
    names,
    more,
    width: lines === 0 ? 0 : clamp(longest * NARROW + 16, 30, 180),
    height: lines === 0 ? 0 : lines * LINE + 8,
  };
}

/** What a layout depends on: as long as it stays the same, nothing moves. */
export interface Shape {
  nodes: GraphNode[];
  edges: Pick<GraphEdge, 'id' | 'from' | 'to' | 'width' | 'height'>[];
}

export function shapeOf({ nodes, edges }: Graph): Shape {
  return { nodes, edges: edges.map(({ id, from, to, width, height }) => ({ id, from, to, width, height })) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, value)));
}
