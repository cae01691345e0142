/** What cells mean: a table of notebooks. Each is run cell by cell, in the order given; an id may come again. */

export interface Expected {
  /** The value of the last expression. */
  value?: unknown;
  /** Codes of the compiler's errors; a cell with errors does not run. */
  errors?: string[];
  /** Codes of everything else that is said. */
  warnings?: string[];
  /** What the cell throws. */
  throws?: RegExp;
  /** What it takes from other cells: `name<cell`, `name<cell:type` if only in types, in the order of use. */
  imports?: string;
}

export type Row = [id: string, source: string, expected?: Expected];

export const SPECIFICATION: Record<string, Row[]> = {
  'a const may be declared anew': [
    ['1', 'const a = 1; a', { value: 1 }],
    ['2', 'const a = "s"; a.length', { value: 1 }],
    ['3', 'a.toUpperCase()', { value: 'S', imports: 'a<2' }],
  ],
  'so may let, class, function': [
    ['1', 'let x = 1; class K { m() { return 1 } } function f() { return 1 }'],
    ['2', 'let x = [1]; class K { n() { return 2 } } function f(s: string) { return s }'],
    ['3', '[x.length, new K().n(), f("q")]', { value: [1, 2, 'q'], imports: 'x<2 K<2 f<2' }],
    ['4', 'new K().m()', { errors: ['TS2339'] }],
  ],
  'types, interfaces, enums and namespaces of two cells do not merge': [
    [
      '1',
      'interface I { a: number } type T = number; enum E { A = 1 } namespace N { export const v = 1; export type Q = number }',
    ],
    ['2', 'interface I { b: string } type T = string; enum E { B = 5 } namespace N { export const w = 2 }'],
    ['3', 'const i: I = { b: "x" }; const t: T = "s"; [E.B, N.w, i.b, t]', { value: [5, 2, 'x', 's'] }],
    ['4', 'const i2: I = { a: 1 }', { errors: ['TS2353'] }],
    ['5', 'let q: N.Q', { errors: ['TS2694'] }],
  ],
  'those of one cell do': [
    [
      '1',
      'interface I { a: number }\ninterface I { b: number }\nfunction f() { return f.extra }\nnamespace f { export const extra = 3 }\nenum E { A }\nenum E { B = 1 }',
    ],
    ['2', 'const i: I = { a: 1, b: 2 }; [i.b, f(), f.extra, E.B]', { value: [2, 3, 3, 1] }],
  ],
  'a cell that is run again replaces its module, also for cells that ran before': [
    ['1', 'const rate = 2; function price(n: number) { return n * rate }'],
    ['2', 'const total = () => price(10); total()', { value: 20 }],
    ['1', 'const rate = 3; function price(n: number) { return n * rate + 1 }'],
    ['3', 'total()', { value: 31 }],
    ['1', 'function price(s: string | number) { return s + "!" }'],
    ['4', 'total().length', { value: 3 }],
    ['5', 'rate', { errors: ['TS2304'] }],
  ],
  'a cell that is run again does not see its own former names': [
    ['1', 'const x = 1; const keep = 2'],
    ['1', 'const y = x', { errors: ['TS2304'] }],
    ['2', '[x, keep]', { value: [1, 2] }],
  ],
  'value and type of one name may come from two cells': [
    ['1', 'type User = { id: number }'],
    ['2', 'const User = { make: (id: number): User => ({ id }) }'],
    ['3', 'const u: User = User.make(3); u', { value: { id: 3 }, imports: 'User<2 User<1:type' }],
  ],
  'generic ones, too': [
    ['1', 'interface Box<T> { v: T }'],
    ['2', 'function Box<T>(v: T): Box<T> { return { v } }'],
    ['3', 'const b: Box<string> = Box("s"); b.v.length', { value: 1 }],
  ],
  'a name that a cell no longer declares falls back to an earlier cell': [
    ['1', 'const z = 1'],
    ['2', 'const z = "two"'],
    ['2', 'const other = 0'],
    ['3', 'z + 1', { value: 2, imports: 'z<1' }],
  ],
  'classes, enums, const enums': [
    [
      '1',
      'abstract class Base<T> { constructor(protected readonly v: T) {} abstract go(): T }\nenum Color { Red = "r", Blue = "b" }\nconst enum CE { X = 7 }',
    ],
    [
      '2',
      'class D extends Base<number> { go() { return this.v } }\nconst c: Color = Color.Red;\n[new D(4).go(), c, CE.X]',
      { value: [4, 'r', 7] },
    ],
  ],
  'an assignment to a name of an earlier cell is seen by closures there': [
    ['1', 'let count = 0; const read = () => count; function bump() { count += 10; return count }'],
    ['2', 'count = count + 1; count++; read()', { value: 2 }],
    [
      '3',
      '[count] = [7]; ({ count } = { count: count + 1 }); ({ a: count = 5 } = {} as { a?: number }); for (count of [1, 99]); bump()',
      { value: 109 },
    ],
    ['4', 'count', { value: 109, imports: 'count<1' }],
  ],
  'an assignment is checked': [
    ['1', 'let n = 1'],
    ['2', 'n = "s"', { errors: ['TS2322'] }],
  ],
  'a const of another cell is not assigned': [
    ['1', 'const k = 1; function f1() { return 1 }'],
    ['2', 'k = 2', { errors: ['TS2588'] }],
    ['3', 'f1 = () => 2', { errors: ['TS2588'] }],
  ],
  'a declared union stays one, and narrows within a cell': [
    ['1', 'let u: string | undefined = undefined'],
    ['2', 'u = "x"; u.length', { value: 1 }],
    ['3', 'u?.length', { value: 1 }],
    ['4', 'u.length', { errors: ['TS18048'] }],
  ],
  'an assignment inside a function': [
    ['1', 'let s = 0'],
    ['2', 'function add(n: number) { s += n }\nadd(5)'],
    ['3', 'add(6); s', { value: 11 }],
  ],
  'a var is hoisted out of its block': [
    ['1', 'if (true) { var hv = 3 }'],
    ['2', 'hv = 4; hv', { value: 4 }],
  ],
  'compound, logical and destructuring assignments': [
    ['1', 'let p = 1, q: number | null = null'],
    ['2', 'q ??= 5; p **= 3; [, { p = 2, x: q = 4 } = {} as any] = [0, { p: 8 }]; [p, q]', { value: [8, 4] }],
  ],
  swapping: [
    ['1', 'let l = 1, r = 2'],
    ['2', '[l, r] = [r, l]; ({ l, q: r } = { l: l * 10, q: r * 10 }); [l, r]', { value: [20, 10] }],
  ],
  'a let without a value must say so': [
    ['1', 'let r: number', { errors: ['TS2454'] }],
    ['2', 'let ok: number | undefined\nlet later: number\nlater = 1'],
    ['3', '[ok, later]', { value: [undefined, 1] }],
  ],
  'await at the top': [
    ['1', 'const v1 = await Promise.resolve(3); for await (const x of [1]) { void x } v1', { value: 3 }],
    ['2', 'v1 + 1', { value: 4 }],
  ],
  'dynamic import': [
    ['1', 'const { nanoid: nid } = await import("nanoid"); typeof nid()', { value: 'string' }],
    ['2', 'const m = async () => (await import("./local")).loc; (await m()).a', { value: 41 }],
  ],
  'packages, ES modules and CommonJS': [
    [
      '1',
      'import { nanoid } from "nanoid"; import * as d3 from "d3-array"; import _ from "lodash"; import { chunk, type Dictionary } from "lodash"; import { z } from "zod"; import fs, { readFileSync } from "node:fs"; import type { Stats } from "node:fs";',
    ],
    [
      '2',
      '[typeof nanoid(), d3.max([1, 5]), _.chunk([1,2],1).length, chunk([1,2,3],2).length, z.string().parse("q"), typeof fs.statSync, typeof readFileSync]',
      {
        value: ['string', 5, 2, 2, 'q', 'function', 'function'],
        imports: 'nanoid<1 d3<1 _<1 chunk<1 z<1 fs<1 readFileSync<1',
      },
    ],
    [
      '3',
      'const S = z.object({ a: z.number() }); type ST = z.infer<typeof S>; const st: ST = { a: 1 }; let dd: Dictionary<number> = {}; let stt: Stats | undefined; st',
      { value: { a: 1 } },
    ],
    ['4', 'const bad: ST = { a: "x" }', { errors: ['TS2322'] }],
  ],
  'import x = require(), import type, import A = N.B': [
    ['1', 'import lod = require("lodash"); lod.last([1,2])', { value: 2 }],
    [
      '2',
      'import type { ZodType } from "zod"; let t: ZodType | undefined; namespace N { export namespace B { export const deep = 4; export type T = number } }\nimport A = N.B;\nimport T = N.B.T;\nconst t2: T = A.deep; t2',
      { value: 4 },
    ],
    ['3', '[A.deep, lod.first([3])]', { value: [4, 3], imports: 'A<2 lod<1' }],
    ['4', 'import Q = N.B; const q: T = Q.deep; q', { value: 4 }],
  ],
  'a type imported without `type` loads nothing': [
    [
      '1',
      'import { Stats } from "node:fs"; import { Loc } from "./local"; import { ZodType as Z, z } from "zod"; const l: Loc = { a: 1 }; l.a',
      { value: 1 },
    ],
    [
      '2',
      'let s: Stats | undefined; let zz: Z | undefined; const l2: Loc = l; [typeof z.string, l2.a]',
      { value: ['function', 1] },
    ],
  ],
  'a package that is not there': [['1', 'import { gone } from "no-such-package"', { errors: ['TS2307'] }]],
  'local files': [
    ['1', 'import { loc, inc, type Loc } from "./local"; inc(loc)', { value: 42 }],
    ['2', 'const l2: Loc = loc; l2.a', { value: 41 }],
    ['3', 'import { loc as l3 } from "./local.ts"; l3.a', { value: 41 }],
    ['4', 'import { plain } from "./plain.js"; plain.b.toFixed(1)', { value: '2.0' }],
    ['5', 'import data from "./data.json"; data.rows.length', { value: 3 }],
    ['6', 'import { nope } from "./local"', { errors: ['TS2305'] }],
  ],
  'the kernel’s own library, in any folder': [
    [
      '1',
      'import { foreach } from "tagflow"; import * as tslab from "tslab"; [typeof foreach, typeof tslab.display.html]',
      { value: ['function', 'function'] },
    ],
  ],
  using: [
    [
      '1',
      'let log: string[] = []; function res(n: string) { return { n, [Symbol.dispose]() { log.push(n) } } }',
    ],
    [
      '2',
      'const before = 1; using r1 = res("a"); const inUsing = r1.n; function later() { return inUsing + before } log.length',
      { value: 0 },
    ],
    ['3', 'log.join() + inUsing + later()', { value: 'aaa1' }],
    [
      '4',
      '{ await using r2 = { async [Symbol.asyncDispose]() { log.push("async") } }; void r2 } log.length',
      { value: 2 },
    ],
    ['5', 'r1', { errors: ['TS2304'] }],
  ],
  'decorators and accessors': [
    [
      '1',
      'function dec<T extends (...a: any[]) => any>(m: T, c: ClassMethodDecoratorContext) { return function (this: any, ...a: any[]) { return "d:" + m.apply(this, a) } as T }',
    ],
    [
      '2',
      'class Q { @dec hi() { return "hi" } static { void 0 } #p = 1; accessor acc = 2; get p() { return this.#p } } const q0 = new Q(); [q0.hi(), q0.acc, q0.p]',
      { value: ['d:hi', 2, 1] },
    ],
    ['3', 'new Q().hi()', { value: 'd:hi' }],
  ],
  'generics, satisfies, overloads, as const': [
    [
      '1',
      'function id<T>(x: T): T; function id(x: any) { return x }\nconst cfg = { a: 1, b: "x" } satisfies Record<string, string | number>; const tup = [1, "a"] as const; id<string>("s")',
      { value: 's' },
    ],
    ['2', 'const [n1, s1] = tup; cfg.b.length + n1', { value: 2 }],
  ],
  'generic arrow functions and assertions, with and without regard to JSX': [
    ['1', 'const g1 = <T,>(x: T) => x; g1(1)', { value: 1 }],
    ['2', 'const g2 = <T>(x: T) => x; const n = <number>(g2(2) as unknown); n', { value: 2 }],
    ['3', 'g1(g2(3))', { value: 3 }],
    [
      '4',
      'class P { constructor(private v: number) {} get = <T>(x: T) => [x, (<any>this).v] } new P(1).get(2)',
      { value: [2, 1] },
    ],
  ],
  'export in a cell': [
    [
      '1',
      'export const ex = 1; export function ef() { return ex } export type ET = number; export interface EI { a: ET } export enum EE { A = 2 } export class EC {} const zz = 2; export { zz as renamed }; ef()',
      { value: 1 },
    ],
    [
      '2',
      'const e2: ET = ex + ef(); const i: EI = { a: e2 }; [i.a, EE.A, new EC() instanceof EC, zz]',
      { value: [2, 2, true, 2] },
    ],
    ['3', 'const both = 1; export { both }; both', { value: 1 }],
    ['4', 'both', { value: 1 }],
    ['5', 'export default function named() { return 5 }'],
    ['6', 'named()', { value: 5 }],
    [
      '7',
      'export default function () { return 6 }\nexport { type Loc, loc } from "./local"',
      { value: undefined },
    ],
    ['8', 'export default 1 + 1'],
  ],
  'the value of the last expression': [
    ['1', '1;2;"x"', { value: 'x' }],
    ['2', 'const a4 = 1', { value: undefined }],
    ['3', '({ a: 1 })', { value: { a: 1 } }],
    ['4', '[1,2].map(x => x * 2) // c', { value: [2, 4] }],
    ['5', 'await Promise.resolve(9)', { value: 9 }],
    ['6', 'function late() { return 1 }\nlate(); // end', { value: 1 }],
    ['7', '`t${1}`;;', { value: undefined }],
    ['8', '{ let i = 1; i }', { value: undefined }],
    ['9', '"only a string"', { value: 'only a string' }],
    ['10', 'a4 as unknown as string', { value: 1 }],
    ['11', 'late!', { value: expect.any(Function) }],
  ],
  'a cell that throws keeps what it reached': [
    ['0', 'const h3 = "earlier"'],
    [
      '1',
      'const h1 = 1; let h2 = 2; class HC {} type HT = number\nif (h1) throw new Error("boom");\nconst h3 = 3, h4 = 4;',
      { throws: /boom/ },
    ],
    ['2', '[h1, h2, typeof HC, h3, 5 as HT]', { value: [1, 2, 'function', 'earlier', 5] }],
    ['3', 'h4', { errors: ['TS2304'] }],
  ],
  'a cell that is run again and throws keeps no former value': [
    ['1', 'const k1 = 1; const k2 = 10'],
    ['1', 'const k1 = 2; if (k1 > 1) throw new Error("x"); const k2 = 20', { throws: /x/ }],
    ['2', 'k1', { value: 2 }],
    ['3', 'k2', { errors: ['TS2304'] }],
  ],
  'a cell with errors changes nothing': [
    ['1', 'const a = 1; const f = () => a'],
    ['1', 'const a = "s"; const b: number = a', { errors: ['TS2322'] }],
    ['1', 'const a = {', { errors: ['TS1005'] }],
    ['2', 'f().toFixed(1) + a', { value: '1.01' }],
  ],
  'a cell may be built on its own former state': [
    ['1', 'const a = 1'],
    ['2', 'const b = a + 1'],
    ['1', 'const a = b * 10; a', { value: 20, imports: 'b<2' }],
    ['3', 'a + b', { value: 22, imports: 'a<1 b<2' }],
    ['1', 'const a = b * 100; a', { value: 200 }],
    ['2', 'const b = `${a}`', { value: undefined, imports: 'a<1' }],
    ['3', 'b.length + a', { value: 203 }],
  ],
  'inner names shadow names of other cells': [
    ['1', 'const a5 = 1, name = "nm", performance = "perf"; type T5 = number'],
    [
      '2',
      'function sh(a5: string) { { const name = 1; void name } return a5 } const oo = { a5: 2, name: 3 }; class A5 { a5 = 1; name() {} } a5: for (;;) { break a5 } sh(oo.a5 + "")',
      { value: '2', imports: '' },
    ],
    ['3', 'performance.length', { value: 4, imports: 'performance<1' }],
  ],
  'globals may be shadowed, even Object': [
    ['1', 'const Object = { mine: 1 }; let Array = 2; class Promise2 {}'],
    [
      '2',
      'async function f() { return Object.mine + Array } await f()',
      { value: 3, imports: 'Object<1 Array<1' },
    ],
    ['3', 'const $x = 1, $e = 2, $m0 = 3; [$x, $e, $m0, Array]', { value: [1, 2, 3, 2] }],
  ],
  'uses in types run nothing': [
    ['1', 'const base = { k: 1 }; interface Row { id: number } class Cls { z = 1 }'],
    [
      '2',
      'type B = typeof base; let rr: Row[] = []; let cc: Cls | undefined; function isRow(x: unknown): x is Row { return true }',
      { imports: 'base<1:type Row<1:type Cls<1:type' },
    ],
    [
      '3',
      'const o5 = { base, Buffer, console }; fetch; globalThis; o5.base.k',
      { value: 1, imports: 'base<1' },
    ],
    [
      '4',
      'const inst = new Cls(); function ff<Row>(r: Row) { return r } type M = { [base in "x"]: base }; type C5<T> = T extends infer base ? base : never; ff(1)',
      { value: 1, imports: 'Cls<1' },
    ],
  ],
  'names that nothing declares': [
    ['1', 'nope + 1', { errors: ['TS2304'] }],
    ['2', 'const oops = { nope2 }', { errors: ['TS18004'] }],
  ],
  'typeof in an expression runs': [
    ['1', 'const tv = 1'],
    ['2', 'typeof tv', { value: 'number', imports: 'tv<1' }],
  ],
  'functions are called without `this`, and the top level has none': [
    [
      '1',
      'function th(this: any) { return this === undefined } function tag(this: any, s: TemplateStringsArray) { return s[0] + (this === undefined) }',
    ],
    ['2', '[th(), tag`x`]', { value: [true, 'xtrue'] }],
    ['3', 'const top: unknown = this; top === undefined', { value: true }],
  ],
  'a line that starts with a call is not the continuation of the one before': [
    [
      '1',
      'const calls: number[] = []\nfunction f(x: number) { calls.push(x); return x }\nconst b = f\nfunction tag(s: TemplateStringsArray) { calls.push(9) }',
    ],
    [
      '2',
      'const c = b\nf(1)\nif (calls.length) f(2)\nelse f(3)\nfor (const x of [4]) f(x)\nlet d = c as typeof f\n;[5].forEach(f)\nd!\ntag`x`\nf(6)\ncalls',
      { value: [1, 2, 4, 5, 9, 6] },
    ],
    ['3', 'type X = 1\nconst y = 2 as X | 2\ninterface Z {}\n[7].forEach(f)\ncalls.length', { value: 7 }],
  ],
  'comments, line ends, empty cells': [
    ['1', 'const q7 = 1 // trailing'],
    ['2', '// only a comment', { value: undefined }],
    ['3', '', { value: undefined }],
    ['4', '(function () { return q7 })()', { value: 1 }],
    ['5', '[q7][0]', { value: 1 }],
    ['6', 'const crlf = 1;\r\nlet w: number\r\n  = 2;\r\nw + crlf', { value: 3 }],
  ],
  'syntax errors': [
    ['1', 'const = 3', { errors: ['TS1134', 'TS1134'] }],
    ['2', 'function f( {', { errors: ['TS1005'] }],
    ['3', 'return 1', { errors: ['TS1108'] }],
    ['4', '#!sh\nconst x = 1', { errors: ['TS18026', 'TS2304'] }],
  ],
  'declare says what is there already': [
    [
      '1',
      'declare const process2: { pid: number }; declare global { var injected: number } globalThis.injected = 4',
    ],
    ['2', 'globalThis.injected + injected', { value: 8 }],
    ['3', 'typeof process2', { value: 'undefined', imports: 'process2<1:type' }],
  ],
  'import.meta is refused': [['1', 'import.meta.url', { errors: ['TF605'] }]],
  'every erased syntax': [
    [
      '1',
      'abstract class A<T> implements Iterable<T> { private x?: number; readonly y: number = 1; declare z: string; s!: number; [k: string]: any; constructor(); constructor(a?: number) { this.x = a } abstract m(): void; protected override? : boolean; get g(): number { return this.y } set g(v: number) {} *[Symbol.iterator](): Iterator<T> {} async n<U>(this: A<T>, a: U, ...r: U[]): Promise<U> { return a } }\nclass B extends A<number> { m(): void {} }\nconst b = new B(); [b.g, await b.n<number>(3), Object.keys(b).sort().join()]',
      { errors: undefined, value: [1, 3, expect.any(String)] },
    ],
    [
      '2',
      'let v!: number; v = 1; const f = async <T,>(x: T, y?: number): Promise<T> => x; const o = { m<T>(x: T): T { return x }, get a(): number { return 1 } }; try { throw 1 } catch (e: unknown) { v = e as number } for (const k of [1] as number[]) v += k; [v, await f<string>("a"), o.m<number>(2), o.a, new Map<string, number>([["a", 1]]).get("a")!, (v as any as string)]',
      { value: [2, 'a', 2, 1, 1, 2] },
    ],
    [
      '3',
      'const g = (\n  a: number,\n  b: {\n    c: number;\n  },\n): {\n  d: number;\n} => ({ d: a + b.c });\ng(1, { c: 2 })',
      { value: { d: 3 } },
    ],
    [
      '4',
      'function over(x: string): string;\nfunction over(x: number): number;\nfunction over(x: any): any { return x }\nconst t = (<T extends string,>(s: T): s is T => true)("a"); [over(1), t, ((x: number): asserts x is 1 => {})(1)]',
      { value: [1, true, undefined] },
    ],
  ],
};
