/** In which row each box of a graph stands: below all that leads to it, and with arrows that are short altogether. */
import type { Shape } from './graph.js';

interface Links {
  up: string[];
  down: string[];
}

export interface Ranks {
  rows: ReadonlyMap<string, number>;
  /** Edges that would lead upwards, since they close a circle. */
  backward: ReadonlySet<string>;
}

export function ranksOf({ nodes, edges }: Shape): Ranks {
  const { order, backward } = sorted({ nodes, edges });
  const links = new Map(nodes.map(({ id }): [string, Links] => [id, { up: [], down: [] }]));
  for (const { id, from, to } of edges) {
    if (from === to) continue;
    const [upper, lower] = backward.has(id) ? [to, from] : [from, to];
    links.get(upper)!.down.push(lower);
    links.get(lower)!.up.push(upper);
  }
  const rows = new Map<string, number>();
  const lowestAbove = (id: string): number => Math.max(-1, ...links.get(id)!.up.map((one) => rows.get(one)!));
  const highestBelow = (id: string): number => Math.min(...links.get(id)!.down.map((one) => rows.get(one)!));
  for (const id of order) rows.set(id, lowestAbove(id) + 1);
  // As low as can be where more arrows lead on than come in; then up again where no arrow gets longer by it.
  for (const id of [...order].reverse()) {
    const { up, down } = links.get(id)!;
    if (down.length > 0 && down.length >= up.length) rows.set(id, highestBelow(id) - 1);
  }
  for (const id of order) {
    const { up, down } = links.get(id)!;
    if (up.length > 0 && up.length >= down.length) rows.set(id, lowestAbove(id) + 1);
  }
  const first = Math.min(...rows.values());
  for (const [id, row] of rows) rows.set(id, row - first);
  return { rows, backward };
}

/** Each box after all that lead to it, as far as there are no circles. */
function sorted({ nodes, edges }: Shape): { order: string[]; backward: Set<string> } {
  const out = new Map(nodes.map(({ id }): [string, { id: string; to: string }[]] => [id, []]));
  for (const { id, from, to } of edges) if (from !== to) out.get(from)!.push({ id, to });
  const order: string[] = [];
  const backward = new Set<string>();
  const state = new Map<string, 'open' | 'done'>();
  for (const { id } of nodes) {
    if (state.has(id)) continue;
    // A chain may be longer than calls can be nested.
    const path = [{ id, next: 0 }];
    state.set(id, 'open');
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const edge = out.get(top.id)![top.next++];
      if (!edge) {
        state.set(top.id, 'done');
        order.push(top.id);
        path.pop();
      } else if (state.get(edge.to) === 'open') backward.add(edge.id);
      else if (!state.has(edge.to)) {
        state.set(edge.to, 'open');
        path.push({ id: edge.to, next: 0 });
      }
    }
  }
  return { order: order.reverse(), backward };
}
