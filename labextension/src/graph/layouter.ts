/** Lays large graphs out in a thread of their own, so that who types meanwhile is not held up. */
import type { Shape } from './graph.js';
import { layoutGraph, type Layout } from './layout.js';

/** Boxes; fewer are laid out in a moment. */
const LARGE = 20;

export function isLarge({ nodes }: Shape): boolean {
  return nodes.length > LARGE;
}

/** One graph after the other; null for one that is moot when its turn comes. */
export function layoutAside(shape: Shape, isMoot: () => boolean): Promise<Layout | null> {
  const turn = last.then(() => (isMoot() ? null : ask(shape)));
  // A graph that cannot be laid out keeps no other from it.
  last = turn.catch(() => undefined);
  return turn;
}

let last: Promise<unknown> = Promise.resolve();
/** Null where the page may not start one. */
let thread: Worker | null | undefined;

async function ask(shape: Shape): Promise<Layout> {
  try {
    if (thread === undefined) thread = new Worker(new URL('./layoutworker.js', import.meta.url));
    if (thread) return await answer(thread, shape);
  } catch {
    thread = null;
  }
  return layoutGraph(shape);
}

function answer(worker: Worker, shape: Shape): Promise<Layout> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('The thread cannot lay it out.'));
    worker.onmessage = ({ data }: MessageEvent<Layout | null>) => (data ? resolve(data) : fail());
    worker.onerror = fail;
    worker.postMessage(shape);
  });
}
