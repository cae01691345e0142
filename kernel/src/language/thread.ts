/** The entry of the language thread: one live session, asked by messages (`Operations`). */
import { parentPort, workerData } from 'node:worker_threads';
import type { Ready, Reply, Request } from './messages.js';
import { loadTypeScript } from './typescript-cache.js';

/** How long the thread must have had nothing to do before it writes the code cache, in milliseconds. */
const IDLE = 2000;

const { directory } = workerData as { directory: string };
const port = parentPort!;
const started = performance.now();
const keepCompiled = loadTypeScript();
// Only now, so that the compiler comes from the code cache.
const { createHandlers } = await import('./handlers.js');
const loaded = performance.now();
const { handlers, warmUp } = createHandlers(directory);
warmUp();

let idle: NodeJS.Timeout | undefined;
let queue = Promise.resolve();

port.on('message', (request: Request) => {
  clearTimeout(idle);
  queue = queue.then(() => answer(request)).then(rest);
});
const ready: Ready = { ready: true, load: loaded - started, warm: performance.now() - loaded };
port.postMessage(ready);
rest();

async function answer({ n, op, arg }: Request): Promise<void> {
  let reply: Reply;
  try {
    const handle = handlers[op] as (arg: unknown) => unknown;
    reply = { n, value: await handle(arg) };
  } catch (error) {
    reply = { n, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  port.postMessage(reply);
}

function rest(): void {
  idle = setTimeout(keepCompiled, IDLE);
  idle.unref();
}
