/** What the steps of a shape do. */
import type { Row } from '../pipeline/notebook.ts';
import type { ShapeName } from './shapes.ts';

export interface Behaviour {
  /** Cells that stand before all others. */
  before?: Row[];
  /** A cell that stands after each of the others. */
  between?: Row;
  /** The type of the values, and expressions: the nth value, one made of another, plain data made of some. */
  type: string;
  make: (n: number) => string;
  pass: (value: string) => string;
  use: (values: string[]) => string;
  /** Settings of every step. */
  settings?: object;
  /** What one step of each form does otherwise; with `nth`, to the nth value that was made. */
  spot?: { pass: (value: string, nth: number) => string; settings?: object };
  parameters?: Record<string, unknown>;
  /** Shapes that are left out, and why. */
  leftOut?: Partial<Record<ShapeName, string>>;
}

/** What steps declare as a secret, as the test cluster has it too. */
export const SECRET = { API_KEY: 'a-secret-of-the-test-cluster' };

const KEEP: Row = ['none', 'const keep = <T,>(value: T): T => value;'];
const list = (values: string[]): string => `[${values.join(', ')}]`;

/** Values of a kind, handed on as they are. */
const values = (type: string, make: (n: number) => string): Behaviour => ({
  before: [KEEP],
  type,
  make,
  pass: (value) => `keep(${value})`,
  use: (all) => `{ all: ${list(all)} }`,
});

export const BEHAVIOURS: Record<string, Behaviour> = {
  numbers: values('number[]', (n) => `[${n}, -0, 0.1, NaN, Infinity, -Infinity, 2 ** 53, 1e-320]`),
  'bigints and boxed values': values(
    'unknown[]',
    (n) => `[${n}n, -1n, 2n ** 70n, Object(5), Object("x"), Object(1n)]`,
  ),
  texts: values('string[]', (n) => `["", "x${n}", "\\u00e9\\u{1f600}", "\\ud800", "a\\u0000b"]`),
  'nothing and holes': values('unknown[]', (n) => `[null, undefined, , true, false, [, ${n}], []]`),
  'maps and sets': values(
    'Map<unknown, Set<unknown>>',
    (n) =>
      `new Map<unknown, Set<unknown>>([[{ k: ${n} }, new Set([1n, "x"])], [NaN, new Set([new Set([${n}])])]])`,
  ),
  'dates and regular expressions': values(
    'unknown[]',
    (n) => `[new Date(${n}), new Date(NaN), /x\\/${n}/giu]`,
  ),
  errors: values(
    'Error[]',
    (n) =>
      `[new RangeError("no ${n}", { cause: new Error("why") }), Object.assign(new TypeError("t"), { code: ${n} }), new AggregateError([new Error("e")], "all")]`,
  ),
  'typed arrays': values(
    'ArrayBufferView[]',
    (n) =>
      `[new Float64Array([${n}, NaN, -0]), new Uint8Array([1, ${n}]), new BigInt64Array([-1n]), new Float32Array(new ArrayBuffer(16), 4, 2)]`,
  ),
  // In jest, a Buffer and a DataView are of another realm: test/codec-values.test.ts has them.
  'memory and views': values(
    'unknown[]',
    (n) =>
      `[new ArrayBuffer(${n}), (() => { const b = new ArrayBuffer(8); return [new Uint8Array(b), new Uint16Array(b)]; })()]`,
  ),
  'frozen objects and objects without prototype': values(
    'object[]',
    (n) =>
      `[Object.freeze({ n: ${n} }), Object.seal([1]), Object.assign(Object.create(null), { __proto__x: ${n} }), Object.assign([1], { more: ${n} })]`,
  ),
  'cycles and shared objects': values(
    'unknown[]',
    (n) =>
      `(() => { const one: { n: number; self?: unknown } = { n: ${n} }; one.self = one; return [one, one, [one]]; })()`,
  ),
  'a large array': {
    ...values(
      'Float64Array',
      (n) => `Float64Array.from({ length: 1_310_720 }, (_, i) => (i * ${n + 3}) % 1009)`,
    ),
    use: (all) => `${list(all)}.map((each) => each.length + each[77]!)`,
    leftOut: {
      deep: 'the same as linear, eight times as much',
      'foreach in foreach': 'the same as foreach, twice as much',
    },
  },
  'instances behind an interface, of a class with a base': {
    before: [
      [
        'none',
        'enum Unit { M = "m", Km = "km" }\nclass Length { unit = Unit.M; constructor(public n: number) {} metres(): number { return this.n; } }\nclass Far extends Length { override unit = Unit.Km; override metres(): number { return scaled(super.metres()); } }\nconst scaled = (n: number) => n * factor; const factor = 1000;\ninterface Metres { metres(): number; unit: Unit }\nconst far = (n: number): Metres => new Far(n);',
      ],
    ],
    type: 'Metres',
    make: (n) => `far(${n} + 1)`,
    pass: (value) => `far(${value}.metres() + 1)`,
    use: (all) =>
      `${list(all)}.map((each) => [each.metres(), each.unit, each instanceof Length, each.constructor.name])`,
  },
  'classes with private members': {
    before: [
      [
        'none',
        'class Secretive { #n: number; constructor(n: number) { this.#n = n; } get n() { return this.#n; } [Symbol.for("tagflow.encode")]() { return { n: this.#n }; } static [Symbol.for("tagflow.decode")](data: { n: number }) { return new Secretive(data.n); } }',
      ],
    ],
    type: 'Secretive',
    make: (n) => `new Secretive(${n})`,
    pass: (value) => `new Secretive(${value}.n * 2 + 1)`,
    use: (all) => `${list(all)}.map(({ n }) => n)`,
  },
  'helpers that read and assign': {
    before: [
      [
        'none',
        'interface Row { id: number }\nconst start = 5; const rowOf = (id: number): Row => ({ id: id + start });\nfunction next({ id }: Row) { let sum = 0; const add = (n: number) => { sum += n; }; add(id); add(start); return rowOf(sum); }',
      ],
    ],
    type: 'Row',
    make: (n) => `rowOf(${n})`,
    pass: (value) => `next(${value})`,
    use: (all) => `${list(all)}.map(({ id }) => id)`,
  },
  'values of setup': {
    before: [
      [
        'setup',
        'const table = new Map(Array.from({ length: 50 }, (_, i) => [i, { twice: i * 2 }] as const)); const looked = (n: number) => table.get(n % 50)!.twice;',
      ],
    ],
    type: 'number',
    make: (n) => `looked(${n} + 1)`,
    pass: (value) => `looked(${value}) + table.size`,
    use: (all) => list(all),
  },
  'parameters with their defaults': {
    before: [['parameters', 'const n = 4; const names = ["x", "y"];']],
    type: 'string',
    make: (n) => `names.join() + ${n}`,
    pass: (value) => `${value} + n`,
    use: (all) => `${list(all)}.map((each) => each + names.length)`,
  },
  'parameters that are given': {
    before: [['parameters', 'const n = 4; const names = ["x", "y"];']],
    parameters: { n: 9, names: ['z'] },
    type: 'string',
    make: (n) => `names.join() + ${n}`,
    pass: (value) => `${value} + n`,
    use: (all) => `${list(all)}.map((each) => each + names.length)`,
  },
  'objects that are the same': {
    ...values('{ n: number }', (n) => `{ n: ${n} }`),
    use: (all) =>
      `${list(all)}.map((each, i, those) => [i, those.indexOf(each), those.map((other) => other === each)])`,
  },
  'asynchronous code': {
    before: [['none', 'const later = async <T,>(value: T): Promise<T> => { await null; return value; };']],
    type: 'number',
    make: (n) => `await later(${n})`,
    pass: (value) => `${value} + 1`,
    use: (all) => `await Promise.all(${list(all)}.map(later))`,
  },
  'cells that are skipped': {
    before: [
      ['none', 'const factor = 2; const scaled = (n: number) => n * factor;'],
      ['skip', 'const scaled = (n: number) => -n; let aside = scaled(factor); aside += 1;'],
      ['none', 'const scaled = (n: number) => n * factor + 1;'],
    ],
    between: ['skip', 'const seen = scaled(5); aside = seen;'],
    type: 'number',
    make: (n) => `scaled(${n})`,
    pass: (value) => `scaled(${value})`,
    use: (all) => list(all),
  },
  'a declared secret': {
    before: [['none', 'const signed = (n: number) => n + process.env.API_KEY!.length;']],
    settings: { secrets: Object.keys(SECRET) },
    type: 'number',
    make: (n) => `signed(${n})`,
    pass: (value) => `signed(${value})`,
    use: (all) => list(all),
  },
  'code of packages': {
    before: [['none', 'import { chunk } from "lodash"; import { max } from "d3-array";']],
    type: 'number[][]',
    make: (n) => `chunk([${n}, 2, 3, 4], 2)`,
    pass: (value) => `chunk(${value}.flat().toReversed(), 3)`,
    use: (all) => `${list(all)}.map((each) => max(each.flat()))`,
  },
};
