/** Places the graph from top to bottom. */
import { placeColumns } from './columns.js';
import { orderLayers } from './crossings.js';
import type { Shape } from './graph.js';
import { type Item, layersOf } from './layers.js';

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
/** Between a layer of boxes and one of labels. */
const LAYER_GAP = 13;

/** Each group of linked boxes by itself; groups stand beside each other in rows, single boxes in rows below. */
export function layoutGraph({ nodes, edges }: Shape): Layout {
  const groups = groupsOf({ nodes, edges });
  const linked = groups.filter((group) => group.nodes.length > 1).map(layered);
  const single = groups.filter((group) => group.nodes.length === 1).map(layered);
  return joined([...inRows(linked), ...inRows(single)]);
}

/** What is linked, in whatever way. */
function groupsOf({ nodes, edges }: Shape): Shape[] {
  const near = new Map(nodes.map(({ id }): [string, string[]] => [id, []]));
  for (const { from, to } of edges) {
    near.get(from)!.push(to);
    near.get(to)!.push(from);
  }
  const groupOf = new Map<string, Shape>();
  const groups: Shape[] = [];
  for (const { id } of nodes) {
    if (groupOf.has(id)) continue;
    const group: Shape = { nodes: [], edges: [] };
    groups.push(group);
    const waiting = [id];
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      if (groupOf.has(one)) continue;
      groupOf.set(one, group);
      waiting.push(...near.get(one)!);
    }
  }
  for (const node of nodes) groupOf.get(node.id)!.nodes.push(node);
  for (const edge of edges) groupOf.get(edge.from)!.edges.push(edge);
  return groups;
}

/** Rows of drawings, each as wide as the widest of them may need. */
function inRows(drawings: readonly Layout[]): Layout[][] {
  const widest = Math.max(ROW_WIDTH, ...drawings.map(({ size }) => size.width));
  const rows: Layout[][] = [];
  let width = Infinity;
  for (const drawing of drawings) {
    width += GAP + drawing.size.width;
    if (width > widest) {
      rows.push([]);
      width = drawing.size.width;
    }
    rows.at(-1)!.push(drawing);
  }
  return rows;
}

function joined(rows: readonly Layout[][]): Layout {
  const nodes = new Map<string, Point>();
  const edges = new Map<string, { points: Point[]; label: Point }>();
  const size = { width: 0, height: 0 };
  let y = MARGIN;
  for (const row of rows) {
    let x = MARGIN;
    for (const drawing of row) {
      const moved = (point: Point): Point => ({ x: point.x + x, y: point.y + y });
      for (const [id, corner] of drawing.nodes) nodes.set(id, moved(corner));
      for (const [id, { points, label }] of drawing.edges)
        edges.set(id, { points: points.map(moved), label: moved(label) });
      x += drawing.size.width + GAP;
    }
    size.width = Math.max(size.width, x - GAP + MARGIN);
    y += Math.max(...row.map((drawing) => drawing.size.height)) + GAP;
    size.height = y - GAP + MARGIN;
  }
  return { nodes, edges, size };
}

/** Without margins. */
function layered(graph: Shape): Layout {
  const { layers, boxes, ways } = layersOf(graph);
  orderLayers(layers);
  placeColumns(layers);
  const all = layers.flat();
  const left = Math.min(...all.map(({ x, width }) => x - width / 2));
  const right = Math.max(...all.map(({ x, width }) => x + width / 2));
  const { middles, height } = rowsOf(layers);
  const at = (item: Item): Point => ({ x: item.x - left, y: middles[item.layer]! });
  const boxOf = (id: string): Box => ({ ...boxes.get(id)!, ...at(boxes.get(id)!) });
  const corner = (box: Box): Point => ({ x: box.x - box.width / 2, y: box.y - box.height / 2 });
  return {
    nodes: new Map(graph.nodes.map(({ id }) => [id, corner(boxOf(id))])),
    edges: new Map(
      graph.edges.map(({ id, from, to }) => {
        const { items, label } = ways.get(id)!;
        const points = between(boxOf(from), items.map(at), boxOf(to));
        return [id, { points, label: label ? at(label) : points[0]! }];
      }),
    ),
    size: { width: right - left, height },
  };
}

/** The middles of the layers, one below the other. */
function rowsOf(layers: readonly Item[][]): { middles: number[]; height: number } {
  const middles: number[] = [];
  let y = 0;
  for (const layer of layers) {
    const height = Math.max(...layer.map((item) => item.height));
    middles.push(y + height / 2);
    y += height + LAYER_GAP;
  }
  return { middles, height: y - LAYER_GAP };
}

/** From the lower side of a box over the bends to the upper side of another */
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
