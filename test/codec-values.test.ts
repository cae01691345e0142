import { jest } from '@jest/globals';
import { createHash, createSecretKey } from 'node:crypto';
import { URL as NodeURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import {
  ClassRegistry,
  DecodeError,
  EncodeError,
  decode,
  encode,
  guardDigest,
} from '../kernel/lib/store/codec.js';
import * as corpusModule from './codec/corpus.mjs';
import { describe as description } from './codec/describe.mjs';
import { poisons, randomValue } from './codec/random.mjs';

jest.setTimeout(300_000);

const { classes } = corpusModule;
const corpus = corpusModule.corpus as [string, () => unknown][];
const RANDOM_VALUES = 3000;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Whether a value comes back so that it cannot be told apart, and is written as before. */
function expectExact(value: unknown): void {
  const bytes = encode(value, { classes });
  const back = decode(bytes, { classes });
  expect(JSON.stringify(description(back))).toBe(JSON.stringify(description(value)));
  expect(digest(encode(back, { classes }))).toBe(digest(bytes));
}

describe('what is kept exactly', () => {
  test.each(corpus)('%s', (_name, make) => expectExact(make()));

  test(`${RANDOM_VALUES} random values`, () => {
    for (let seed = 0; seed < RANDOM_VALUES; seed++) named(seed, () => expectExact(randomValue(seed)));
  });

  test('values of another realm', () => {
    const there = runInNewContext(
      'const a = [1]; ({ a, m: new Map([[a, new Set([1n])]]), d: new Date(5), e: new TypeError("x"), f: Float32Array.of(1), r: /x/g })',
    ) as Record<string, unknown>;
    const back = decode(encode(there)) as { m: Map<unknown, unknown>; a: unknown; e: Error };
    expect(back.m.has(back.a)).toBe(true);
    expect(back.e).toBeInstanceOf(TypeError);
    expect(digest(encode(back))).toBe(digest(encode(there)));
  });
});

/** Says which seed failed. */
function named(seed: number, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`randomValue(${seed}): ${(error as Error).message}`, { cause: error });
  }
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function changed<T extends object>(value: T, key: PropertyKey, property: PropertyDescriptor): T {
  return Object.defineProperty(value, key, property);
}

const fail = (): never => {
  throw new Error('asked');
};

const Resizable = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;

const refused: [string, () => unknown, RegExp][] = [
  ['function', () => ({ a: [() => 1] }), /^value\.a\[0\] is a function/],
  ['symbol', () => [Symbol('x')], /^value\[0\] is a symbol/],
  ['symbol key', () => ({ [Symbol('x')]: 1 }), /symbol as its key/],
  ['boxed symbol', () => [Object(Symbol('x'))], /^value\[0\] is a Symbol/],
  ['getter', () => changed({}, 'now', { get: () => 1, enumerable: true }), /^value\.now is a getter/],
  ['throwing getter', () => changed({}, 'now', { get: fail, enumerable: true }), /^value\.now is a getter/],
  [
    'setter',
    () => changed({}, 'now', { set: () => 1, enumerable: true }),
    /^value\.now is a getter or setter/,
  ],
  ['getter as element', () => [changed([1, 2], 1, { get: () => 1 })], /^value\[0\]\[1\] is a getter/],
  [
    'getter in a long array',
    () => changed(new Array(100).fill(1), 77, { get: fail }),
    /^value\[77\] is a getter/,
  ],
  ['getter among holes', () => changed([, 1], 1, { get: fail }), /^value\[1\] is a getter/], // eslint-disable-line no-sparse-arrays
  ['read-only element', () => changed([1, 2], 0, { writable: false }), /^value\[0\] is .* read-only/],
  ['hidden element', () => changed([1, 2], 0, { enumerable: false }), /^value\[0\] is .* hidden/],
  ['read-only length', () => [changed([1], 'length', { writable: false })], /^value\[0\] has a length/],
  [
    'read-only lastIndex',
    () => changed(/x/, 'lastIndex', { writable: false }),
    /lastIndex that is read-only/,
  ],
  ['hidden property', () => changed({}, 'x', { value: 1 }), /^value\.x is read-only or hidden/],
  ['throwing tag', () => [changed({}, Symbol.toStringTag, { get: fail })], /symbol as its key/],
  ['promise', () => ({ p: Promise.resolve(1) }), /^value\.p is a Promise.*await/],
  ['proxy', () => new Proxy({}, {}), /is a Proxy/],
  ['proxy of an array', () => [new Proxy([], {})], /^value\[0\] is a Proxy/],
  ['throwing proxy', () => [new Proxy({}, { getPrototypeOf: fail, get: fail, ownKeys: fail })], /is a Proxy/],
  ['revoked proxy', () => ({ a: revoked() }), /^value\.a is a Proxy/],
  ['weak map', () => new WeakMap(), /is a WeakMap/],
  ['weak reference', () => [new WeakRef({})], /^value\[0\] is an instance of WeakRef.*deref/],
  ['finalization registry', () => new FinalizationRegistry(() => 1), /FinalizationRegistry/],
  ['shared memory', () => new Uint8Array(new SharedArrayBuffer(4)), /shared between threads/],
  ['bare shared memory', () => [new SharedArrayBuffer(4)], /^value\[0\] is a SharedArrayBuffer.*copy/],
  ['detached memory', () => ({ b: detached() }), /^value\.b was given away/],
  [
    'view of detached memory',
    () => [Object.assign({}, { v: viewOfDetached() })],
    /^value\[0\]\.v was given away/,
  ],
  ['resizable memory', () => new Resizable(8, { maxByteLength: 16 }), /is a resizable ArrayBuffer/],
  [
    'view of resizable memory',
    () => [new Uint8Array(new Resizable(8, { maxByteLength: 16 }))],
    /shows a resizable/,
  ],
  ['view of closed memory', () => new Uint8Array(Object.freeze(new ArrayBuffer(4))), /closed/],
  ['iterator of a map', () => new Map().entries(), /is a Map Iterator.*\[\.\.\.it\]/],
  [
    'iterator of an array',
    () => [[1].values()],
    /^value\[0\] is an instance of Array Iterator.*\[\.\.\.it\]/,
  ],
  ['generator', () => (function* () {})(), /is a Generator.*\[\.\.\.it\]/],
  ['arguments', () => [args(1)], /^value\[0\] is an Arguments.*\[\.\.\.arguments\]/],
  ['unknown class', () => new (class Thing {})(), /instance of Thing.*neither declared/],
  ['class without a name', () => [new (class {})()], /instance of a class without a name/],
  ['URL', () => new NodeURL('http://x'), /instance of URL.*href/],
  ['URL parameters', () => new URLSearchParams('a=1'), /instance of URLSearchParams.*String/],
  ['Blob', () => [new Blob(['x'])], /^value\[0\] is an instance of Blob.*arrayBuffer/],
  ['Response', () => new Response('x'), /instance of Response.*text\(\)/],
  ['Intl', () => [new Intl.NumberFormat('en')], /^value\[0\] is an instance of NumberFormat.*Keep the data/],
  ['Intl collator', () => ({ c: new Intl.Collator() }), /^value\.c is an instance of Collator/],
  ['key', () => [createSecretKey(Buffer.from('x'))], /^value\[0\] is a KeyObject.*secrets/],
  [
    'DOMException',
    () => [new DOMException('no', 'AbortError')],
    /^value\[0\] is an instance of DOMException/,
  ],
  ['signal', () => ({ s: new AbortController().signal }), /^value\.s/],
  ['text decoder', () => ({ d: new TextDecoder() }), /^value\.d/],
  ['stream', () => ({ r: new ReadableStream() }), /^value\.r/],
  ['web assembly', () => [new WebAssembly.Memory({ initial: 1 })], /^value\[0\] is an instance of Memory/],
  ['date of another prototype', () => [Object.setPrototypeOf(new Date(), null)], /^value\[0\]/],
  [
    'map that says it is plain',
    () => [Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype)],
    /^value\[0\]/,
  ],
  [
    'view that says it is plain',
    () => [Object.setPrototypeOf(Uint8Array.of(1), Object.prototype)],
    /^value\[0\]/,
  ],
  ['Math', () => [Math], /^value\[0\]/],
  ['prototype', () => [Object.prototype], /^value\[0\]/],
  ['module', () => [corpusModule], /^value\[0\] is a Module/],
  ['thread', () => ({ w: worker }), /^value\.w/],
  ['Temporal', () => ({ t: temporal() }), /^value\.t is an instance of PlainDate/],
  [
    'Buffers that overlap',
    () => {
      const a = Buffer.alloc(8);
      return { a, b: a.subarray(2) };
    },
    /memory another value shares/,
  ],
  [
    'typed array with properties',
    () => Object.assign(new Float64Array(3), { unit: 'm' }),
    /properties of its own/,
  ],
  ['typed array with hidden properties', () => changed(new Uint8Array(300), 'x', { value: 1 }), /of its own/],
  ['strange key in the path', () => ({ 'a b': { c: () => 1 } }), /^value\["a b"\]\.c is/],
  ['in a map', () => new Map([['k', () => 1]]), /^value<"k"> is a function/],
  ['as the key of a map', () => new Map([[() => 1, 1]]), /^value<key 0> is a function/],
  ['in a set', () => ({ s: new Set([() => 1]) }), /^value\.s<item 0> is a function/],
  ['in a cause', () => new Error('x', { cause: [() => 1] }), /^value\.cause\[0\] is a function/],
  ['deep nesting', () => nested(20000), /^value(\[0\]){7}…(\[0\]){8} is nested too deeply/],
];

const worker = new Worker('', { eval: true });
afterAll(async () => void (await worker.terminate()));

/** What Node does not have yet stands for itself: a class of the platform without anything to read. */
function temporal(): object {
  const known = (globalThis as { Temporal?: { Now: { plainDateISO(): object } } }).Temporal;
  if (known) return known.Now.plainDateISO();
  class PlainDate {}
  return new PlainDate();
}

function viewOfDetached(): Uint8Array {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

function args(..._values: unknown[]): unknown {
  return arguments; // eslint-disable-line prefer-rest-params
}

function nested(depth: number): unknown {
  let value: unknown[] = [];
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe('what is refused, with its path', () => {
  test.each(refused)('%s', (_name, make, message) => {
    expect(() => encode(make())).toThrow(message);
    expect(() => encode(make())).toThrow(EncodeError);
    expect(guardDigest(make())).toMatch(/^[0-9a-f]{64}$/);
  });

  test('anywhere in random values', () => {
    const kinds = Object.keys(poisons);
    for (let seed = 0; seed < 600; seed++) {
      named(seed, () => {
        const value = randomValue(seed, kinds[seed % kinds.length]);
        expect(() => encode(value, { classes })).toThrow(/^value\S*.*(\.poison|<"poison">) is /);
      });
    }
  });
});

describe('classes that keep their state to themselves', () => {
  class Late extends WeakRef<object> {}
  class Link extends NodeURL {}
  class Broken {}
  Object.defineProperty(Broken, Symbol.for('tagflow.decode'), { value: fail });
  Object.defineProperty(Broken.prototype, Symbol.for('tagflow.encode'), { value: () => 1 });
  class Mute {}
  Object.defineProperty(Mute, Symbol.for('tagflow.decode'), { value: fail });
  Object.defineProperty(Mute.prototype, Symbol.for('tagflow.encode'), { value: fail });
  const registry = new ClassRegistry();
  for (const each of [Late, Link, Broken, Mute]) registry.declare(each.name, '', each);
  registry.imported('node:url', { URL: NodeURL });
  registry.imported('node:worker_threads', { MessageChannel, MessagePort });

  test.each([
    ['extended in the notebook', () => new Late({}), /instance of Late, which extends WeakRef.*deref/],
    ['imported from Node', () => new NodeURL('http://x'), /instance of URL, which cannot be kept.*href/],
    ['made by the platform', () => new MessageChannel().port1, /MessagePort/],
    ['whose encode fails', () => new Mute(), /tagflow\.encode.*failed with “asked”/],
  ])('%s', (_name, make, message) => {
    expect(() => encode([make()], { classes: registry })).toThrow(message);
    expect(() => encode([make()], { classes: registry })).toThrow(/^value\[0\]/);
  });

  test('whose decode fails', () => {
    const bytes = encode(new Broken(), { classes: registry });
    expect(() => decode(bytes, { classes: registry })).toThrow(DecodeError);
    expect(() => decode(bytes, { classes: registry })).toThrow(/Broken cannot be made again.*asked/);
  });
});

describe('NaN', () => {
  const odd = [
    ['Float64Array', Float64Array, '010000000000f8ff', '000000000000f87f'],
    ['Float32Array', Float32Array, '0100c0ff', '0000c07f'],
  ] as const;
  test.each(odd)('of %s has one form', (_name, Floats, bytes, one) => {
    const make = (length: number) =>
      new Floats(new Uint8Array(Buffer.from(bytes.repeat(length), 'hex')).buffer);
    for (const length of [1, 20_000]) {
      expect(digest(encode(make(length)))).toBe(digest(encode(new Floats(length).fill(NaN))));
      expect(guardDigest(make(length))).toBe(guardDigest(new Floats(length).fill(NaN)));
    }
    const part = decode(encode(make(3).subarray(1, 2))) as Float64Array;
    expect(Buffer.from(part.buffer).toString('hex')).toBe(bytes + one + bytes);
    const value = make(1);
    expect(encode(value)).not.toBe(value);
    expect(Buffer.from(value.buffer).toString('hex')).toBe(bytes);
  });

  test('in memory that is seen in other ways too stays as it is', () => {
    const floats = new Float64Array(new Uint8Array(Buffer.from(odd[0][2], 'hex')).buffer);
    const back = decode(encode([floats, new Uint8Array(floats.buffer)])) as [Float64Array, Uint8Array];
    expect(Buffer.from(back[1]).toString('hex')).toBe(odd[0][2]);
  });
});

const Half = (globalThis as Record<string, unknown>)['Float16Array'] as Float32ArrayConstructor | undefined;
test('Float16Array, where Node has it', () => {
  const bytes = Buffer.from('d9d9f7830180d85444003c007e', 'hex');
  if (!Half)
    return expect(() => decode(bytes)).toThrow(/Float16Array, which this version of Node does not have/);
  expect(Buffer.from(encode(Half.of(1, NaN))).toString('hex')).toBe(bytes.toString('hex'));
  return expectExact(Half.of(0.1, -0, Infinity, 65504));
});

test('bytes that are changed anywhere are a value or a DecodeError', () => {
  const bytes = encode(
    corpus
      .slice(0, 34)
      .filter(([name]) => !/large|longest/.test(name))
      .map(([, make]) => make()),
    { classes },
  );
  for (let i = 0; i < 4000; i++) {
    const broken = Uint8Array.from(bytes.subarray(0, 4000));
    broken[(i * 7919) % broken.length] = (i * 31) & 255;
    try {
      decode(broken, { classes });
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
    }
  }
});
