/** Stopping cells: by the event loop where it turns, else by the interrupt worker. */
import { Worker } from 'node:worker_threads';
import { type CellContext, isRunning, runningCells, startingCell } from './cell-context.js';
import { stopAsking } from './input.js';
import { createSignals, read, signal, UNWIND } from './interrupt-signals.js';
import { tell } from './kernel-pipe.js';

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

/** What runs cells, and what links them. */
const OURS = ['.', '../linker'].map((folder) => new URL(`${folder}/`, import.meta.url).href);
const MARK = Symbol('terminated');
const signals = createSignals();
/** Cells whose code was terminated for the interrupt that is not taken up yet: some have ended long before. */
const terminated = new Set<CellContext>();

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

/**
 * The event loop has taken up the interrupt: ends all cells, their timers and questions. What cells that have ended left
 * behind, such as a server, goes on, unless it kept the event loop from turning.
 */
export function interruptCells(id: number): void {
  signal(signals, 'answered', id);
  const reason = new KeyboardInterrupt();
  for (const context of new Set([...runningCells(), ...terminated])) {
    if (!isRunning(context)) tellOfRemains(context);
    context.interrupted = reason;
    for (const clear of context.timers.values()) clear();
    context.timers.clear();
    context.stop(reason);
  }
  terminated.clear();
  stopAsking(reason);
  tell({ type: 'interrupted', id });
}

function tellOfRemains({ cell }: CellContext): void {
  const text = 'What this cell had left running kept the process busy, and was interrupted.\n';
  tell({ type: 'stream', cell, name: 'stderr', text });
}

/** Called by the worker in the middle of whatever runs: perhaps so late that the interrupt has been taken up. */
function unwind(attempt: number, interrupt: number): void {
  const stoppable = read(signals, 'answered') < interrupt && isUserCodeOnTop();
  signal(signals, 'stopped', stoppable ? attempt : -attempt);
  if (!stoppable) return;
  const end = Date.now() + HANDSHAKE;
  while (read(signals, 'terminating') !== attempt) if (Date.now() > end) return;
  const cell = startingCell();
  if (cell) terminated.add(cell);
  // Undocumented, but the one thing that empties the stack of async ids. It calls the handlers of uncaught exceptions.
  (process as InternalProcess)._fatalException(MARK);
}

/** Node's own queues may not be cut short: timers and ticks behind the present one would be lost. */
const QUEUES = /node:internal\/(async_hooks|async_local_storage|process|timers|promise)/;

/** Half of what is written to the kernel would be worse than nothing. */
const PIPE = new URL('pipe.js', import.meta.url).href;

/** What is built in tells no file: it is there for the user's code or for ours, which stands below it. */
const isUsers = (frame: string) =>
  !frame.includes('node:') &&
  !OURS.some((folder) => frame.includes(folder)) &&
  !frame.endsWith('(<anonymous>)');

function isUserCodeOnTop(): boolean {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.stackTraceLimit = 60;
    delete (Error as Partial<ErrorConstructor>).prepareStackTrace;
    const [top, ...below] = new Error().stack!.split('\n').slice(4); // without this function, `unwind` and the evaluation
    if (top === undefined || QUEUES.test(top)) return false;
    const frames = [top, ...below];
    return !frames.some((frame) => frame.includes(PIPE)) && frames.some(isUsers);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
  }
}
