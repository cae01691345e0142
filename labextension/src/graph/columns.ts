/** Places the items of each layer, in their order, so that arrows are straight and boxes stand among their neighbours. */
import type { Item } from './layers.js';

/** Pixels between boxes, and between what belongs to arrows. */
const GAP = { box: 28, arrow: 14 };
/** How much a link counts: long arrows are to be straight, and short ones rather than their ends. */
const WEIGHT = { inside: 8, short: 2, end: 1 };
const ROUNDS = 24;
/** Pixels by which a box is moved to make an arrow straight. */
const NEAR = 14;

export function placeColumns(layers: readonly Item[][]): void {
  for (const layer of layers) pack(layer);
  for (let round = 0; round < ROUNDS; round++) {
    for (const layer of round % 2 === 0 ? layers : [...layers].reverse()) settle(layer);
  }
  straighten(layers);
}

function distance(left: Item, right: Item): number {
  const gap = (item: Item): number => (item.isBox ? GAP.box : GAP.arrow);
  return (left.width + right.width + gap(left) + gap(right)) / 2;
}

function pack(layer: readonly Item[]): void {
  let x = 0;
  layer.forEach((item, i) => {
    if (i > 0) x += distance(layer[i - 1]!, item);
    item.x = x;
  });
  for (const item of layer) item.x -= x / 2;
}

function weightOf(item: Item, other: Item): number {
  if (!item.isBox && !other.isBox) return WEIGHT.inside;
  const passing = item.isBox ? other : item;
  return passing.up[0]!.isBox && passing.down[0]!.isBox ? WEIGHT.short : WEIGHT.end;
}

interface Block {
  /** Where its first item would be best, and how much that counts. */
  x: number;
  weight: number;
  count: number;
}

/**
 * Moves each item of a layer to the mean of its neighbours above or below, as near as the others let it. Items that would
 * come too near to each other become a block, which goes where it is best for all of them: the least squares.
 */
function settle(layer: readonly Item[]): void {
  const blocks: Block[] = [];
  const offsets: number[] = [];
  layer.forEach((item, i) => {
    offsets.push(i === 0 ? 0 : offsets[i - 1]! + distance(layer[i - 1]!, item));
    let sum = 0;
    let weight = 0;
    for (const other of [...item.up, ...item.down]) {
      const one = weightOf(item, other);
      sum += one * other.x;
      weight += one;
    }
    const wanted = weight > 0 ? sum / weight : item.x;
    let block: Block = { x: wanted - offsets[i]!, weight: weight || 1, count: 1 };
    for (let last = blocks.at(-1); last && last.x > block.x; last = blocks.at(-1)) {
      const both = last.weight + block.weight;
      const x = (last.x * last.weight + block.x * block.weight) / both;
      block = { x, weight: both, count: last.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  });
  let i = 0;
  for (const { x, count } of blocks) for (let k = 0; k < count; k++, i++) layer[i]!.x = x + offsets[i]!;
}

/** What is nearly straight becomes straight, where there is room. */
function straighten(layers: readonly Item[][]): void {
  for (const layer of layers)
    for (const item of layer) {
      if (item.isBox || !item.up[0]!.isBox) continue;
      const way = [item];
      for (let next = item.down[0]!; !next.isBox; next = next.down[0]!) way.push(next);
      const ends = [item.up[0]!.x, way.at(-1)!.down[0]!.x];
      const mean = way.reduce((sum, { x }) => sum + x, 0) / way.length;
      const aim = ends.find((x) => Math.abs(x - mean) < NEAR) ?? mean;
      moveTo(way, aim, layers);
    }
  for (const layer of layers)
    for (const item of layer) {
      const [nearest] = [...item.up, ...item.down].sort(
        (a, b) => Math.abs(a.x - item.x) - Math.abs(b.x - item.x),
      );
      if (item.isBox && nearest && Math.abs(nearest.x - item.x) < NEAR) moveTo([item], nearest.x, layers);
    }
}

function moveTo(items: readonly Item[], aim: number, layers: readonly Item[][]): void {
  let least = -Infinity;
  let most = Infinity;
  for (const item of items) {
    const layer = layers[item.layer]!;
    const [left, right] = [layer[item.place - 1], layer[item.place + 1]];
    if (left) least = Math.max(least, left.x + distance(left, item));
    if (right) most = Math.min(most, right.x - distance(item, right));
  }
  if (least > most) return;
  for (const item of items) item.x = Math.min(most, Math.max(least, aim));
}
