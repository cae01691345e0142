/** Orders the items of each layer so that few arrows cross. */
import type { Item } from './layers.js';

/** After so many rounds that were no better the best one counts. */
const PATIENCE = 4;

export function orderLayers(layers: Item[][]): void {
  let best = layers.map((layer) => [...layer]);
  let least = crossings(layers);
  for (let round = 0, since = 0; since < PATIENCE && least > 0; round++, since++) {
    const isDown = round % 2 === 1;
    const isRight = round % 4 >= 2;
    for (const layer of isDown ? layers : [...layers].reverse()) sortLayer(layer, isDown, isRight);
    const count = crossings(layers);
    if (count < least) since = -1;
    if (count <= least) best = layers.map((layer) => [...layer]);
    least = Math.min(count, least);
  }
  best.forEach((layer, i) => {
    layers[i] = layer;
    layer.forEach((item, place) => (item.place = place));
  });
}

/** By the mean place of what each is linked to above, or below; what is linked to nothing there stays. */
function sortLayer(layer: Item[], isDown: boolean, isRight: boolean): void {
  const linked: { item: Item; mean: number }[] = [];
  const loose: Item[] = [];
  for (const item of layer) {
    const others = isDown ? item.up : item.down;
    if (others.length === 0) loose.push(item);
    else linked.push({ item, mean: others.reduce((sum, { place }) => sum + place, 0) / others.length });
  }
  const turn = isRight ? -1 : 1;
  linked.sort((a, b) => a.mean - b.mean || turn * (a.item.place - b.item.place));
  const sorted = linked.map(({ item }) => item);
  for (const item of loose) sorted.splice(item.place, 0, item);
  sorted.forEach((item, place) => {
    layer[place] = item;
    item.place = place;
  });
}

function crossings(layers: readonly Item[][]): number {
  let count = 0;
  for (let i = 1; i < layers.length; i++) count += crossingsBetween(layers[i - 1]!, layers[i]!.length);
  return count;
}

/**
 * Counts the crossings of two layers with sums in a tree.
 * @see Barth, Mutzel, Jünger: Simple and Efficient Bilayer Cross Counting, 2004
 */
function crossingsBetween(upper: readonly Item[], size: number): number {
  let first = 1;
  while (first < size) first *= 2;
  const sums = new Int32Array(2 * first);
  let count = 0;
  for (const { down } of upper) {
    for (const { place } of [...down].sort((a, b) => a.place - b.place)) {
      let at = first + place;
      sums[at]!++;
      for (; at > 1; at >>= 1) {
        if (at % 2 === 0) count += sums[at + 1]!;
        sums[at >> 1]!++;
      }
    }
  }
  return count;
}
