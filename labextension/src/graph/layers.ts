/** A graph cut into layers: boxes and labels by turns. What passes a layer has a place in it too. */
import type { Shape } from './graph.js';
import { ranksOf } from './ranks.js';

/** A box, the label of an arrow, or where an arrow passes. */
export interface Item {
  width: number;
  height: number;
  /** Arrows keep less distance than boxes. */
  isBox: boolean;
  layer: number;
  /** Place in its layer, from the left. */
  place: number;
  /** Middle, in pixels. */
  x: number;
  up: Item[];
  down: Item[];
}

export interface Layers {
  layers: Item[][];
  boxes: ReadonlyMap<string, Item>;
  /** By edge: the items on its way, from where it begins, and the one that holds its label. */
  ways: ReadonlyMap<string, { items: Item[]; label: Item | undefined }>;
}

/** @param shape one whose boxes are all linked, in some way */
export function layersOf({ nodes, edges }: Shape): Layers {
  const { rows, backward } = ranksOf({ nodes, edges });
  const boxes = new Map<string, Item>();
  for (const { id, width, height } of nodes) boxes.set(id, item(2 * rows.get(id)!, width, height, true));
  const ways = new Map<string, { items: Item[]; label: Item | undefined }>();
  for (const { id, from, to, width, height } of edges) {
    const [upper, lower] = backward.has(id) ? [to, from] : [from, to];
    const [first, last] = [boxes.get(upper)!, boxes.get(lower)!];
    const items: Item[] = [];
    for (let layer = first.layer + 1; layer < last.layer; layer++) items.push(item(layer, 0, 0, false));
    // Labels stand in the layers between those of boxes.
    const span = (last.layer - first.layer) / 2;
    const label = items[span % 2 === 1 ? span - 1 : span - 2];
    if (label) Object.assign(label, { width, height });
    let above = first;
    for (const each of [...items, ...(items.length > 0 ? [last] : [])]) {
      above.down.push(each);
      each.up.push(above);
      above = each;
    }
    ways.set(id, { items: backward.has(id) ? [...items].reverse() : items, label });
  }
  return { layers: inOrder([...boxes.values()]), boxes, ways };
}

function item(layer: number, width: number, height: number, isBox: boolean): Item {
  return { width, height, isBox, layer, place: 0, x: 0, up: [], down: [] };
}

/** A first order in which what belongs together stands together: everything follows what leads to it. */
function inOrder(boxes: readonly Item[]): Item[][] {
  const layers: Item[][] = [];
  const seen = new Set<Item>();
  for (const box of [...boxes].sort((a, b) => a.layer - b.layer)) {
    const waiting = [box];
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      if (seen.has(one)) continue;
      seen.add(one);
      const layer = (layers[one.layer] ??= []);
      one.place = layer.push(one) - 1;
      for (let i = one.down.length - 1; i >= 0; i--) waiting.push(one.down[i]!);
    }
  }
  return layers;
}
