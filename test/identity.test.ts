import { format } from 'prettier';
import { pipelineFrom, type Row } from './pipeline/notebook.ts';
import { SAME as NOTEBOOKS } from './pipeline/same-values.ts';

type Code = Record<string, string>;

const codeOf = (rows: readonly Row[], step = 'a'): Code =>
  pipelineFrom(rows).steps.find(({ name }) => name === step)!.programs[0]!.code!;

/** Names of the parts that are new, gone or different, sorted. */
function changes(before: Code, now: Code): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.filter((name) => before[name] !== now[name]);
}

const HELPERS = 'function h(x: number) { return x + k }\nconst k = 1\nfunction unused() { return "a" }';
const OWN =
  'const rows = load(3).map((x) => h(x))\nif (rows.length > 2) rows.sort()\nconst total = sum(rows)';
const BASE: Row[] = [
  ['none', 'import { sum } from "d3-array"'],
  ['none', HELPERS],
  ['setup', 'const seen: number[] = []\nseen.push(1)'],
  ['none', 'const load = (n: number) => Array.from({ length: n }, (_, i) => i + seen.length)'],
  ['step:a', OWN],
  ['step:b', 'const best = Math.max(...rows)'],
];
const edited = (index: number, edit: (source: string) => string): Row[] =>
  BASE.map((row, at) => (at === index ? [row[0], edit(row[1])] : row));
const replaced = (index: number, from: string, to: string) =>
  edited(index, (source) => {
    expect(source).toContain(from);
    return source.replace(from, to);
  });

test('every unit is a part with a name', () => {
  expect(Object.keys(codeOf(BASE)).sort()).toEqual([
    'const k',
    'const load',
    'const rows',
    'const seen',
    'const total',
    'function h',
    'import sum from d3-array',
    'inputs and outputs',
    'order',
    'setup statement 1',
    'statement 1',
  ]);
});

const SAME: [string, Row[]][] = [
  ['comments', edited(1, (source) => `// hello\n${source.replace('return', '/* c */ return')} // end`)],
  ['white space', replaced(1, '{ return x + k }', '{\n  return   x  +\n k\n}')],
  ['semicolons and quotes', edited(4, (source) => source.replaceAll('\n', ';\n').replaceAll('"', "'"))],
  ['parentheses', replaced(4, 'h(x)', '(h((x)))')],
  ['types', replaced(1, 'x: number', 'x: number & {}')],
  ['a type that is written out', replaced(4, 'const rows', 'const rows: number[]')],
  ['as, satisfies, !', replaced(4, 'h(x)', 'h((x as number)! satisfies number)')],
  ['an interface', edited(1, (source) => `interface Row { n: number }\n${source}`)],
  ['an overload', edited(1, (source) => `function h(x: number): number\n${source}`)],
  ['an unused helper of the same cell', replaced(1, '"a"', '"b"')],
  ['another step', replaced(5, 'max', 'min')],
  ['an unrelated cell', [...BASE.slice(0, 2), ['none', 'const note = 2'], ...BASE.slice(2)]],
  ['other ids', BASE.map(([tag, source], i): Row => [tag, source, undefined, { id: `x${9 - i}` }])],
  [
    'a split cell',
    [
      ...BASE.slice(0, 1),
      ...HELPERS.split('\n')
        .reverse()
        .map((source): Row => ['none', source]),
      ...BASE.slice(2, 4),
      ...OWN.split('\n').map((source): Row => ['step:a', source]),
      BASE[5]!,
    ],
  ],
  ['merged and moved cells', [['none', `${HELPERS}\nimport { sum } from "d3-array"`], ...BASE.slice(2)]],
  ['an import in two cells', [...BASE.slice(0, 1), ...BASE]],
];

test.each(SAME)('not another program: %s', (_, rows) => {
  expect(changes(codeOf(BASE), codeOf(rows))).toEqual([]);
});

const OTHER: [string, Row[], string[]][] = [
  ['a helper', replaced(1, 'x + k', 'k + x'), ['function h']],
  ['a constant', replaced(1, 'k = 1', 'k = 2'), ['const k']],
  ['an own value', replaced(4, 'load(3)', 'load(4)'), ['const rows']],
  ['a statement', replaced(4, '> 2', '> 1'), ['statement 1']],
  ['setup', replaced(2, 'push(1)', 'push(2)'), ['setup statement 1']],
  ['a new statement', edited(4, (source) => `${source}\ntotal.toFixed()`), ['order', 'statement 2']],
  [
    'the order of statements',
    edited(4, (source) =>
      source
        .split('\n')
        .sort((a, b) => a.localeCompare(b))
        .join('\n'),
    ),
    ['order'],
  ],
  [
    'another import',
    replaced(0, '{ sum }', '{ mean as sum }'),
    ['const total', 'import mean from d3-array', 'import sum from d3-array'],
  ],
  [
    'let for const',
    replaced(4, 'const total', 'let total'),
    ['const total', 'inputs and outputs', 'let total', 'order'],
  ],
  [
    'what else is kept',
    edited(4, (source) => `${source}\nconst more = [1]`),
    ['const more', 'inputs and outputs'],
  ],
  [
    'a name bound to another helper of the same text',
    [
      ...BASE.slice(0, 3),
      ['none', 'const k = 1; const twin = () => k'],
      BASE[3]!,
      replaced(4, 'h(x)', 'h(x) + twin()')[4]!,
      BASE[5]!,
    ],
    ['const k (2)', 'const rows', 'const twin'],
  ],
];

test.each(OTHER)('another program: %s', (_, rows, parts) => {
  expect(changes(codeOf(BASE), codeOf(rows))).toEqual(parts);
});

const READ: Row = ['step:b', 'const z = f(n)'];
const BOUND: [string, Row[], Row[]][] = [
  [
    'a value of a step or a constant',
    [['step:a', 'const n = Math.abs(1)'], ['none', 'const f = (x: number) => x'], READ],
    [['none', 'const n = 1; const f = (x: number) => x'], READ],
  ],
  [
    'a global or a function of the notebook',
    [['step:b', 'const z = structuredClone(1)']],
    [
      ['none', 'function structuredClone(x: number) { return x }'],
      ['step:b', 'const z = structuredClone(1)'],
    ],
  ],
  [
    'a helper or a later one of the same name',
    [
      ['none', 'const k = 1'],
      ['none', 'const f = () => k'],
      ['none', 'const k = 1 + 0 * 2; const g = () => k'],
      ['step:b', 'const z = f() + g()'],
    ],
    [
      ['none', 'const k = 1'],
      ['none', 'const k = 1 + 0 * 2; const f = () => k; const g = () => k'],
      ['step:b', 'const z = f() + g()'],
    ],
  ],
  [
    'two inputs of one name',
    [
      ['step:a', 'const n = Math.abs(1)'],
      ['none', 'const f = () => n'],
      ['step:c', 'const n = Math.abs(2)'],
      ['none', 'const g = () => n'],
      ['step:b', 'const z = f() - g()'],
    ],
    [
      ['step:a', 'const n = Math.abs(1)'],
      ['none', 'const g = () => n'],
      ['step:c', 'const n = Math.abs(2)'],
      ['none', 'const f = () => n'],
      ['step:b', 'const z = f() - g()'],
    ],
  ],
  [
    'the same export of another module',
    [
      ['none', 'import { max } from "d3-array"'],
      ['step:b', 'const z = max([1])'],
    ],
    [
      ['none', 'import { max } from "lodash"'],
      ['step:b', 'const z = max([1])'],
    ],
  ],
  [
    'a constant taken before or after an assignment',
    [['step:b', 'let n = 1; n = 2; const z = [n]']],
    [['step:b', 'let n = 1; const z = [n]; n = 2']],
  ],
  [
    'a copy before or after a change',
    [['step:b', 'const l = [1]; l.push(2); const z = [...l]']],
    [['step:b', 'const l = [1]; const z = [...l]; l.push(2)']],
  ],
  [
    'setup before or after a bare import',
    [
      ['setup', 'process.env.TF_X = "1"'],
      ['none', 'import "lodash"'],
      ['step:b', 'const z = 1 + 1'],
    ],
    [
      ['none', 'import "lodash"'],
      ['setup', 'process.env.TF_X = "1"'],
      ['step:b', 'const z = 1 + 1'],
    ],
  ],
];

test.each(BOUND)('the same text means other things: %s', (_, before, now) => {
  expect(changes(codeOf(before, 'b'), codeOf(now, 'b'))).not.toEqual([]);
});

describe('names that collide', () => {
  const F: Row = ['none', 'function f() { return 1 }; const g = () => f.name'];
  const USE: Row = ['step:a', 'const z = [g(), f()].join()'];

  test('do not matter where the program restores them', () => {
    const first = codeOf([F, ['none', 'const f = () => 2'], USE]);
    const swapped = codeOf([['none', 'const f = () => 2'], F, ['none', 'const f = () => 2'], USE]);
    expect(changes(first, swapped)).toEqual([]);
    expect(Object.keys(first)).toEqual(expect.arrayContaining(['function f', 'const f', 'const g']));
  });

  test('matter where a function takes its name from a variable', () => {
    const own: Row = ['step:a', 'let f = () => 1; const n = f.name'];
    const alone = codeOf([own]);
    const beside = codeOf([own, ['step:a', 'let f = 2; f += 1']]);
    expect(changes(alone, beside)).toContain('let f');
  });
});

/** Pairs of expressions that must not be taken for the same. */
const DIFFERENT: [string, string][] = [
  ['({ a: b }) => b', '({ a = b }) => b'],
  ['() => { for (;b;) {} }', '() => { for (;;b) {} }'],
  ['() => { for (b;;) {} }', '() => { for (;b;) {} }'],
  ['-b', '+b'],
  ['b => b++', 'b => b--'],
  ['b => b++', 'b => ++b'],
  ['(b?.c).d', 'b?.c.d'],
  ['b => { let c = b; return c }', 'b => { var c = b; return c }'],
  ['"a b"', '"a  b"'],
  ['`a\n  b`', '`a b`'],
  ['String.raw`\\n`', 'String.raw`\n`'],
  ['/a/', '/a/i'],
  ['b => b', 'async b => b'],
  ['function () {}', 'function* () {}'],
  ['function (...b) {}', 'function (b) {}'],
  ['[...b]', '[b]'],
  ['[1, , 2]', '[1, 2]'],
  ['b => { if (b) ; }', 'b => { if (b) b }'],
  ['class { a = 1 }', 'class { static a = 1 }'],
  ['class { get a() { return 1 } }', 'class { a() { return 1 } }'],
  ['class { constructor(public a = 1) {} }', 'class { constructor(a = 1) {} }'],
  ['class { #a = 1 }', 'class { a = 1 }'],
  ['new b.c()', 'new (b.c())()'],
  ['b ? c : d', 'b ? d : c'],
  ['() => { try {} catch {} }', '() => { try {} finally {} }'],
  ['async b => { for await (const c of b); }', 'async b => { for (const c of b); }'],
  ['b in c', 'b instanceof c'],
  ['<a b="1" />', '<a b="2" />'],
  ['<a>x y</a>', '<a>xy</a>'],
  ['<a>{b}</a>', '<a>b</a>'],
  ['void b', 'typeof b'],
];
const SAME_FORM: [string, string][] = [
  ['"a"', "'\\u0061'"],
  ['1_000', '0x3e8'],
  ['<T,>(b: T) => b', '(b) => b'],
  ['[1, 2,]', '[1, 2]'],
  ['({ b, c, })', '({b,c})'],
  ['class<T> { private a!: T; b?: number; declare c: T; [k: string]: unknown }', 'class { a; b }'],
  ['class { constructor(private a: number) {} }', 'class { constructor(readonly a) {} }'],
  ['class extends Array<number> implements Iterable<number> {}', 'class extends Array {}'],
  ['function (this: Date, b: unknown): b is string { return !b }', 'function (b) { return !b }'],
  ['new Map<string, number>()', 'new Map()'],
  ['() => { ; type T = 1; interface U {} ; return 1; }', '() => { return 1 }'],
  ['<a>{/* c */}\n  x\n</a>', '<a>x</a>'],
  ['b!.c', 'b.c'],
];

describe('what code says', () => {
  const expressions = [...new Set([...DIFFERENT, ...SAME_FORM].flat())];
  const code = codeOf([
    ['setup', 'declare const d: any; let b: any = 1, c: any = 2'],
    ...expressions.map((text): Row => ['step:a', `void [\n${text}\n]\n`]),
  ]);
  const said = (text: string) => code[`statement ${expressions.indexOf(text) + 1}`]!;

  test.each(DIFFERENT)('%j is not %j', (a, b) => {
    expect(said(a)).toMatch(/^[0-9a-f]{64}$/);
    expect(said(a)).not.toBe(said(b));
  });
  test.each(SAME_FORM)('%j is %j', (a, b) => expect(said(a)).toBe(said(b)));
});

describe('notebooks of all kinds', () => {
  type Programs = Map<string, { code: Code; text: string }>;
  const programs = (rows: readonly Row[]): Programs =>
    new Map(
      pipelineFrom(rows).steps.map(({ name, programs: [program] }) => [
        name,
        { code: program!.code!, text: program!.source.replace(/\n\/\/# sourceMappingURL=.*/, '') },
      ]),
    );
  const editedAt = (rows: readonly Row[], at: number, source: string): Row[] =>
    rows.map((row, index) => (index === at ? [row[0], source, row[2], row[3]] : row));

  test.each(Object.entries(NOTEBOOKS))('%s: written otherwise, it is the same', async (_, rows) => {
    const style = { parser: 'typescript', semi: false, singleQuote: true, printWidth: 40 } as const;
    const formatted = rows.map(async ([tag, source, settings, raw], index): Promise<Row> => [
      tag,
      await format(source, style),
      settings,
      { ...raw, id: `other-${index}` },
    ]);
    const codes = (found: Programs) => [...found].map(([step, { code }]) => [step, code]);
    expect(codes(programs(await Promise.all(formatted)))).toEqual(codes(programs(rows)));
  });

  test.each(Object.entries(NOTEBOOKS))('%s: a number changes the programs that hold it', (_, rows) => {
    const before = programs(rows);
    for (const [at, [, source]] of rows.entries()) {
      for (const { index, 0: digits } of [...source.matchAll(/\b\d+\b/g)].slice(0, 1)) {
        const other =
          source.slice(0, index) + String(Number(digits) + 1) + source.slice(index + digits.length);
        const now = programs(editedAt(rows, at, other));
        for (const [step, { code, text }] of before) {
          const isSame = now.get(step)!.text === text;
          expect([step, source.slice(index), changes(code, now.get(step)!.code).length === 0]).toEqual([
            step,
            source.slice(index),
            isSame,
          ]);
        }
      }
    }
  });
});

describe('uses of clock, randomness and network', () => {
  const impure = (...rows: Row[]) => pipelineFrom(rows).steps[0]!.programs[0]!.impure ?? [];
  const FOUND: [string, string[]][] = [
    ['Date.now()', ['Date.now()']],
    ['new Date()', ['new Date()']],
    ['new Date', ['new Date()']],
    ['Date()', ['Date()']],
    ['[1].map(Date.now)', ['Date.now()']],
    ['new Date(0)', []],
    ['Date.UTC(2020, 1)', []],
    ['({}) instanceof Date', []],
    ['Math.random() + Math.random()', ['Math.random()']],
    ['Math["random"]()', ['Math.random()']],
    ['require("node:os").EOL', ['require()']],
    ['await import("node:" + "fs")', ['import() of what is computed']],
    ['(globalThis as any).Math.random()', ['Math.random()']],
    ['Math.max(1, 2)', []],
    ['crypto.randomUUID()', ['crypto.randomUUID()']],
    ['crypto.getRandomValues(new Uint8Array(1))', ['crypto.getRandomValues()']],
    ['performance.now()', ['performance.now()']],
    ['process.hrtime.bigint()', ['process.hrtime()']],
    ['[process.uptime(), process.memoryUsage()]', ['process.memoryUsage()', 'process.uptime()']],
    ['process.argv.length', ['process.argv']],
    ['process.stdin.fd', ['process.stdin']],
    ['process.platform', []],
    ['await fetch("http://localhost").then((r) => r.status)', ['fetch()']],
    ['new WebSocket("ws://localhost").url', ['new WebSocket()']],
    ['typeof fetch', []],
    ['(() => { const { random: r } = Math; return r() })()', ['Math.random()']],
    ['((fetch: () => number) => fetch())(() => 1)', []],
    ['(await import("node:http")).METHODS.length', ['node:http']],
  ];

  test.each(FOUND)('%s', (text, expected) => {
    expect(impure(['step:a', `const z = ${text}`])).toEqual(expected);
  });

  test('imports of modules of Node', () => {
    const imports =
      'import { randomBytes } from "node:crypto"; import net from "net"; import os from "node:os"';
    expect(
      impure(['none', imports], ['step:a', 'const z = [randomBytes(1)[0], net.isIP("1"), os.EOL]']),
    ).toEqual(['crypto.randomBytes()', 'net']);
    expect(
      impure(['none', 'import { performance as p } from "node:perf_hooks"'], ['step:a', 'const z = p.now()']),
    ).toEqual(['performance.now()']);
    expect(
      impure(
        ['none', 'import type { Server } from "node:http"'],
        ['step:a', 'const z = 1 + 1; type T = Server'],
      ),
    ).toEqual([]);
  });

  test.each([
    ['import { runs } from "tagflow"', 'await runs.latest()'],
    ['import { runs as past } from "tagflow"', '[past].map((each) => each.list)'],
    ['import * as tagflow from "tagflow"', 'await tagflow.runs.list()'],
    ['import * as tagflow from "tagflow"', '(() => { const { runs } = tagflow; return runs.list() })()'],
    ['const f = 1', '(await import("tagflow")).runs.list()'],
  ])('%s and %s: runs of the past', (imports, text) => {
    expect(impure(['none', imports], ['step:a', `const z = ${text}`])).toEqual(['runs of the past']);
  });

  test('the rest of the library is pure', () => {
    const imports = 'import { file, type PastRun } from "tagflow"; import * as tagflow from "tagflow"';
    const code = 'const z = [file("data.json"), tagflow.file("data.json")]; type P = PastRun';
    expect(impure(['none', imports], ['step:a', code])).toEqual([]);
  });

  test('of all that the program takes, and of nothing else', () => {
    const rows: Row[] = [
      ['setup', 'const started = Date.now()'],
      ['none', 'const noise = () => Math.random(); const unused = () => performance.now()'],
      ['step:a', 'const z = noise() + started'],
    ];
    expect(impure(...rows)).toEqual(['Date.now()', 'Math.random()']);
  });

  test("a cell's own name is not the global, and a seeded library is pure", () => {
    expect(impure(['none', 'function fetch() { return 1 }'], ['step:a', 'const z = fetch()'])).toEqual([]);
    expect(
      impure(
        ['none', 'import { randomLcg } from "d3-random"'],
        ['step:a', 'const z = [randomLcg(0.5)].length'],
      ),
    ).toEqual([]);
  });
});
