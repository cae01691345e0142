// Random values from a seed: the same on every machine and every Node.
import { Point, Stack } from './corpus.mjs';

const TEXTS = [
  '',
  'a',
  'key',
  '__proto__',
  'constructor',
  'é',
  '😀',
  '\ud800',
  '0',
  '-1',
  'length',
  'x'.repeat(60),
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  24,
  0.1,
  NaN,
  Infinity,
  -Infinity,
  2 ** 31,
  2 ** 53,
  -(2 ** 53) + 1,
  1e300,
  5e-324,
];
const VIEWS = [Uint8Array, Int8Array, Uint16Array, Float32Array, Float64Array, BigInt64Array, DataView];
const ERRORS = [Error, TypeError, RangeError, AggregateError];

/** What cannot be kept, by name. */
export const poisons = {
  symbol: () => Symbol('s'),
  function: () => () => 1,
  promise: () => Promise.resolve(1),
  proxy: () => new Proxy({}, {}),
  'weak map': () => new WeakMap(),
  iterator: () => [1].values(),
  'shared memory': () => new SharedArrayBuffer(4),
  'unknown class': () => new (class Unknown {})(),
};

/** @returns the value; with `poison` the value holds something of that name in a place called "poison" */
export function randomValue(seed, poison) {
  const random = generator(seed);
  const below = (limit) => Math.floor(random() * limit);
  const pick = (list) => list[below(list.length)];
  const chance = (part) => random() < part;
  const objects = [];
  const buffers = [];
  const closing = [];

  const root = made(new Map(), (map) => {
    for (let i = 0, count = 1 + below(3); i < count; i++) map.set(i, any(4));
  });
  if (poison !== undefined) {
    const holders = objects.filter(
      (each) => each instanceof Map || Object.getPrototypeOf(each) === Object.prototype,
    );
    const holder = pick(holders);
    if (holder instanceof Map) holder.set('poison', poisons[poison]());
    else holder.poison = poisons[poison]();
  }
  for (const close of closing) close();
  return root;

  function any(depth) {
    if (depth > 0 && chance(0.7)) return object(depth - 1);
    return pick([
      () => null,
      () => undefined,
      () => chance(0.5),
      () => pick(NUMBERS),
      () => below(1e9) - 5e8,
      () => random() * Number(`1e${below(40) - 20}`),
      () => pick(TEXTS),
      () => BigInt(below(1e9)) ** BigInt(below(6)) * (chance(0.5) ? 1n : -1n),
      () => (objects.length > 0 ? pick(objects) : 0),
    ])();
  }

  function object(depth) {
    const value = pick([
      plain,
      plain,
      array,
      array,
      sparse,
      bare,
      map,
      set,
      error,
      small,
      view,
      view,
      instance,
    ])(depth);
    // Closed at the end: until then, others may still refer to it and it may still be filled.
    if (chance(0.1) && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) {
      const close = pick([Object.freeze, Object.seal, Object.preventExtensions]);
      closing.push(() => close(value));
    }
    return value;
  }

  function made(value, fill = () => {}) {
    objects.push(value);
    fill(value);
    return value;
  }

  function properties(value, depth, limit = 4) {
    for (let i = 0, count = below(limit); i < count; i++)
      define(value, chance(0.5) ? pick(TEXTS) : `k${below(9)}`, depth);
  }

  function plain(depth) {
    return made({}, (value) => properties(value, depth, 6));
  }

  function bare(depth) {
    return made(Object.create(null), (value) => properties(value, depth));
  }

  function array(depth) {
    return made(chance(0.2) ? new Stack() : [], (value) => {
      for (let i = 0, count = chance(0.05) ? 90 : below(6); i < count; i++)
        value.push(any(i < 6 ? depth : 0));
      extras(value, depth);
    });
  }

  function sparse(depth) {
    return made(new Array(below(chance(0.1) ? 2 ** 32 - 1 : 20)), (value) => {
      for (let i = 0, count = below(4); i < count && value.length > 0; i++) {
        const index = below(value.length);
        if (!(index in value)) value[index] = any(depth);
      }
      extras(value, depth);
    });
  }

  function map(depth) {
    return made(new Map(), (value) => {
      for (let i = 0, count = below(5); i < count; i++) {
        const key = any(depth);
        if (!value.has(key)) value.set(key, any(depth));
      }
      extras(value, depth);
    });
  }

  function set(depth) {
    return made(new Set(), (value) => {
      for (let i = 0, count = below(5); i < count; i++) value.add(any(depth));
      extras(value, depth);
    });
  }

  function error(depth) {
    const Class = pick(ERRORS);
    const options = chance(0.5) ? { cause: any(depth) } : undefined;
    const value =
      Class === AggregateError
        ? new Class([any(depth)], pick(TEXTS), options)
        : new Class(pick(TEXTS), options);
    return made(value, () => extras(value, depth));
  }

  function small(depth) {
    const value = pick([
      () => new Date(chance(0.1) ? NaN : below(1e12)),
      () =>
        Object.assign(new RegExp(pick(['a+', '(?:)', '\\d', '[/]']), pick(['', 'g', 'iu', 'sy'])), {
          lastIndex: below(3),
        }),
      () => Object(pick([1, -0, 'text', true, 5n])),
      () => Buffer.from([...Array(below(9)).keys()]),
    ])();
    return made(value, () => Buffer.isBuffer(value) || extras(value, depth));
  }

  function view() {
    if (buffers.length === 0 || chance(0.5)) {
      const bytes = Uint8Array.from({ length: 8 * below(5) }, () => below(64));
      buffers.push(bytes.buffer);
    }
    const buffer = pick(buffers);
    if (chance(0.15)) return made(buffer);
    const Class = pick(VIEWS);
    const size = Class.BYTES_PER_ELEMENT ?? 1;
    if (chance(0.4)) return made(new Class(buffer));
    const offset = size * below(buffer.byteLength / size);
    return made(new Class(buffer, offset, below((buffer.byteLength - offset) / size + 1)));
  }

  function instance(depth) {
    return made(new Point(any(depth), any(depth)));
  }

  function extras(value, depth) {
    if (chance(0.1)) properties(value, depth);
  }

  /** Nothing is overwritten, so that all that was made belongs to the value. */
  function define(value, key, depth) {
    if (Object.hasOwn(value, key) || (Array.isArray(value) && key === '0')) return;
    const part = { value: any(depth), enumerable: true, writable: true, configurable: true };
    if (!Object.hasOwn(value, key)) Object.defineProperty(value, key, part);
  }
}

/** mulberry32: numbers from 0 to 1. */
function generator(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
