/**
 * What the main thread of the user process and its interrupt worker share to stop code that does not return to the
 * event loop. V8 can terminate what runs, but Node aborts when that leaves its stack of async ids unbalanced (seen on
 * Node 20 with AsyncLocalStorage in use). So termination is a handshake: the worker evaluates a function inside the
 * busy main thread; the function looks whether user code is on top of the stack, waits until the termination has been
 * asked for, and empties the stack of async ids before it returns into it.
 */
export const SIGNAL = {
  /** The last interrupt that the event loop has taken up by itself. */
  answered: 0,
  /** The last attempt for which termination has been asked. */
  terminating: 1,
  /** The last attempt that the main thread answered: its number if user code is on top of the stack, else minus it. */
  stopped: 2,
} as const;

/** Name of the function, on the global object, that the worker evaluates. */
export const UNWIND = 'tagflow.unwind';

export function createSignals(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
}

export function signal(signals: Int32Array, name: keyof typeof SIGNAL, value: number): void {
  Atomics.store(signals, SIGNAL[name], value);
  Atomics.notify(signals, SIGNAL[name]);
}

export function read(signals: Int32Array, name: keyof typeof SIGNAL): number {
  return Atomics.load(signals, SIGNAL[name]);
}

/** Waits until the value is another one than it was, at most so many milliseconds. */
export function waitForChange(
  signals: Int32Array,
  name: keyof typeof SIGNAL,
  was: number,
  timeout: number,
): void {
  Atomics.wait(signals, SIGNAL[name], was, timeout);
}
