/** Lays graphs out in a thread of its own, one after the other. */
import type { Shape } from './graph.js';

self.onmessage = ({ data }: MessageEvent<Shape>): void => {
  void import('./layout.js').then(({ layoutGraph }) => self.postMessage(layoutGraph(data)));
};
