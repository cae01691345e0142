/** Notebooks with what is found in them. Where nothing is, the notebook is like one with a fault, and has none. */
import type { Row } from './notebook.ts';

type Case = [title: string, cells: Row[], found: string[], metadata?: object];

const A: Row = ['step:a', 'const rows = [{ n: 1, tags: ["x"] }].map((row) => row)'];
const COUNT: Row = ['step:a', 'let n = Math.abs(1)'];
const LOOP: Row = ['none', 'import { foreach } from "tagflow"'];
const FREE: Row = ['step:a', 'const t = Math.abs(1)'];

export const CASES: Case[] = [
  // The notebook
  ['another language', [FREE], ['TF101 warning'], { kernelspec: { name: 'python3', language: 'python' } }],
  ['no kernel said', [FREE], [], { kernelspec: undefined }],
  ['no cells', [], ['TF104 info']],
  ['no steps', [['none', 'const a = 1']], ['TF104 info']],
  ['a bad name of a step', [FREE, ['step:Train Model', '1']], ['TF106 error c2']],
  ['several roles', [FREE, ['setup,skip', '1']], ['TF107 error c2']],
  ['tags of others', [['step:a,hide-input', 'const t = Math.abs(1)']], []],
  ['settings that are none', [['step:a', 'const t = 1 + 1', { cpu: 'many' }]], ['TF108 error c1']],
  ['two cells of one id', [FREE, ['none', '1', undefined, { id: 'c1' }]], ['TF102 error cell-2']],
  ['a strange id', [FREE, ['none', '1', undefined, { id: 'c#1' }]], ['TF103 error cell-2']],
  ['no id', [FREE, ['none', '1', undefined, { id: undefined }]], []],
  [
    'tags that are no list',
    [FREE, ['none', '1', undefined, { metadata: { tags: 'step:b' } }]],
    ['TF105 error c2'],
  ],
  [
    'tags that are no strings',
    [FREE, ['none', '1', undefined, { metadata: { tags: [1] } }]],
    ['TF105 error c2'],
  ],
  ['settings of the notebook', [FREE], ['TF109 error'], { tagflow: { concurrency: 0 } }],

  // The order of steps
  [
    'a step with another inside',
    [A, ['step:b', 'const m = rows.length'], ['step:a', 'const z = 1 + 1']],
    ['TF201 error c3'],
  ],
  [
    'a step with an untagged cell inside',
    [A, ['none', 'rows.length'], ['step:a', 'const z = rows.length']],
    [],
  ],
  [
    'after a step that is not there',
    [['step:a', 'const t = 1 + 1', { after: ['load'] }]],
    ['TF202 error c1'],
  ],
  ['after itself', [['step:a', 'const t = 1 + 1', { after: ['a'] }]], ['TF203 error c1']],
  [
    'after each other',
    [
      ['step:a', 'const t = 1 + 1', { after: ['b'] }],
      ['step:b', 'const u = 1 + 1', { after: ['a'] }],
    ],
    ['TF204 error c1'],
  ],
  ['nothing before it', [FREE, ['step:b', 'const u = 1 + 1']], ['TF205 warning c2']],
  ['nothing before it, and said so', [FREE, ['step:b', 'const u = 1 + 1', { after: [] }]], []],
  ['a write alone is a link', [COUNT, ['step:b', 'n = 2']], []],

  // Names
  [
    'made by an untagged cell',
    [
      ['none', 'const m = Math.abs(1)'],
      ['step:a', 'const z = m'],
    ],
    ['TF301 error c2: m'],
  ],
  [
    'made by an untagged cell, through a function',
    [
      ['none', 'const m = Math.abs(1); const twice = () => m * 2'],
      ['step:a', 'const z = twice()'],
    ],
    ['TF301 error c1: m'],
  ],
  [
    'a function with a state of its own',
    [
      ['none', 'function next() { return ++next.n }\nnext.n = 0'],
      ['step:a', 'const z = next()'],
    ],
    ['TF301 error c2: next'],
  ],
  [
    'an enum whose member is computed',
    [
      ['none', 'enum E { A = Math.random(), B = 2 }'],
      ['step:a', 'const z = E.B'],
    ],
    ['TF301 error c2: E'],
  ],
  [
    'an enum of a value that does not travel',
    [
      ['none', 'const base = Math.abs(3); enum E { A = base }'],
      ['step:a', 'const z = E.A'],
    ],
    ['TF301 error c2: E'],
  ],
  [
    'a class that stands there twice',
    [
      ['none', 'class Point { x = 1 }'],
      ['step:a', 'const p = new Point()'],
      ['none', 'class Point { x = 1 }'],
      ['step:b', 'const q = [p.x, new Point().x]'],
    ],
    ['TF313 warning c3: class Point { x = 1 }'],
  ],
  [
    'two classes of one name that say other things',
    [
      ['none', 'class Point { x = 1 }'],
      ['step:a', 'const p = new Point()'],
      ['none', 'class Point { x = 2 }'],
      ['step:b', 'const q = [p.x, new Point().x]'],
    ],
    [],
  ],
  [
    'a namespace with a state',
    [
      [
        'none',
        'namespace Count { const seen: number[] = []; export const add = (n: number) => seen.push(n) }',
      ],
      ['step:a', 'const z = Count.add(1)'],
    ],
    ['TF301 error c2: Count'],
  ],
  [
    'a namespace whose variable is assigned',
    [
      ['none', 'namespace Count { export let n = 0; export const next = () => ++n }'],
      ['step:a', 'const z = Count.next()'],
    ],
    ['TF301 error c2: Count'],
  ],
  [
    'a namespace with a state that goes by another name',
    [
      [
        'none',
        'namespace Count { const seen: number[] = []; export const add = (n: number) => { const s = seen; return s.push(n) } }',
      ],
      ['step:a', 'const z = Count.add(1)'],
    ],
    ['TF301 error c2: Count'],
  ],
  [
    'a namespace with a state that a function changes',
    [
      [
        'none',
        'const push = (all: number[], n: number) => all.push(n)\nnamespace Count { const seen: number[] = []; export const add = (n: number) => push(seen, n) }',
      ],
      ['step:a', 'const z = Count.add(1)'],
    ],
    ['TF301 error c2: Count'],
  ],
  [
    'a namespace whose constants are only read',
    [
      [
        'none',
        'const first = (all: number[]) => all[0]!\nnamespace Count { const seen: number[] = [1]; export const at = () => first(seen) }',
      ],
      ['step:a', 'const z = Count.at()'],
    ],
    [],
  ],
  [
    'a regular expression with a state',
    [
      ['none', 'const re = /a/g'],
      ['step:a', 'const z = re.test("a")'],
    ],
    ['TF301 error c2: re'],
  ],
  [
    'assigned, and made by an untagged cell',
    [
      ['none', 'let m = 1'],
      ['step:a', 'm = 2'],
    ],
    ['TF301 error c2: m'],
  ],
  [
    'a skipped cell shadows',
    [
      ['none', 'const k = 1'],
      ['skip', 'const k = 2'],
      ['step:b', 'const z = k'],
    ],
    ['TF302 error c3: k'],
  ],
  [
    'declared further down',
    [
      ['step:a', 'const z = later + 1'],
      ['step:b', 'const later = Math.abs(1)', { after: [] }],
    ],
    ['TF303 error c1: later'],
  ],
  ['changed in place', [A, ['step:b', 'rows.push()']], ['TF304 error c2: rows']],
  ['a property changed', [A, ['step:b', 'rows[0]!.n = 2']], ['TF304 error c2: rows']],
  ['a property deleted', [A, ['step:b', 'delete (rows as object[])[0]']], ['TF304 error c2: rows']],
  [
    'changed by Object.assign',
    [A, ['step:b', 'Object.assign(rows[0]!, { n: 2 })']],
    ['TF304 error c2: rows'],
  ],
  [
    'changed through a name',
    [A, ['step:b', 'const first = rows[0]!; first.n = 2']],
    ['TF304 error c2: first'],
  ],
  [
    'changed through names of another cell',
    [A, ['step:b', 'const { tags } = rows[0]!'], ['step:b', 'tags.sort()']],
    ['TF304 error c3: tags'],
  ],
  [
    'changed in a loop',
    [A, ['step:b', 'for (const { tags } of rows) { const t = tags; t.reverse() }']],
    ['TF304 error c2: rows'],
  ],
  ['changed by a callback', [A, ['step:b', 'rows.forEach((row) => { row.n++ })']], ['TF304 error c2: rows']],
  [
    'changed by a function that it is given to',
    [
      A,
      ['none', 'function spoil(x: { n: number }[]) { x.push({ n: 3 }) }'],
      ['step:b', 'spoil([]); spoil(rows)'],
    ],
    ['TF304 error c3: rows'],
  ],
  [
    'changed by a function that hands it on',
    [
      A,
      ['none', 'const bump = ({ tags }: { tags: string[] }) => { tags.pop() }'],
      ['none', 'const all = (list: { tags: string[] }[]) => { const items = list; items.forEach(bump) }'],
      ['none', 'all(rows)'],
      ['step:b', 'const t = rows.length'],
    ],
    ['TF305 error c4: rows'],
  ],
  [
    'given to a function that changes a copy, its own name or another parameter',
    [
      A,
      ['none', 'const copied = (x: { n: number }[]) => { const y = [...x]; y.pop(); return y }'],
      ['none', 'function replaced(x: { n: number }[]) { x = []; x.push({ n: 1 }); return x }'],
      ['none', 'const collect = (into: number[], x: { n: number }[]) => { into.push(x.length) }'],
      [
        'step:b',
        'const own = [1]; collect(own, rows); const n = copied(rows).length + replaced(rows).length',
      ],
    ],
    [],
  ],
  [
    'given to a local function of the same name',
    [
      A,
      ['none', 'function spoil(x: { n: number }[]) { x.pop() }'],
      ['step:b', 'const f = (spoil: (x: unknown) => void) => spoil(rows); f(() => {})'],
    ],
    [],
  ],
  [
    'a function that is given a property by another',
    [
      ['none', 'function f() { return 1 }\nfunction mark(g: any) { g.count = 5 }'],
      ['step:a', 'mark(f)'],
      ['step:b', 'const n = (f as any).count', { after: ['a'] }],
    ],
    ['TF301 error c2: f', 'TF301 error c3: f'],
  ],
  [
    'a function that is given a property under another name',
    [
      ['none', 'function f() { return 1 }'],
      ['step:a', 'const g: any = f; g.count = 5'],
      ['step:b', 'const n = (f as any).count', { after: ['a'] }],
    ],
    ['TF301 error c2: f', 'TF301 error c3: f'],
  ],
  [
    'a global changed',
    [
      ['none', '(Array.prototype as any).last = function () { return this.at(-1) }'],
      ['none', 'const put = () => { Object.assign(globalThis, { mode: 1 }) }'],
      ['none', 'const unused = () => { Math.random = () => 0 }'],
      ['step:a', 'put(); const t = Reflect.set({}, "n", 1)'],
    ],
    ['TF312 warning c1: Array', 'TF312 warning c2: globalThis'],
  ],
  ['a global changed in setup', [['setup', 'Math.random = () => 0.5'], FREE], []],
  [
    'changed after being found',
    [A, ['step:b', 'const r = rows.find((row) => row.n)!; r.n = 5']],
    ['TF304 error c2: r'],
  ],
  [
    'an element of a copy changed',
    [A, ['step:b', 'for (const row of [...rows]) row.n = 5']],
    ['TF304 error c2: rows'],
  ],
  [
    'changed by a function',
    [
      ['step:a', 'const m = new Map([["a", 1]])'],
      ['none', 'const put = () => { m.set("b", 2) }'],
      ['step:b', 'put()'],
    ],
    ['TF304 error c2: m'],
  ],
  [
    'a parameter changed',
    [
      ['parameters', 'const names = ["a"]'],
      ['step:a', 'names.push("b"); const z = names.length'],
    ],
    ['TF304 error c2: names'],
  ],
  [
    'copies changed',
    [
      A,
      [
        'step:b',
        'const s = [...rows]; s.sort(); const f = rows.filter((r) => r.n); f.pop(); const o = { ...rows }; o[0] = f[0]!\n' +
          'class Bag { add(x: unknown) { return x } } const bag = new Bag(); bag.add(rows)',
      ],
    ],
    [],
  ],
  [
    'assigned by an untagged cell',
    [COUNT, ['none', 'n = 5'], ['step:b', 'const z = n']],
    ['TF305 error c2: n'],
  ],
  [
    'changed by an untagged cell',
    [A, ['none', 'rows.pop()'], ['step:b', 'const z = rows.length']],
    ['TF305 error c2: rows'],
  ],
  [
    'changed by a skipped cell',
    [A, ['skip', 'rows.pop()'], ['step:b', 'const z = rows.length']],
    ['TF305 error c2: rows'],
  ],
  [
    'assigned by a function that an untagged cell calls',
    [COUNT, ['none', 'const inc = () => { n++ }'], ['none', 'inc()'], ['step:b', 'const z = n']],
    ['TF305 error c2: n'],
  ],
  ['assigned by an untagged cell below', [COUNT, ['step:b', 'const z = n'], ['none', 'n = 5']], []],
  [
    'declared anew by an untagged cell',
    [COUNT, ['none', 'const n = [1].length'], ['step:b', 'const z = n', { after: [] }]],
    ['TF301 error c3: n'],
  ],
  [
    'a parameter assigned',
    [
      ['parameters', 'const n = 1'],
      ['step:a', 'n = 2; const z = n'],
    ],
    ['TF306 error c2: n'],
  ],
  [
    'setup assigned',
    [
      ['setup', 'let c = { n: Math.abs(1) }'],
      ['step:a', 'c = { n: 2 }'],
    ],
    ['TF307 error c2: c'],
  ],
  [
    'setup changed',
    [
      ['setup', 'const c = new Map<string, number>()'],
      ['step:a', 'c.set("a", 1)'],
    ],
    ['TF307 error c2: c'],
  ],
  [
    'setup that changes itself',
    [
      ['setup', 'let seq = 0; const next = () => ++seq'],
      ['step:a', 'const x = next()'],
    ],
    ['TF307 error c1: seq'],
  ],
  [
    'setup that works',
    [
      ['setup', 'let c = 0; const add = (k: number) => { c += k }; add(2)'],
      ['step:a', 'const x = c + 1'],
    ],
    [],
  ],
  [
    'setup that needs a step',
    [COUNT, ['setup', 'const twice = n * 2'], ['step:b', 'const z = twice', { after: ['a'] }]],
    ['TF308 error c2: n'],
  ],
  [
    'setup that needs a parameter',
    [
      ['parameters', 'const n = 1'],
      ['setup', 'const twice = n * 2'],
      ['step:b', 'const z = twice'],
    ],
    [],
  ],
  [
    'state of a package',
    [
      ['none', 'import _ from "lodash"; _.mixin({})'],
      ['step:a', 'const z = _.last([1])'],
    ],
    ['TF309 warning c1: _'],
  ],
  [
    'state of a package, in setup',
    [
      ['setup', 'import _ from "lodash"; _.mixin({})'],
      ['step:a', 'const z = _.last([1])'],
    ],
    [],
  ],
  [
    'a value of a package shown',
    [
      ['none', 'import _ from "lodash"'],
      ['step:a', 'const z = _.last([1])\n_.range(3)'],
    ],
    [],
  ],
  [
    'a promise not awaited',
    [['step:a', 'const f = async () => 1; f(); const z = 1 + 1']],
    ['TF310 error c1: f()'],
  ],
  [
    'a promise not awaited, in a block',
    [['step:a', 'const f = async () => 1\nfor (const x of [1]) { f() }']],
    ['TF310 error c1: f()'],
  ],
  [
    'promises awaited',
    [['step:a', 'const f = async () => 1; await f(); const p = f(); const q = await p']],
    [],
  ],
  [
    'using at the top',
    [['step:a', 'using h = { [Symbol.dispose]() {} }; const z = 1 + 1']],
    ['TF311 error c1: h = { [Symbol.dispose]() {} }'],
  ],
  ['using in a block', [['step:a', '{ using h = { [Symbol.dispose]() {} }; void h } const z = 1 + 1']], []],

  // Loops and conditions
  [
    'a body that stays',
    [
      LOOP,
      [
        'step:a',
        'const mk = (k: number) => (v: number) => v * k; const f = mk(2); const xs = await foreach([1], f)',
      ],
    ],
    ['TF331 warning c2: f'],
  ],
  [
    'a body that travels',
    [LOOP, ['none', 'const f = (v: number) => v * 2'], ['step:a', 'const xs = await foreach([1], f)']],
    [],
  ],
  [
    'a foreach of others',
    [
      ['none', 'const foreach = async (xs: number[], f: (x: number) => number) => xs.map(f)'],
      ['step:a', 'let n = Math.abs(1); const xs = await foreach([1], (x) => (n += x))'],
    ],
    [],
  ],
  [
    'a body that assigns',
    [LOOP, ['step:a', 'let n = Math.abs(0); const xs = await foreach([1], (v) => { n += v; return v })']],
    ['TF333 error c2: n'],
  ],
  [
    'a body whose helper assigns',
    [
      LOOP,
      [
        'step:a',
        'let n = Math.abs(0); const inc = () => { n++ }; const xs = await foreach([1], (v) => { inc(); return v })',
      ],
    ],
    ['TF333 error c2: n'],
  ],
  [
    'a body that changes what it captures',
    [
      LOOP,
      [
        'step:a',
        'const all = [0].map((x) => x); const xs = await foreach([1], (v) => { all.push(v); return v })',
      ],
    ],
    ['TF334 error c2: all'],
  ],
  [
    'a body that changes its item',
    [LOOP, ['step:a', 'const xs = await foreach([{ a: 1 }], (row) => { row.a = 2; return row })']],
    ['TF335 error c2: row.a = 2'],
  ],
  [
    'a body that changes a part of its item',
    [LOOP, ['step:a', 'const xs = await foreach([{ a: [1] }], ({ a }) => { a.push(2); return a })']],
    ['TF335 error c2: a.push(2)'],
  ],
  [
    'a named body that changes its item',
    [
      LOOP,
      ['none', 'function spoil(row: { a: number }) { row.a = 2; return row }'],
      ['step:a', 'const xs = await foreach([{ a: 1 }], spoil)'],
    ],
    ['TF335 error c3: spoil'],
  ],
  [
    'a body that changes a copy',
    [
      LOOP,
      [
        'step:a',
        'const xs = await foreach([{ a: [1] }], ({ a }) => { const b = [...a]; b.push(2); return b })',
      ],
    ],
    [],
  ],
  [
    'a change after a loop',
    [
      LOOP,
      [
        'step:a',
        'const all = [0].map((x) => x); const xs = await foreach(all, (x) => x * 2); all.push(...xs)',
      ],
    ],
    ['TF304 error c2: all'],
  ],
  [
    'used before it is made',
    [
      LOOP,
      [
        'step:a',
        'const f = (): number => base; const xs = await foreach([1], f); var base: number = 7 + xs.length',
      ],
    ],
    ['TF336 error c2: base'],
  ],
  [
    'var in a branch',
    [['step:a', 'if (Math.abs(1) > 0) { var y: number | undefined = 2 }']],
    ['TF337 error c1: y'],
  ],
  [
    'var in an if among others',
    [['step:a', 'const x = Math.abs(1); if (x > 0) { var y: number | undefined = 2 }; const z = y']],
    [],
  ],
  [
    'a function across a loop',
    [LOOP, ['step:a', 'const fs = { f: Math.abs }; const xs = await foreach([1], (x) => fs.f(x))']],
    ['TF403 error c2: fs'],
  ],
  [
    'what may be a function across a loop',
    [
      LOOP,
      [
        'step:a',
        'const f = [Math.abs, 2][1] as (() => number) | number; const xs = await foreach([1], (x) => [x, f])',
      ],
    ],
    ['TF405 warning c2: f', 'TF405 warning c2: xs'],
  ],
  [
    'results that are functions',
    [LOOP, ['step:a', 'const fs = await foreach([1], (x) => ({ f: () => x }))']],
    ['TF403 error c2: fs'],
  ],
  [
    'items that are promises',
    [
      LOOP,
      ['step:a', 'const ps = [Promise.resolve(1)]; const xs = await foreach(ps, async (p) => (await p) + 1)'],
    ],
    ['TF403 error c2: ps'],
  ],
  [
    'state of setup in a body',
    [
      LOOP,
      ['setup', 'let seq = 0; const next = () => ++seq'],
      ['step:a', 'const xs = await foreach([1, 2], () => next())'],
    ],
    ['TF307 error c2: seq'],
  ],

  // Parameters
  [
    'parameters that are none',
    [['parameters', 'const n = Math.random(); let m = 1; function f() {}'], FREE],
    ['TF321 error c1: n = Math.random()', 'TF321 error c1: m = 1', 'TF321 error c1: function f() {}'],
  ],
  [
    'parameters with a type',
    [
      ['parameters', 'interface P { a: number[] }\nconst p: P = { a: [-1, 2] }'],
      ['step:a', 'const z = p.a'],
    ],
    [],
  ],
  [
    'a parameter twice',
    [
      ['parameters', 'const n = 1'],
      ['parameters', 'const n = 2'],
      ['step:a', 'const z = n + 1'],
    ],
    ['TF322 error c2: n = 2'],
  ],
  [
    'a parameter is widened',
    [
      ['parameters', 'const n = 1'],
      ['step:a', 'const z = n === 4'],
    ],
    [],
  ],
  [
    'an injected value of another type',
    [
      ['parameters', 'const n = 1'],
      ['injected-parameters', 'const n = "x"'],
      ['step:a', 'const z = n'],
    ],
    ['TF323 error c2: n = "x"'],
  ],
  [
    'an injected value of another type, where the type says more than JSON can',
    [
      ['parameters', 'const n: number | Date = 1'],
      ['injected-parameters', 'const n = "x"'],
      ['step:a', 'const z = n'],
    ],
    ['TF323 error c2: n = "x"'],
  ],
  [
    'an injected value for a parameter that may be none',
    [
      ['parameters', 'const n: number | undefined = 1; const tuple: [number, string?] = [1]'],
      ['injected-parameters', 'const n = 2; const tuple = [1, "x"]'],
      ['step:a', 'const z = [n, tuple]'],
    ],
    [],
  ],
  [
    'an injected value for nothing',
    [
      ['parameters', 'const n = 1'],
      ['injected-parameters', 'const q = "x"'],
      ['step:a', 'const z = n'],
    ],
    ['TF324 warning c2: q = "x"'],
  ],
  [
    'an injected value',
    [
      ['parameters', 'const n: number | string = 1'],
      ['injected-parameters', 'const n = "x"'],
      ['step:a', 'const z = n'],
    ],
    [],
  ],

  // Types
  [
    'a function inside a value',
    [
      ['step:a', 'const mk = (k: number) => (v: number) => v * k; const model = { predict: mk(2) }'],
      ['step:b', 'const z = model.predict(2)'],
    ],
    ['TF401 error c1: model'],
  ],
  [
    'what may be a function, as its type says, and what may be missing',
    [
      [
        'step:a',
        'const p = { f: [Math.abs, 2][1] as (() => number) | number }; const q: { f?: () => void } = {}',
      ],
      ['step:b', 'const z = [typeof p.f, q.f]'],
    ],
    ['TF404 warning c1: p', 'TF401 error c1: q'],
  ],
  [
    'what may be a function and something that certainly is one',
    [
      ['step:a', 'const p = { f: [Math.abs, 2][1] as (() => number) | number, g: Math.abs }'],
      ['step:b', 'const z = p.g(1)'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'a socket',
    [
      ['step:a', 'import net from "node:net"; const p = new net.Socket()'],
      ['step:b', 'const z = p.connecting'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'a stream',
    [
      ['step:a', 'import fs from "node:fs"; const p = { out: fs.createWriteStream("/dev/null") }'],
      ['step:b', 'const z = p.out.path'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'a process',
    [
      ['step:a', 'import { spawn } from "node:child_process"; const p = spawn("true")'],
      ['step:b', 'const z = p.pid'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'a URL',
    [
      ['step:a', 'const p = new URL("http://a/b")'],
      ['step:b', 'const z = p.host'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'a formatter of the library',
    [
      ['step:a', 'const p = new Intl.NumberFormat("en")'],
      ['step:b', 'const z = p.format(1)'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'shared memory',
    [
      ['step:a', 'const p = new SharedArrayBuffer(8)'],
      ['step:b', 'const z = p.byteLength'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'a function by its general type',
    [
      ['step:a', 'const p = { call: Math.abs as Function }'],
      ['step:b', 'const z = typeof p.call'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'kinds of the library that are kept, and interfaces of which nothing is known',
    [
      [
        'step:a',
        'import fs from "node:fs"; const p = { d: new Date(0), s: fs.statSync("/"), b: Buffer.from("x"), l: [1] as ArrayLike<number>, m: /a/.exec("a"), f: new Float32Array(1), e: new TypeError("x"), o: new Map([[1, new Set([1n])]]) }',
      ],
      ['step:b', 'const z = p.l.length'],
    ],
    [],
  ],
  [
    'a promise',
    [
      ['step:a', 'const p = Promise.resolve(1)'],
      ['step:b', 'const z = await p'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'a symbol',
    [
      ['step:a', 'const p = { s: Symbol("x") }'],
      ['step:b', 'const z = p.s'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'an iterator',
    [
      ['step:a', 'const p = [1].values()'],
      ['step:b', 'const z = [...p]'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'a number that is called then',
    [
      ['step:a', 'const p = { then: [1].length }'],
      ['step:b', 'const z = p.then'],
    ],
    [],
  ],
  [
    'a weak collection',
    [
      ['step:a', 'const p = new WeakSet<object>()'],
      ['step:b', 'const z = p.has({})'],
    ],
    ['TF401 error c1: p'],
  ],
  [
    'an instance of a class that stays',
    [
      ['step:a', 'class S { static n = [1].length; id = 1 } const s = new S()'],
      ['step:b', 'const q = s.id'],
    ],
    ['TF401 error c1: s'],
  ],
  [
    'an instance of a class that travels',
    [
      ['step:a', 'class S { id = 1 } const s = new S()'],
      ['step:b', 'const q = s.id'],
    ],
    [],
  ],
  [
    'an instance with #private fields',
    [
      ['none', 'class S { #n = 0; get n() { return this.#n } }'],
      ['step:a', 'const s = new S()'],
      ['step:b', 'const q = s.n'],
    ],
    ['TF401 error c2: s'],
  ],
  [
    'an instance whose field is an accessor',
    [
      ['none', 'class S { accessor n = 0 }'],
      ['step:a', 'const s = new S()'],
      ['step:b', 'const q = s.n'],
    ],
    ['TF401 error c2: s'],
  ],
  [
    'an instance with #private fields that says how',
    [
      [
        'none',
        'class S { #n = 0; get n() { return this.#n } [Symbol.for("tagflow.encode")]() { return this.#n } }',
      ],
      ['step:a', 'const s = new S()'],
      ['step:b', 'const q = s.n'],
    ],
    [],
  ],
  [
    'a function that nobody takes',
    [['step:a', 'const mk = (k: number) => (v: number) => v * k; const f = mk(2)']],
    [],
  ],
  [
    'a class of a step that stays',
    [
      ['step:a', 'class S { static n = [1].length; id = 1 }'],
      ['step:b', 'const q = new S().id'],
    ],
    ['TF402 error c2: S'],
  ],

  // The place
  [
    'a path',
    [['step:a', 'import { readFileSync } from "node:fs"\nconst t = readFileSync("data.csv", "utf8")']],
    ['TF501 error c1: readFileSync("data.csv", "utf8")'],
  ],
  [
    'a path in a function',
    [
      ['none', 'import fs from "fs"; const load = () => fs.promises.readFile("./x.csv", "utf8")'],
      ['step:a', 'const t = await load()'],
    ],
    ['TF501 error c1: fs.promises.readFile("./x.csv", "utf8")'],
  ],
  [
    'a path that is declared',
    [
      [
        'step:a',
        'import { readFileSync } from "node:fs"\nconst t = readFileSync("./data.csv", "utf8")',
        { files: ['data.csv'] },
      ],
    ],
    [],
  ],
  [
    'an absolute path',
    [['step:a', 'import { readFileSync } from "node:fs"\nconst t = readFileSync("/etc/hosts", "utf8")']],
    [],
  ],
  [
    'an environment variable',
    [['step:a', 'const t = process.env.FOO ?? ""']],
    ['TF502 error c1: process.env.FOO'],
  ],
  [
    'an environment variable, destructured',
    [['step:a', 'const { FOO: t = "" } = process.env']],
    ['TF502 error c1: FOO: t = ""'],
  ],
  [
    'an import of what is computed',
    [['step:a', 'const name = "fs";\nconst t = Object.keys(await import(`node:${name}`)).length']],
    ['TF503 warning c1: import'],
  ],
  [
    'a local file that asks where it lies',
    [
      ['none', 'import { place } from "./placed"'],
      ['step:a', 'const t = place.length'],
      ['step:b', 'const s = place + t'],
    ],
    ['TF508 warning c1: "./placed"'],
  ],
  ['import.meta', [['step:a', 'const t = import.meta.url']], ['TF605 error c1: import.meta']],
  [
    'environment variables that are declared',
    [['step:a', 'const t = [process.env.FOO, process.env["BAR"]]', { envFrom: ['FOO'], env: { BAR: 'x' } }]],
    [],
  ],
  [
    'the text of functions and of classes',
    [
      ['none', 'const f = (x: number) => x; function g() { return `${f}` } class C { x = 1 }'],
      ['step:a', 'const t = [f.toString(), String(g), "" + C, g(), f.name, String(f(1)), `${f(2)}`]'],
      ['none', 'f.toString()'],
    ],
    ['TF504 warning c1: f', 'TF504 warning c2: f', 'TF504 warning c2: g', 'TF504 warning c2: C'],
  ],
  [
    'the text of values, and of functions of packages',
    [
      ['none', 'import { max } from "d3-array"; const n = 3'],
      ['step:a', 'const t = [n.toString(), String(n), `${n}`, max.toString().length > 0]'],
    ],
    [],
  ],
  [
    'require',
    [
      ['none', 'import fs = require("node:fs"); const has = () => typeof require'],
      ['step:a', 'const t = [has(), fs.constants.R_OK]'],
      ['none', 'typeof require'],
    ],
    ['TF505 warning c1: require'],
  ],
  [
    'an environment variable that setup sets',
    [
      ['setup', 'process.env.MODE = "x"'],
      ['step:a', 'const t = process.env.MODE'],
    ],
    [],
  ],

  [
    'an import of which no name is used, or only in types',
    [
      ['none', 'import { nanoid } from "nanoid"; import { chunk, type Dictionary } from "lodash"'],
      [
        'step:a',
        'import fs from "node:fs"; const t = chunk([1, 2]) as unknown; import { loc } from "./local"',
      ],
      ['none', 'import { foreach } from "tagflow"; import "./local"'],
      ['skip', 'import { inc } from "./local"'],
    ],
    ['TF506 info c1: nanoid', 'TF506 info c2: loc'],
  ],
  [
    'an import that a cell uses, whichever that is',
    [
      ['none', 'import { nanoid } from "nanoid"; import { chunk, uniq } from "lodash"'],
      ['none', 'nanoid(); const f = () => uniq([1])'],
      ['step:a', 'const t = [1]'],
    ],
    [],
  ],

  // The compiler
  ['an error in a step', [['step:a', 'const t: string = 5']], ['TS2322 error c1: t']],
  ['an error in an untagged cell', [['none', 'const t: string = 5'], FREE], ['TS2322 warning c1: t']],
  [
    'an error in an untagged cell that a step uses',
    [
      ['none', 'const t: string = 5; const f = () => t'],
      ['step:a', 'const z = f()'],
    ],
    ['TS2322 error c1: t'],
  ],
  ['an error in a skipped cell', [['skip', 'const t: string = 5'], FREE], []],
  [
    'a cell that does not parse',
    [['none', 'const = 3'], FREE],
    ['TS1134 warning c1: =', 'TS1134 warning c1: 3'],
  ],
];
