/** Lays graphs out in a thread of its own, one after the other. */
import type { Shape } from './graph.js';

self.onmessage = ({ data }: MessageEvent<Shape>): void => {
  import('./layout.js')
    .then(({ layoutGraph }) => self.postMessage(layoutGraph(data)))
    // It may be gone since the page was loaded: the page lays it out by itself.
    .catch(() => self.postMessage(null));
};
