import type { Row } from './notebook.ts';

const FOREACH: Row = ['none', 'import { foreach } from "tagflow";'];

/** Notebooks without faults, each with something in it that a slicer could get wrong. */
export const SAME: Record<string, Row[]> = {
  'a chain of helpers': [
    [
      'none',
      'function a(x: number) { return b(x) + 1 }\nfunction b(x: number) { return c(x) * 2 }\nconst c = (x: number) => x + K; const K = 5; function unused() { return other() }\nfunction other() { return 0 }',
    ],
    ['step:s', 'const r = [1, 2].map(a)'],
    ['step:t', 'const q = r.map(a)'],
  ],
  'texts of objects': [
    [
      'step:a',
      'let n = 0\nconst o = { toString() { return "x" + ++n } }; const s = `${o}`; const t = `${s}/${o}`\nconst K = "k"; const path = `${K}/a`',
    ],
    ['step:b', 'const seen = [s, t, path]; const e = `${path}/${t}`'],
    ['step:c', 'const again = [t, s, e]'],
  ],
  'classes across steps': [
    [
      'none',
      'interface Fit { w: number }\nclass Base { constructor(public w: number) {} twice() { return this.w * 2 } }\nclass Model extends Base implements Fit { tag = "m"; predict(x: number) { return scale(this.w * x) } }\nfunction scale(n: number) { return n + 100 }',
    ],
    [
      'step:train',
      'const model = new Model(3); const any: Base = new Model(4); const list = [{ deep: model }]',
    ],
    [
      'step:use',
      'const p = model.predict(2) + any.twice(); const isM = list[0]!.deep instanceof Model; const same = any.constructor.name',
    ],
  ],
  'an instance whose class no later step names': [
    [
      'none',
      'class Sub { constructor(public v = 1) {} get() { return this.v + 1 } }\ninterface G { get(): number }\nconst make = (): G => new Sub(41);',
    ],
    ['step:a', 'const g: G = make()'],
    ['step:b', 'const h = g'],
    ['step:c', 'const n = h.get()'],
  ],
  'two classes of a name': [
    ['none', 'class Model { v = 1; f() { return "one" } }'],
    ['step:a', 'const m = new Model()'],
    ['none', 'class Model { v = 2; f() { return "two" } }'],
    ['step:b', 'const m2 = new Model(); const both: unknown[] = [m, m2]; const s = m instanceof Model'],
    ['step:c', 'const t = both.map((each) => (each as Model).f()); const u = [m.f(), m2.f()]'],
  ],
  'names of types': [
    [
      'none',
      'type Row = { id: number; k: Kind }\nenum Kind { A = "a", B = "b" }\ninterface Box<T> { v: T }\ntype Wrap<T> = Box<T> & { w: 1 }\nclass OnlyType { x = 1 }',
    ],
    [
      'step:a',
      'const row: Row = { id: 1, k: Kind.B }; const bx: Wrap<Row> = { v: row, w: 1 }; let ot: OnlyType | undefined;',
    ],
    [
      'step:b',
      'const out: Box<Row["k"]> = { v: bx.v.k }; function isRow(x: unknown): x is Row { return true } const ok = isRow(row) && typeof ot',
    ],
  ],
  destructuring: [
    [
      'step:a',
      'const { x, y: [y0, ...ys], z = 9, ...rest } = { x: 1, y: [1, 2, 3], p: 5, q: { d: new Date(0) } } as { x: number; y: number[]; z?: number; p: number; q: { d: Date } };\nlet [l, r] = [1, 2] as [number, number]; const u = 1, v = [u, x];',
    ],
    [
      'step:b',
      '[l, r] = [r, l]; const sum = x + y0! + ys.length + z + rest.p + rest.q.d.getTime() + l * 10 + v.length',
    ],
    ['step:c', 'const o = { l, r, sum, u }; ({ l, q: r = 7 } = { l: l + 1 } as { l: number; q?: number });'],
    ['step:d', 'const fin = [l, r, o.l]'],
  ],
  'await and for await': [
    ['none', 'const later = async <T,>(x: T) => { await null; return x }'],
    [
      'step:a',
      'const v1 = await later([1, 2]); let s = 0; for await (const x of v1) s += x; const m = new Map([["k", { s: new Set([s]) }]])',
    ],
    ['step:b', 'const w = await Promise.all(v1.map(later)); const g = m.get("k")!.s.has(3)'],
  ],
  'versions, and helpers where they are called': [
    ['step:a', 'let m = { w: 1 }; let n = 1'],
    ['none', 'const score = (x: number) => m.w * x + n; const addN = () => { n += 10 }'],
    ['step:b', 'const before = score(2); m = { w: m.w + 4 }; addN(); const after = score(2)'],
    ['step:c', 'const c = score(2)'],
    ['step:d', 'm = { w: 0 }; const d = score(2)'],
    ['step:e', 'const e = score(2) + c'],
  ],
  'one name declared twice': [
    ['none', 'const a = 1; const fa = () => a'],
    ['none', 'const a = "two"; const fb = () => a; const q = { a }'],
    ['step:s', 'const r = [fa(), fb(), a, q.a].map(String); { const a = 5; r.push(String(a)) }'],
    ['none', 'const fa = (x: string) => x + a'],
    ['step:t', 'const z = r.map(fa)'],
  ],
  'a global shadowed further down': [
    ['none', 'const len = () => JSON.stringify({ k: 1 }).length'],
    ['step:s', 'const n = len()'],
    [
      'none',
      'const JSON = { stringify: (x: unknown) => "mine" + n2 }; const n2 = 1; const mine = () => JSON.stringify(1)',
    ],
    ['step:t', 'const both = [len(), mine()]', { after: [] }],
  ],
  'names that the program needs itself': [
    ['none', 'const $x = 1; const $i0 = () => $x + 1; import { chunk } from "lodash"'],
    ['step:s', 'const n = $i0() + chunk([1, 2, 3], 2).length; const $named = [n]'],
    ['step:t', 'const m = $named[0]! + $x'],
  ],
  'imports: packages, CommonJS, local files, after setup': [
    ['setup', 'process.env.SEG_X = "set"; const conn = { id: 7, calls: [] as number[] }'],
    [
      'none',
      'import _, { chunk } from "lodash"; import * as d3 from "d3-array"; import fs, { existsSync } from "node:fs"; import { inc, loc, type Loc } from "./local"; import lod = require("lodash")',
    ],
    [
      'step:a',
      'const cs = chunk([1, 2, 3], 2); const mx = d3.max([1, 5]); const l = _.last(cs); const e = existsSync("/") && typeof fs.statSync; const en = [conn.id, process.env.SEG_X]; const lc: Loc = loc; const i = inc(loc); const x = lod.last([1, 2])',
    ],
  ],
  'dynamic imports': [
    ['none', 'const load = async () => (await import("lodash")).default.last([1, 2])'],
    [
      'step:a',
      'const { nanoid } = await import("nanoid"); const x = [typeof nanoid(), await load()]; const { loc } = await import("./local"); const y = loc.a',
    ],
  ],
  parameters: [
    ['parameters', 'const n = 3; const names = ["a", "b"]; const deep = { x: { y: [1] } }'],
    ['none', 'const twice = () => n * 2'],
    ['step:a', 'const r = twice() + names.length + deep.x.y[0]!'],
    ['step:b', 'const r2 = r + n'],
  ],
  'parameters in setup': [
    ['parameters', 'const n = 3'],
    ['setup', 'const table = Array.from({ length: n }, (_, i) => i * i)'],
    ['step:a', 'const r = table.map((x) => x + n)'],
  ],
  'foreach over objects': [
    FOREACH,
    [
      'none',
      'interface Shard { id: number; rows: number[] }\nfunction train(s: Shard) { return { id: s.id, sum: s.rows.reduce((a, b) => a + b, bias()) } }\nconst bias = () => 100',
    ],
    ['step:split', 'const shards: Shard[] = [1, 2, 2].map((id) => ({ id, rows: [id, id + 1] }))'],
    ['step:train', 'const models = await foreach(shards, train, { concurrency: 2 });'],
    ['step:best', 'const best = models.reduce((a, b) => (b.sum > a.sum ? b : a))'],
  ],
  'two foreach in one step': [
    FOREACH,
    ['step:a', 'const rows = [3, 1, 2]'],
    [
      'step:b',
      'let k = 2; let log: string[] = [];\nconst xs = await foreach(rows, async (r, i) => ({ v: r * k, i }));\nk = k + xs.length; log = [...log, "x" + k]; const f = (n: number) => n + k;\nconst [first, ...others] = await foreach(xs.map((x) => x.v), (v) => f(v));\nlog = log.concat("y" + first); k += 1',
    ],
    ['step:c', 'const end = [k, log.join(), first, others.length]'],
  ],
  'if with else': [
    ['step:a', 'let model = { w: 1 }; const score = Math.abs(3); const limit = 2'],
    ['none', 'const better = () => score > limit'],
    [
      'step:choose',
      'let why = "none"; let extra: number | undefined;\nif (better()) { const t = { w: model.w + 9 }; model = t; why = "better" } else if (score > 1) { why = "so" } else { extra = 4 }',
    ],
    ['step:use', 'const out = [model.w, why, extra]'],
  ],
  'a condition that is false': [
    ['step:a', 'let model = { w: 1 }; const score = Math.abs(1)'],
    [
      'step:choose',
      'let r: string | undefined; let n = 5\nif (score > 2) { model = { w: 99 }; r = "x"; n++ }',
    ],
    ['step:use', 'const out = [model.w, r, n]; const rr: string = r ?? "dflt"'],
    ['step:again', 'if (model.w < 5) { model = { w: model.w * 2 } } else model = { w: 0 }'],
    ['step:end', 'const fin = model.w'],
  ],
  'a cache that setup hides in a function': [
    [
      'setup',
      'const slow = (() => { const known = new Map<number, number>(); return (n: number) => known.get(n) ?? (known.set(n, n * 2), n * 2) })()',
    ],
    ['step:a', 'const x = slow(1) + slow(1)'],
    ['step:b', 'const y = slow(1) + x'],
  ],
  'setup that another cell of setup fills': [
    ['none', 'function fill(t: Record<string, number>) { const u = t; u.a = 1; return 1 }'],
    ['setup', 'const table: Record<string, number> = {}'],
    ['setup', 'const filled = fill(table)'],
    ['step:a', 'const r = table.a ?? "empty"'],
  ],
  'setup that changes a global and declares something': [
    ['setup', '(globalThis as any).ofSetup = 4; const unused = 1'],
    ['setup', 'process.env.SEG_Y = "set"; const unused2 = 1'],
    ['step:a', 'const r = [(globalThis as any).ofSetup, process.env.SEG_Y]', { env: { SEG_Y: '' } }],
  ],
  'a name that sets prototypes': [
    ['step:a', 'const __proto__ = { k: 3 }; const z = 1'],
    ['none', 'const wrap = () => ({ __proto__ })'],
    ['step:b', 'const o = { __proto__ }; const r = [Object.keys(o), Object.keys(wrap()), (o as any).k, z]'],
  ],
  'namespaces, enums, objects of functions': [
    [
      'none',
      'enum E { A = 1, B } namespace N { export const k = 2; export function f() { return k + E.B } }\nconst ops = { add: (a: number, b: number) => a + b, E, inner: { N, re: /x+/i }, neg: -1, list: [1, "a", `t`] as const } satisfies Record<string, unknown>',
    ],
    [
      'step:a',
      'const r = [ops.add(1, ops.neg), N.f(), ops.inner.N.f(), ops.inner.re.test("XX"), ops.E[1], ops.list[2]]',
    ],
  ],
  'enums of constants, of their own members and of others': [
    [
      'none',
      'const base = 4; enum A { X = base, Y = X << 1, Z = A.Y | 1, W = -1 } enum B { P = A.Z, Q = `q${"r"}` as any, R = (1 + 2) * base }',
    ],
    ['step:a', 'const r = [A.X, A.Y, A.Z, A.W, A[8], B.P, B.Q, B.R]'],
  ],
  'functions and classes that are renamed': [
    ['none', 'const g = () => 1; class C { v = 1 } function h() { return g.name + C.name }'],
    [
      'none',
      'function g() { return 2 } class C { w = 2 } const k = () => [h(), g.name, C.name, new C().w].join()',
    ],
    ['step:a', 'const r = [k(), h()]'],
  ],
  'an array that a call shuffles in its own step': [
    ['none', 'function shuffle(x: number[]) { const y = [x]; y[0]!.reverse() }'],
    ['step:a', 'const rows = [3, 1, 2]; shuffle(rows); const f = { go: () => 1 }'],
    ['step:b', 'const z = rows.join() + f.go()'],
  ],
  'export, merged declarations, overloads': [
    [
      'none',
      'export function ov(x: string): string; export function ov(x: number): number; export function ov(x: any) { return x }\nfunction F2() { return F2.k } namespace F2 { export const k = 3 }\nexport class Z { z = 1 }',
    ],
    ['step:a', 'export const r = ov(F2()) + new Z().z; export let w = 1'],
    ['step:b', 'w += r'],
  ],
  'hoisting inside a step': [
    [
      'step:a',
      'const base = 7; const q = later(2); const z = more(1); function later(x: number) { return x * more(x) } function more(x: number) { return x + base }',
    ],
  ],
  'var in a block': [
    ['step:a', '{ var hv = 3 }'],
    ['step:b', 'hv = hv + 1'],
    ['step:c', 'const z = hv'],
  ],
  'cells of a step apart, an untagged one between': [
    ['step:a', 'const base = 1; let t = 10'],
    ['none', 'const peek = () => t + base'],
    ['step:a', 't += peek()'],
    ['step:b', 'const v = peek()'],
  ],
  'statements without semicolons': [
    ['step:a', 'let a = [1]\nlet b = 2'],
    ['step:b', '[a, b] = [[b], 3]'],
    ['step:c', '(function () { b = b + a[0]! })()\nconst t = `x${b}`'],
  ],
  'identity within a step': [
    ['step:a', 'const rows = [{ n: 1 }, { n: 2 }]; const best = rows[1]!'],
    ['step:b', 'const pair = { rows, first: rows[0]! }; const at = rows.indexOf(pair.first)'],
  ],
  'identity of what setup and constants hold: instances, regular expressions': [
    [
      'none',
      'class Color { constructor(readonly name: string) {} is(other: Color) { return this === other } }\nconst FORMS = { word: /\\w+/, all: [/a/, /b/] }',
    ],
    [
      'setup',
      'const RED = new Color("r"), BLUE = new Color("b"); const ALL = new Map([["r", RED], ["b", BLUE]])',
    ],
    ['step:a', 'const c = RED; const car = { paint: BLUE }; const form = FORMS.all[1]!'],
    [
      'step:b',
      'const r = [c === RED, car.paint === ALL.get("b"), BLUE.is(car.paint), FORMS.all.indexOf(form)]',
    ],
  ],
  'arrays of numbers, their memory and errors of setup stay themselves': [
    [
      'setup',
      'const T = new Float64Array([1, 2, 3]); const PART = new Uint8Array(T.buffer, 8, 4); const BAD = new RangeError("bad"); const ONE = Object(1)',
    ],
    ['step:a', 'const t = T; const held = { part: PART, bad: BAD, one: ONE }'],
    [
      'step:b',
      'const r = [t === T, held.part === PART, held.part.buffer === T.buffer, held.bad === BAD, held.one === ONE]',
    ],
  ],
  'what a class of setup holds stays itself, whatever other classes a step takes': [
    ['none', 'class Other { one() { return 1 } }'],
    [
      'setup',
      'class Config { static layers = [{ n: 1 }, { n: 2 }]; static at(i: number) { return this.layers[i]! } }',
    ],
    ['step:a', 'const l = Config.at(1)'],
    ['step:b', 'const r = [l === Config.at(1), new Other().one()]'],
  ],
  'an error of setup keeps what it holds when a part of it comes back': [
    [
      'setup',
      'class Money { #n: number; constructor(n: number) { this.#n = n } [Symbol.for("tagflow.encode")]() { return this.#n } static [Symbol.for("tagflow.decode")](n: number) { return new Money(n) } }\nconst M = new Money(3); const BAD = Object.assign(new Error("x"), { m: M })',
    ],
    ['step:a', 'const held = { bad: BAD }'],
    ['step:b', 'const r = [BAD.m === M, held.bad === BAD, held.bad.m === M]'],
  ],
  'a write from a function of the step itself': [
    ['step:a', 'let n = 1; const bump = () => { n *= 3 }; bump()'],
    ['step:b', 'bump(); const seen = n'],
    ['step:c', 'const z = n + seen'],
  ],
  'values of many kinds': [
    [
      'step:a',
      'const all = { d: new Date(5), m: new Map<unknown, unknown>([[{ a: 1 }, new Set([1n])]]), t: new Float32Array([1.5]), u: undefined, n: [NaN, -0, Infinity], r: /x/g, e: new RangeError("no") }; all.n.length',
    ],
    ['step:b', 'const copy = { ...all, more: [...all.n] }'],
  ],
  'items and results keep their identity': [
    FOREACH,
    ['step:a', 'const rows = [{ a: 1 }, { a: 2 }, { a: 3 }].map((row) => row)'],
    [
      'step:b',
      'const picked = await foreach(rows, (row) => row.a > 1 ? row : undefined);\nconst at = picked.map((row) => rows.indexOf(row!)); const twice = await foreach([rows[0]!, rows[0]!], (row) => ({ row }));\nconst same = twice[0]!.row === twice[1]!.row && twice[0]!.row === rows[0]',
    ],
    ['step:c', 'const again = [rows.indexOf(picked[2]!), twice[0]!.row === rows[0], at.length]'],
  ],
  'a body that makes and takes instances': [
    FOREACH,
    [
      'none',
      'class Box { constructor(public v: number) {} get double() { return this.v * 2 } }\ninterface Has { double: number }\nconst box = (v: number): Has => new Box(v)',
    ],
    ['step:a', 'const boxes = [1, 2].map(box)'],
    [
      'step:b',
      'const bigger = await foreach(boxes, (each) => box(each.double)); const sizes = bigger.map((each) => each.double)',
    ],
    ['step:c', 'const sum = bigger.reduce((total, each) => total + each.double, 0)'],
  ],
  'loops over sets, strings, generators, nothing; the index; results taken apart or left': [
    [
      'none',
      'import * as tf from "tagflow"; import { foreach as each } from "tagflow"\nfunction* numbers(n: number) { for (let i = 0; i < n; i++) yield { i } }',
    ],
    [
      'step:a',
      'const letters = await each("abc", (letter, i) => letter + i); const none = await tf.foreach([] as number[], (n) => n);\nawait each(new Set([1, 2]), (n) => n); const [first, ...rest] = await each(numbers(3), ({ i }, at = 7) => [i, at]);\nlet last = (await each([5, 5], function (n) { return n * arguments.length })) as number[]; last = [...last, 1]',
    ],
    ['step:b', 'const all = [letters, none, first, rest, last]'],
  ],
  'a loop in a loop, in a function, and with a body that stays': [
    FOREACH,
    [
      'none',
      'async function grid(n: number) { return await foreach([1, 2], async (x) => await foreach([x, n], (y) => x * y)) }',
    ],
    [
      'step:a',
      'const table = await foreach([1, 2, 3], async (x) => { const row = await foreach([x, x + 1], (y) => x * y); return row.reduce((a, b) => a + b) });\nconst g = await grid(4); const make = (k: number) => (n: number) => n * k; const times = make(3); const stays = await foreach([1, 2], times)',
    ],
    ['step:b', 'const z = [table, g, stays]'],
  ],
  'loops in loops: captured names, identity, three deep, what cannot be handed over': [
    FOREACH,
    [
      'none',
      'class Cell { constructor(public v: number) {} }\nconst scale = (n: number) => n * 10; const twice = (n: number) => n * 2',
    ],
    [
      'step:a',
      `const rows = [{ id: 1 }, { id: 2 }]; let k = 3
const table = await foreach(rows, async (row, r) => {
  const base = row.id * k
  let sum = 0
  const cells = await foreach([1, 2, 3], (n) => ({ row, cell: new Cell(scale(n) + base + r) }))
  for (const { cell } of cells) sum += cell.v
  const doubled = await foreach([sum, base], twice)
  const deep = await foreach(["a", "b"], async (letter) => {
    const mark = letter + base
    const all = await foreach([1, 2], (n) => mark + n + sum, { concurrency: 1 })
    return all.join()
  })
  const local = (n: number) => n + base
  const kept = await foreach([1], (n) => local(n))
  const same = cells.every((each) => each.row === row)
  return { row, sum, doubled, deep, kept, same, first: cells[0]!.cell }
}, { concurrency: 2 })`,
    ],
    ['step:b', 'const at = table.map(({ row }) => rows.indexOf(row)); const v = table[1]!.first.v'],
  ],
  'results that are changed after their loop, but for what the items took from elsewhere': [
    FOREACH,
    ['step:a', 'const rows = [{ n: 1 }, { n: 2 }]'],
    [
      'step:b',
      `const r = await foreach(rows, async (row) => { const mine = { row }; const inner = await foreach([1], (n) => ({ n, mine })); return { row, inner, mine, list: [row] } })
r[0]!.list.push({ n: 5 }); r[1]!.row = { n: 8 }; r[0]!.inner[0]!.n = 7; r[1]!.mine.row = rows[0]!; r.reverse()
const fresh = await foreach([{ n: 1 }], (item) => item)
fresh[0]!.n = 3`,
    ],
    [
      'step:c',
      'const z = [r.map(({ row }) => rows.indexOf(row)), r[0]!.inner[0]!.mine === r[0]!.mine, fresh[0]!.n]',
    ],
  ],
  'loops in loops: items and captured objects that come back are themselves': [
    FOREACH,
    [
      'step:a',
      `const table = await foreach([1, 2], async (n) => {
  const mine = { n, list: [{ at: 0 }, { at: 1 }] }
  const first = await foreach(mine.list, (item) => ({ item, mine }))
  const second = await foreach(first, async ({ item }, i) => {
    const own = { i }
    const deep = await foreach([own], (each) => ({ each, own, mine, item }))
    return { deep, same: [deep[0]!.each === own, deep[0]!.own === own, deep[0]!.mine === mine, deep[0]!.item === item] }
  })
  const same = first.map(({ item, mine: back }, i) => [mine.list[i] === item, back === mine, second[i]!.deep[0]!.item === item])
  return { mine, first, second, same }
})`,
    ],
    ['step:b', 'const at = table.map(({ mine, first }) => first.map(({ item }) => mine.list.indexOf(item)))'],
  ],
  'loops in loops that are not handed over: they assign, change, or are hidden': [
    FOREACH,
    [
      'step:a',
      `const xs = await foreach([1, 2], async function (x) {
  let total = 0; const seen: number[] = []
  await foreach([1, 2], (n) => { total += n * x })
  await foreach([3], (n) => { seen.push(n) })
  const a = await foreach([1], () => arguments.length)
  const { foreach: own } = { foreach: async (list: number[], f: (n: number) => number) => list.map(f) }
  const b = await own([1, 2], (n) => n + x)
  return [total, seen.length, a.length, ...b]
})`,
    ],
    ['step:b', 'const z = xs.flat()'],
  ],
  'setup begins anew in every part': [
    FOREACH,
    ['setup', 'const base = { n: [1, 2, 3].length }; const plus = (x: number) => x + base.n'],
    ['step:a', 'const xs = await foreach([1, 2], plus); const y = plus(xs[0]!)'],
    ['step:b', 'const z = await foreach(xs, (x) => x + base.n + y)'],
  ],
  'one that waits, an else if, no braces, and what they leave': [
    ['step:a', 'let n = 1; let word = "none"; const slow = async (x: number) => { await null; return x }'],
    [
      'step:b',
      'if ((await slow(n)) > 3) word = "big"; else if (n > 0) word = "small"; else if (n > -1) word = "never"',
    ],
    [
      'step:c',
      'let d: { w: string } | undefined; let list: string[] = []\nif ((n += 4) > 4 && word) { const w = word; d = { w }; list = [w] }',
    ],
    ['step:d', 'if (d && d.w === "big") { n = 0; word = "" } else {}'],
    ['step:e', 'const z = [n, word, d?.w, list]'],
  ],
  'what a branch that does not run leaves, with its class': [
    [
      'none',
      'class Model { constructor(public w: number) {} f() { return this.w + 1 } }\ninterface M { f(): number }\nconst make = (w: number): M => new Model(w)',
    ],
    ['step:a', 'let model: M = make(1); const score = 2'],
    ['step:b', 'if (score > 3) model = make(9)'],
    ['step:c', 'const z = model.f()'],
  ],
  'types in angle brackets, in all that a program is made of': [
    FOREACH,
    [
      'none',
      'const same = <T>(x: T) => x\nclass Holder { constructor(private v: number) {} get = <T>(x: T) => [x, (<any>this).v] }\nnamespace Wide { export const of = <T>(x: T) => <unknown>x }',
    ],
    [
      'step:a',
      'let n = <number>(<unknown>1); const xs = await foreach([1, 2], <T>(x: T) => <T | 0>(<unknown>x)); const later = async <\n  T /* a > b */\n>(x: T) => x',
    ],
    ['step:b', 'let m = 0\nif (<any>xs.length > 1) { m = <number>(<any>xs[1]) }'],
    ['step:c', '(<any>n) = 5; [<any>m] = [m + 1]'],
    ['step:d', 'const all = [n, m, xs, same(2), Wide.of(3), new Holder(4).get(5), await later(6)]'],
  ],
  'functions that are called in parentheses and with assertions': [
    ['none', 'function own(this: any, ..._: any[]) { return this === undefined }'],
    [
      'step:a',
      'const r = [(own as any)(1), own!(), (own)(), own?.(), (<any>own)(), (own as any)`x`, own.call(3)]',
    ],
  ],
  'namespaces that hold objects, and an enum that is merged with one': [
    [
      'none',
      'namespace Net { export const layers = [64, 32]; const names = ["in", "out"]; export const of = (i: number) => names.toSorted()[i] + layers.length }\nenum Level { Low, High } namespace Level { export const all = [Level.Low, Level.High] }',
    ],
    ['step:a', 'const r = [Net.of(1), Net.layers.map((n) => n / 2), Level.all.map((l) => Level[l])]'],
    ['step:b', 'const s = [r.length, Net.layers[0]]'],
  ],
  'namespaces and enums in several parts, and a namespace that is merged with a class': [
    [
      'none',
      'export class Point { constructor(public x = Point.ORIGIN) {} } export namespace Point { export const ORIGIN = 7; export const at = (x: number) => new Point(x + ORIGIN) }\nnamespace Area { export const unit = "m"; export function side(n: number) { return n + unit } } namespace Area { export const square = (n: number) => side(n) + unit }\nenum Level { Low = 3 } enum Level { High = Level.Low + 1 } namespace Level { export const top = () => Level.High }',
    ],
    ['step:a', 'const p = Point.at(1); const q = new Point()'],
    ['step:b', 'const r = [p instanceof Point, p.x, q.x, Area.square(2), Level.High, Level[4], Level.top()]'],
    ['none', 'enum Once { A = 1 } enum Once { B = A + 1 }'],
  ],
  'decorators of methods, fields and classes, in their order': [
    [
      'none',
      'const twice = (f: any, c: any) => function (this: any, ...a: any[]) { return f.apply(this, a) * 2 }\nconst more = (_: undefined, c: ClassFieldDecoratorContext) => (v: number) => v + 1\nconst named = (c: any, x: ClassDecoratorContext) => { c.title ??= x.name; c.again = x.name }',
    ],
    [
      'step:a',
      'class D { @twice m(x: number) { return x } @more f = 4; @twice get g() { return 5 } }\n@named class E { static title = "own"; static again = "own"; x = 1 }\nconst F = class { @more f = 6 }\nconst r = [new D().m(2), new D().f, new D().g, E.title, E.again, new F().f]',
    ],
    ['step:b', 'const s = r.length'],
  ],
  'a package’s schema, made in setup: what it works out when it is used first is no change': [
    [
      'setup',
      'import { z } from "zod"; const Row = z.object({ a: z.number(), rows: z.array(z.object({ at: z.string() })).optional() }); type Row = z.infer<typeof Row>',
    ],
    ['step:a', 'const rows: Row[] = [Row.parse({ a: 1, rows: [{ at: "x" }] })]'],
    ['step:b', 'const good = rows.map((row) => Row.safeParse(row).success)'],
  ],
  'loops and conditions beside each other': [
    FOREACH,
    ['parameters', 'const n = 4'],
    [
      'step:a',
      'let best = await foreach(Array.from({ length: n }, (_, i) => i), (i) => ({ i, score: (i * 7) % 5 })); best = best.toSorted((x, y) => y.score - x.score)',
    ],
    ['step:b', 'if (best[0]!.score > 3) { best = best.slice(0, 2) }'],
    ['step:c', 'const names = await foreach(best, ({ i }) => `model ${i}`); const text = names.join()'],
  ],
};

/** Values that a call changes although the step may not, by the name that the failure tells. */
export const CHANGED: Record<string, Row[]> = {
  rows: [
    ['none', 'function spoil(x: number[]) { const y = x; const z = [y]; z[0]!.push(1) }'],
    ['step:a', 'const rows = [1].map((x) => x)'],
    ['step:b', 'spoil(rows)'],
  ],
  counter: [
    ['none', 'const counter = { n: 0, inc() { return ++this.n } }'],
    ['step:a', 'const x = counter.inc()'],
    ['step:b', 'const y = counter.n + x'],
  ],
  twins: [
    ['none', 'const turn = (rows: { n: number }[]) => { const [all] = [rows]; all.reverse() }'],
    ['step:a', 'const twins = [{ n: 1 }, { n: 1 }]; const first = twins[0]!'],
    ['step:b', 'turn(twins)'],
    ['step:c', 'const at = twins.indexOf(first)'],
  ],
  'the item 0': [
    FOREACH,
    ['none', 'const touch = (row: { a: number }) => Object.assign([row][0]!, { a: 9 })'],
    ['step:a', 'const xs = await foreach([{ a: 1 }], (row) => touch(row).a)'],
  ],
  'what an item returned and had not made itself': [
    FOREACH,
    ['step:a', 'const rows = [{ n: 1 }, { n: 2 }]'],
    ['step:b', 'const r = await foreach([1, 0], (i) => rows[i]!)\nr[0]!.n = 9'],
    ['step:c', 'const z = rows[1]!.n'],
  ],
  shared: [
    FOREACH,
    [
      'none',
      'const grow = (lists: Map<string, number[]>) => { const all = [lists]; for (const list of all[0]!.values()) list.push(9) }',
    ],
    ['step:a', 'const shared = new Map([["x", [1]]])'],
    ['step:b', 'const xs = await foreach([1, 2], (x) => { grow(shared); return x })'],
  ],
  before: [
    FOREACH,
    [
      'none',
      'const grow = (lists: Map<string, number[]>) => { const all = [lists]; for (const list of all[0]!.values()) list.push(9) }',
    ],
    ['step:a', 'const before = new Map([["x", [1]]]); const ys = await foreach([1], (x) => x); grow(before)'],
  ],
  Ids: [
    [
      'none',
      'class Ids { static next(): number { const own: any = this; return (own.n = (own.n ?? 0) + 1) } }',
    ],
    ['step:a', 'const x = Ids.next()'],
    ['step:b', 'const y = Ids.next() + x'],
  ],
  Shape: [
    [
      'none',
      'class Shape { area() { return 1 } }\nconst patch = (one: Shape) => { Object.getPrototypeOf(one).area = () => 2 }',
    ],
    ['step:a', 'const shape = new Shape(); patch(shape); const x = shape.area()'],
    ['step:b', 'const y = new Shape().area() + x'],
  ],
  Kept: [
    ['setup', 'class Kept { static all: number[] = []; static add(n: number) { return this.all.push(n) } }'],
    ['step:a', 'const x = Kept.add(1)'],
    ['step:b', 'const y = Kept.add(1) + x'],
  ],
  Outer: [
    [
      'none',
      'namespace Outer { export namespace Inner { export const state = { n: 0 } }\nexport const next = () => ++Inner.state.n }',
    ],
    ['step:a', 'const x = Outer.next()'],
    ['step:b', 'const y = Outer.next() + x'],
  ],
};
