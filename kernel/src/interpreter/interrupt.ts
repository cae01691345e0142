/** Stopping cells: by the event loop where it turns, else by the interrupt worker. */
import { Worker } from 'node:worker_threads';
import { runningCells } from './cell-context.js';
import { stopAsking } from './input.js';
import { createSignals, read, signal, UNWIND } from './interrupt-signals.js';

/** Thrown by user code that is interrupted. */
export class KeyboardInterrupt extends Error {
  override name = 'KeyboardInterrupt';

  constructor() {
    super('The cell was interrupted.');
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** How long the main thread spins, inside the worker's evaluation, until termination has been asked for. */
const HANDSHAKE = 1000; // ms

const OURS = new URL('.', import.meta.url).href;
const MARK = Symbol('terminated');
const signals = createSignals();

type InternalProcess = NodeJS.Process & { _fatalException(error: unknown): void };

/** Starts the worker and makes ready for its help. Takes over uncaught exceptions, which it hands on. */
export function prepareInterrupts(uncaught: (error: unknown) => void): void {
  Object.defineProperty(globalThis, Symbol.for(UNWIND), { value: unwind });
  process.on('uncaughtException', (error: unknown) => {
    if (error !== MARK) uncaught(error);
  });
  process.on('SIGINT', () => undefined); // the kernel decides what an interrupt means
  const worker = new Worker(new URL('./interrupt-worker.js', import.meta.url), { workerData: { signals } });
  worker.on('error', () => undefined); // code was quick to close its descriptor: the kernel sees that
  worker.unref();
}

/** The event loop has taken up the interrupt: ends all cells, their timers and questions. */
export function interruptCells(id: number): void {
  signal(signals, 'answered', id);
  const reason = new KeyboardInterrupt();
  for (const context of runningCells()) {
    context.interrupted = reason;
    for (const clear of context.timers.values()) clear();
    context.timers.clear();
    context.stop(reason);
  }
  stopAsking(reason);
}

/** Called by the worker in the middle of whatever runs. */
function unwind(attempt: number): void {
  const stoppable = isUserCodeOnTop();
  signal(signals, 'stopped', stoppable ? attempt : -attempt);
  if (!stoppable) return;
  const end = Date.now() + HANDSHAKE;
  while (read(signals, 'terminating') !== attempt) if (Date.now() > end) return;
  // Undocumented, but the one thing that empties the stack of async ids. It calls the handlers of uncaught exceptions.
  (process as InternalProcess)._fatalException(MARK);
}

/** Node's own queues may not be cut short: timers and ticks behind the present one would be lost. */
const QUEUES = /node:internal\/(async_hooks|async_local_storage|process|timers|promise)/;

function isUserCodeOnTop(): boolean {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.stackTraceLimit = 60;
    delete (Error as Partial<ErrorConstructor>).prepareStackTrace;
    const [top, ...below] = new Error().stack!.split('\n').slice(4); // without this function, `unwind` and the evaluation
    if (top === undefined || QUEUES.test(top)) return false;
    return [top, ...below].some((frame) => !frame.includes('node:') && !frame.includes(OURS));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
  }
}
