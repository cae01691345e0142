/** The entry of the language thread: one live session, asked by messages (`Operations`). */
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from './service.js';
import { loadTypeScript } from './typescript-cache.js';

/** How long the thread must have had nothing to do before it writes the code cache, in milliseconds. */
const IDLE = 2000;

const { directory } = workerData as { directory: string };
const port = parentPort!;
const started = performance.now();
const keepCompiled = loadTypeScript();
// Only now, so that the compiler comes from the code cache.
const { createHandlers } = await import('./handlers.js');

let idle: NodeJS.Timeout | undefined;
serve(
  createHandlers(directory),
  {
    post: (message) => port.postMessage(message),
    listen: (listener) => void port.on('message', listener),
  },
  {
    load: performance.now() - started,
    rest() {
      clearTimeout(idle);
      idle = setTimeout(keepCompiled, IDLE);
      idle.unref();
    },
  },
);
