// One value or more of every kind that the codec keeps, by name. Plain JavaScript, so that every Node can make them.
import { ClassRegistry } from '../../kernel/lib/store/codec.js';

function make(value, change) {
  change(value);
  return value;
}

class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
  get length() {
    return Math.hypot(this.x, this.y);
  }
}
class Stack extends Array {
  top() {
    return this.at(-1);
  }
}
class Registry extends Map {}
class Problem extends RangeError {}
class Celsius extends Number {}
class Samples extends Float32Array {}
class Vault {
  #inside = 1;
  static [Symbol.for('tagflow.decode')](data) {
    return make(new Vault(), (vault) => (vault.#inside = data));
  }
  [Symbol.for('tagflow.encode')]() {
    return this.#inside;
  }
  open() {
    return this.#inside++;
  }
}
class Tree {
  #cache = 1;
  weights = Float64Array.of(0.5, NaN);
  toJSON() {
    return { name: 'Tree', root: new Branch(this.weights.length), weights: this.weights };
  }
  static load({ weights }) {
    return Object.assign(new Tree(), { weights });
  }
  cached() {
    return this.#cache;
  }
}
class Branch {
  constructor(depth) {
    this.depth = depth;
  }
  toJSON() {
    return { depth: this.depth };
  }
}

const own = { Point, Stack, Registry, Problem, Celsius, Samples, Vault };

/** The classes of the corpus, as a notebook and a package would have them. */
export const classes = new ClassRegistry();
Object.values(own).forEach((each, i) => classes.declare(each.name, `${i}`.repeat(64), each));
classes.imported('trees', { Tree });

export { Point, Stack, Vault };

/** Name and a function that makes the value anew. */
export const corpus = [
  ['null', () => null],
  ['undefined', () => undefined],
  ['booleans', () => [true, false]],
  [
    'integers',
    () => [0, 23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -1, -24, -25, 1 - 2 ** 53],
  ],
  ['numbers', () => [-0, 0.1, NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300, 5e-324]],
  ['bigints', () => [0n, 1n, -1n, 255n, 256n, 2n ** 64n, -(2n ** 64n), 2n ** 200n]],
  ['a huge bigint', () => -(7n ** 20000n)],
  [
    'strings',
    () => [
      '',
      'a',
      'é',
      '日本',
      '😀',
      '\0',
      'x'.repeat(47),
      'x'.repeat(48),
      'é'.repeat(30),
      'y'.repeat(70000),
    ],
  ],
  ['lone surrogates', () => ['\ud800', 'a\udc00b', '\udc00\ud800', '\ud83d😀', { '\ud800key': 1 }]],
  ['undefined and absent', () => [{ a: undefined }, {}]],
  ['holes', () => [1, , 3, undefined, , ,]], // eslint-disable-line no-sparse-arrays
  ['an array of nothing', () => new Array(5)],
  ['the longest array', () => make(new Array(2 ** 32 - 1), (array) => (array[2 ** 31] = 'x'))],
  ['keys in order', () => ({ z: 1, a: 2, 10: 3, 9: 4, '': 5 })],
  ['the key __proto__', () => JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3}')],
  [
    'a null prototype',
    () => make(Object.create(null), (o) => Object.assign(o, { a: { b: 1 }, toString: 2 })),
  ],
  ['an array with properties', () => Object.assign([1, 2], { x0: 0, '-1': 5, '01': 6 })],
  ['a long array with properties', () => Object.assign(Array.from({ length: 100 }).fill(7), { unit: 'm' })],
  [
    'Map',
    () =>
      new Map([
        ['b', 1],
        ['a', new Map([[{ k: 1 }, NaN]])],
        [NaN, undefined],
        [undefined, -0],
      ]),
  ],
  ['Set', () => new Set(['b', 'a', { x: 1 }, -1, NaN])],
  ['a Map with properties', () => Object.assign(new Map([[1, 2]]), { note: 'x' })],
  ['Date', () => [new Date(0), new Date(-1), new Date(8.64e15), new Date(NaN)]],
  ['RegExp', () => [/a(?<n>b)/giu, /[\p{L}--q]/v, /\//y, make(/x/g, (r) => (r.lastIndex = 3))]],
  [
    'errors',
    () => [
      new Error('plain'),
      new Error(),
      new TypeError('typed', { cause: { code: 1 } }),
      Object.assign(new RangeError('with properties'), { code: 'E1', name: 'Mine' }),
      new AggregateError([new URIError('a'), 1], 'many'),
      make(new EvalError('own cause'), (error) => (error.cause = error)),
    ],
  ],
  ['boxed', () => [Object(1), Object(-0), Object('text'), Object('\ud800'), Object(false), Object(5n)]],
  ['ArrayBuffer', () => Uint8Array.of(1, 2, 3).buffer],
  [
    'typed arrays',
    () => [
      Int8Array.of(-1),
      Uint8Array.of(255),
      Uint8ClampedArray.of(300),
      Int16Array.of(-300),
      Uint16Array.of(300),
      Int32Array.of(-70000),
      Uint32Array.of(70000),
      Float32Array.of(0.5, NaN, -0, 1e-45),
      Float64Array.of(0.1, NaN, -0, 5e-324),
      BigInt64Array.of(-5n),
      BigUint64Array.of(5n),
      new Float64Array(0),
    ],
  ],
  ['a large typed array', () => new Float64Array(20000).fill(0.1)],
  ['DataView', () => new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2)],
  ['Buffer', () => [Buffer.from('abc'), Buffer.alloc(0)]],
  [
    'views that share memory',
    () => {
      const buffer = new ArrayBuffer(16);
      new Uint8Array(buffer).set([1, 2, 3], 3);
      const whole = new Uint8Array(buffer);
      return {
        whole,
        part: new Float32Array(buffer, 4, 2),
        view: new DataView(buffer, 1),
        buffer,
        again: whole,
      };
    },
  ],
  ['a part, then its buffer', () => [Int16Array.of(1, 2, 3).subarray(1)].flatMap((a) => [a, a.buffer])],
  [
    'a buffer, then its view',
    () => make([new ArrayBuffer(4)], (list) => list.push(new Uint16Array(list[0]))),
  ],
  ['a closed view', () => [Object.preventExtensions(Uint8Array.of(1)), Object.freeze(new Int8Array(0))]],
  [
    'frozen, sealed, closed',
    () => [
      Object.freeze({ a: [1] }),
      Object.seal({ b: 1 }),
      Object.preventExtensions({ c: 1 }),
      Object.freeze([1]),
      Object.freeze(/x/),
      Object.freeze(new Error('frozen')),
      Object.seal(Object.assign([1], { x: 1 })),
      Object.freeze(new Map([[1, 2]])),
      Object.freeze({}),
    ],
  ],
  [
    'cycles and shared references',
    () => {
      const shared = { n: 1 };
      const value = { a: shared, list: [shared, shared], map: new Map([[shared, 1]]) };
      value.self = value;
      value.list.push(value.list);
      value.map.set(value.map, new Set([value]));
      return value;
    },
  ],
  [
    'instances of classes',
    () => {
      const point = new Point(3, 4);
      return {
        point,
        same: point,
        frozen: Object.freeze(new Point(1, 2)),
        stack: Stack.of(1, 2),
        registry: new Registry([['a', point]]),
        problem: new Problem('far'),
        celsius: Object.assign(new Celsius(21), { unit: 'C' }),
        samples: Samples.of(0.5),
      };
    },
  ],
  ['converted instances', () => ({ vault: new Vault(), tree: new Tree() })],
];
