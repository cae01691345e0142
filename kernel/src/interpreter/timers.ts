/** Timers belong to the cell that set them: an interrupt clears them. */
import { currentCell, type CellContext } from './cell-context.js';

type Callback = (this: unknown, ...values: unknown[]) => void;
type SetTimer = (callback: Callback, ...values: unknown[]) => object;
type ClearTimer = (timer: unknown) => void;

/** From now on the global timers remember their cell. */
export function trackTimers(): void {
  track('setTimeout', 'clearTimeout', true);
  track('setInterval', 'clearInterval', false);
  track('setImmediate', 'clearImmediate', true);
}

function track(
  setName: 'setTimeout' | 'setInterval' | 'setImmediate',
  clearName: 'clearTimeout' | 'clearInterval' | 'clearImmediate',
  once: boolean,
): void {
  const set = globalThis[setName] as unknown as SetTimer;
  const clear = globalThis[clearName] as ClearTimer;
  const owners = new WeakMap<object, CellContext>();
  replace(setName, set, (callback: Callback, ...values: unknown[]) => {
    const context = currentCell();
    if (!context || typeof callback !== 'function') return set(callback, ...values);
    const timer = set(
      function (...given) {
        if (once) context.timers.delete(timer);
        callback.apply(this, given);
      },
      ...values,
    );
    context.timers.set(timer, () => clear(timer));
    owners.set(timer, context);
    return timer;
  });
  replace(clearName, clear, (timer: unknown) => {
    if (typeof timer === 'object' && timer !== null) owners.get(timer)?.timers.delete(timer);
    clear(timer);
  });
}

/** Keeps the original's properties: `util.promisify(setTimeout)` finds the promise form in one. */
function replace(name: string, original: object, replacement: object): void {
  Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original));
  Object.defineProperty(globalThis, name, {
    value: replacement,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}
