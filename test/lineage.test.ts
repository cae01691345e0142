import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Lineage } from '@tagflow/schema';
import { lineageText as colouredText } from '../kernel/lib/command/lineage-text.js';
import {
  FolderStore,
  deriveLineage,
  findDigest,
  graphOf,
  listRuns,
  readAttempts,
  readLineage,
  readRun,
  type LineageQuery,
} from '../kernel/lib/store/index.js';
import { writeAttemptEnd, writeAttemptStart } from '../kernel/lib/store/journal.js';
import { linkKey, linkOf, readLinks } from '../kernel/lib/store/links.js';
import { reindex } from '../kernel/lib/store/reindex.js';
import { hasTag, isRunTag } from '../kernel/lib/store/run-tag.js';
import { pipelineFrom } from './pipeline/notebook.ts';
import { runHere } from './pipeline/values.ts';
import { type RunSpec, type StepSpec, digestOf, recordsOf, writeRun } from './store/records.ts';

/** Without colours, which a terminal and CI have. */
const lineageText = (...given: Parameters<typeof colouredText>): string =>
  stripVTControlCharacters(colouredText(...given));

const A = '20260130-100000-000aaaaa';
const B = '20260131-100000-000bbbbb';
const C = '20260131-110000-000ccccc';

/** Edges without what is the same in all ids. */
function edgesOf({ edges }: Lineage): string[] {
  const short = (id: string): string => id.replace(/2026\d{4}-\d{6}-000(.)\w+/, '$1').replace('/0/', '/');
  return edges
    .map(({ from, to, kind }) => `${short(from)} ${kind === 'read' ? '=>' : '->'} ${short(to)}`)
    .sort();
}

const derive = (runs: RunSpec[], query: LineageQuery): Lineage =>
  deriveLineage(graphOf(runs.map(recordsOf)), query);

const chain: StepSpec[] = [
  { step: 'load', uses: { size: 4 }, makes: { rows: [1, 2] } },
  { step: 'train', uses: { rows: [1, 2], rate: 0.5 }, makes: { model: { w: 1 }, loss: 3 } },
  { step: 'score', uses: { model: { w: 1 } }, makes: { score: 9 } },
  { step: 'side', uses: { rows: [1, 2] }, makes: { other: 8 } },
  { step: 'print', uses: { score: 9 } },
];
const chained: RunSpec = { id: A, parameters: { size: 4, rate: 0.5 }, steps: chain };

test.each<[string, RunSpec[], LineageQuery, string[]]>([
  [
    'both ways, with parameters and a step that keeps nothing',
    [chained],
    { of: `${A}/train/0/model` },
    [
      'a/load/rows -> a/train/model',
      'a/rate -> a/train/model',
      'a/score/score -> a/print/',
      'a/size -> a/load/rows',
      'a/train/model -> a/score/score',
    ],
  ],
  [
    'up only, one step',
    [chained],
    { of: `${A}/score/0/score`, up: 1, down: 0 },
    ['a/train/model -> a/score/score'],
  ],
  ['down only, one step', [chained], { of: `${A}/size`, up: 0, down: 1 }, ['a/size -> a/load/rows']],
  [
    'a name that is made anew: each step has the version before it',
    [
      {
        id: A,
        steps: [
          { step: 'one', makes: { x: 1 } },
          { step: 'two', uses: { x: 1 }, makes: { x: 1 } },
          { step: 'three', uses: { x: 1 }, makes: { y: 2 } },
        ],
      },
    ],
    { of: `${A}/three/0/y` },
    ['a/one/x -> a/two/x', 'a/two/x -> a/three/y'],
  ],
  [
    'equal values of two names are not mixed up',
    [
      {
        id: A,
        parameters: { n: 1 },
        steps: [
          { step: 'one', makes: { x: 1 } },
          { step: 'two', makes: { y: 1 } },
          { step: 'three', uses: { y: 1, n: 1 }, makes: { z: 2 } },
        ],
      },
    ],
    { of: `${A}/three/0/z` },
    ['a/n -> a/three/z', 'a/two/y -> a/three/z'],
  ],
  [
    'segments of a step: items and their join',
    [
      {
        id: A,
        steps: [
          { step: 'fit', segment: 0, makes: { shards: [1, 2] } },
          { step: 'fit', segment: 1, index: 0, uses: { item: [1, 2] }, makes: { r0: 5 } },
          { step: 'fit', segment: 1, index: 1, uses: { item: [1, 2] }, makes: { r1: 6 } },
          { step: 'fit', segment: 2, uses: { r0: 5, r1: 6 }, makes: { best: 6 } },
        ],
      },
    ],
    { of: `${A}/fit/2/best` },
    [
      'a/fit/1.0/r0 -> a/fit/2/best',
      'a/fit/1.1/r1 -> a/fit/2/best',
      'a/fit/shards -> a/fit/1.0/r0',
      'a/fit/shards -> a/fit/1.1/r1',
    ],
  ],
  [
    'attempts that failed made nothing',
    [
      {
        id: A,
        steps: [
          { step: 'one', makes: { x: 1 } },
          { step: 'two', uses: { x: 1 }, state: 'failed' },
        ],
      },
    ],
    { of: `${A}/one/0/x` },
    [],
  ],
  [
    'across runs: a result of another run, and one that was read',
    [
      chained,
      { id: B, steps: [{ step: 'score', uses: { model: { w: 1 } }, makes: { score: 10 } }] },
      {
        id: C,
        steps: [
          {
            step: 'report',
            read: [{ run: B, step: 'score', name: 'score', digest: digestOf(10) }],
            makes: { text: 't' },
          },
        ],
      },
    ],
    { of: `${C}/report/0/text`, up: 2 },
    ['a/train/model -> b/score/score', 'b/score/score => c/report/text'],
  ],
])('lineage: %s', (_, runs, query, expected) => {
  expect(edgesOf(derive(runs, query))).toEqual(expected);
});

test('lineage says what cut it, and carries code and parameters', () => {
  const lineage = derive([chained], { of: `${A}/train/0/model`, up: 1, down: 1 });
  expect(lineage.cut).toEqual([`${A}/load/0/rows`, `${A}/score/0/score`]);
  expect(lineage.runs).toMatchObject([{ id: A, parameters: { size: 4, rate: 0.5 } }]);
  expect(lineage.nodes.find(({ name }) => name === 'rate')).toMatchObject({
    value: 0.5,
    digest: digestOf(0.5),
  });
  expect(lineage.nodes.find(({ name }) => name === 'rows')).toMatchObject({
    step: 'load',
    program: digestOf('load'),
  });
});

test('lineage as text: a tree, each value once', () => {
  const diamond: StepSpec[] = [
    { step: 'load', uses: { size: 4 }, makes: { rows: 1 } },
    { step: 'left', uses: { rows: 1 }, makes: { a: 2 } },
    { step: 'right', uses: { rows: 1 }, makes: { b: 3 } },
    { step: 'join', uses: { a: 2, b: 3 }, makes: { c: 4 } },
  ];
  const lineage = derive([{ id: A, parameters: { size: 4 }, steps: diamond }], { of: `${A}/join/0/c` });
  const text = lineageText(lineage, { up: true, down: true }).replace(/[0-9a-f]{12}$/gm, 'SHA');
  expect(text).toContain(`c: number  step join, run ${A}, 2026-01-30 10:00:04, SHA

made from
├← a: number  step left, 2026-01-30 10:00:02, SHA
│  └← rows: number  step load, 2026-01-30 10:00:01, SHA
│     └← size = 4  parameter, SHA
└← b: number  step right, 2026-01-30 10:00:03, SHA
   └← rows … as above

became
nothing yet

run ${A} of tour, 2026-01-30 10:00:00
`);
  expect(text).toContain('parameters  size=4');
});

test('lineage as text: a class is told by its name', () => {
  const lineage = derive([{ id: A, steps: [{ step: 'fit', makes: { model: 1 } }] }], {
    of: `${A}/fit/0/model`,
  });
  for (const node of lineage.nodes)
    node.type = 'type T = { next: T | null }; /* class Forest */ { trees: T[] }';
  expect(lineageText(lineage, { up: true, down: true })).toMatch(/model.*: Forest {2}step fit/);
});

test('lineage as text: of very many items some are shown', () => {
  const items = Array.from({ length: 1000 }, (_, i) => i);
  const steps: StepSpec[] = [
    ...items.map((i) => ({ step: 'fit', segment: 1, index: i, makes: { [`r${i}`]: i } })),
    { step: 'best', uses: Object.fromEntries(items.map((i) => [`r${i}`, i])), makes: { best: 1000.5 } },
  ];
  const lineage = derive([{ id: A, steps }], { of: `${A}/best/0/best` });
  expect(lineage.edges).toHaveLength(1000);
  const text = lineageText(lineage, { up: true, down: false });
  expect(text).toMatch(/├← r7: number {2}step fit item 7, .*\n└ … and 992 more\n/);
});

describe('in a store', () => {
  let folder: string;
  let store: FolderStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tagflow-lineage-'));
    store = new FolderStore(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const again: RunSpec = {
    id: B,
    tags: ['best', 'who=me'],
    steps: [{ step: 'score', uses: { model: { w: 1 } }, makes: { score: 10 } }],
  };
  const reader: RunSpec = {
    id: C,
    steps: [
      {
        step: 'report',
        read: [{ run: B, step: 'score', name: 'score', digest: digestOf(10) }],
        makes: { text: 't' },
      },
    ],
  };
  const model = { run: A, step: 'train', name: 'model', digest: digestOf({ w: 1 }) };

  test('it crosses runs both ways, by links and by what was read', async () => {
    for (const run of [chained, again, reader]) await writeRun(store, run);
    const down = await readLineage(store, model, { up: 0 });
    expect(edgesOf(down)).toEqual([
      'a/score/score -> a/print/',
      'a/train/model -> a/score/score',
      'a/train/model -> b/score/score',
      'b/score/score => c/report/text',
    ]);
    const text = { run: C, step: 'report', name: 'text', digest: digestOf('t') };
    expect(edgesOf(await readLineage(store, text, { down: 0 }))).toContain('a/train/model -> b/score/score');
    expect(edgesOf(await readLineage(store, text, { up: 1 }))).toEqual(['b/score/score => c/report/text']);
  });

  test('what was made later, though within the same second, is not where a value came from', async () => {
    const later: RunSpec = {
      id: '20260131-100001-900ddddd',
      steps: [{ step: 'train', makes: { model: { w: 1 } } }],
    };
    for (const run of [chained, again, later]) await writeRun(store, run);
    const score = { run: B, step: 'score', name: 'score', digest: digestOf(10) };
    expect(edgesOf(await readLineage(store, score, { up: 1 }))).toEqual(['a/train/model -> b/score/score']);
  });

  test('runs that made an equal value themselves are not its descendants', async () => {
    for (const id of [A, B, C]) await writeRun(store, { ...chained, id });
    const lineage = await readLineage(store, { ...model, run: B });
    expect(new Set(lineage.nodes.map(({ run }) => run))).toEqual(new Set([B]));
    const { artifact, others } = await findDigest(store, model.digest.slice(0, 8));
    expect([artifact, others]).toEqual([{ ...model, run: C }, 2]);
  });

  test('a digest that nothing made is a parameter; one that is not there is a sentence', async () => {
    await writeRun(store, chained);
    expect((await findDigest(store, digestOf(0.5))).artifact).toEqual({
      run: A,
      name: 'rate',
      step: undefined,
      digest: digestOf(0.5),
    });
    await expect(findDigest(store, 'abcdef')).rejects.toThrow(/No run in .* abcdef/);
  });

  test('what another run made whose records are gone is of unknown origin', async () => {
    for (const run of [chained, again]) await writeRun(store, run);
    rmSync(join(folder, 'runs/2026-01-30'), { recursive: true });
    const score = { run: B, step: 'score', name: 'score', digest: digestOf(10) };
    const lineage = await readLineage(store, score);
    expect(lineageText(lineage, { up: true, down: false })).toMatch(/model.*of unknown origin/);
  });

  test('the index can be made anew from the records', async () => {
    for (const run of [chained, again, reader]) await writeRun(store, run);
    const before = await readLineage(store, model);
    for (const index of ['links', 'tags']) rmSync(join(folder, index), { recursive: true });
    expect((await readLineage(store, model)).edges.length).toBeLessThan(before.edges.length);
    expect(await reindex(store)).toBe(3);
    expect(await readLineage(store, model)).toEqual(before);
    expect((await listRuns(store, { tag: 'who' })).map(({ id }) => id)).toEqual([B]);
  });

  test('a link is there before the record that it follows from', async () => {
    const written: string[] = [];
    const put = store.put.bind(store);
    store.put = async (key, ...rest) => {
      await put(key, ...rest);
      written.push(key);
    };
    await writeRun(store, chained);
    const made = written.findIndex((key) => key.includes(`${model.digest}.made.`));
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(written.findIndex((key) => key.includes('train/0/1/end.json')));
    expect(await readLinks(store, model.digest)).toHaveLength(2);
    expect(readdirSync(join(folder, 'links'))).toContain('complete');
  });

  test('thousands of items are not opened all at once', async () => {
    let [open, most] = [0, 0];
    const counted =
      <P extends unknown[], R>(work: (...parameters: P) => Promise<R>) =>
      async (...parameters: P): Promise<R> => {
        most = Math.max(most, ++open);
        return work(...parameters).finally(() => open--);
      };
    const items = Array.from({ length: 500 }, (_, i) => i);
    const steps: StepSpec[] = [
      ...items.map((i) => ({ step: 'fit', index: i, makes: { [`r${i}`]: i } })),
      { step: 'join', uses: Object.fromEntries(items.map((i) => [`r${i}`, i])), makes: { all: 1 } },
    ];
    const { attempts } = recordsOf({ id: A, steps });
    for (const { start, end } of attempts.slice(0, -1)) {
      await writeAttemptStart(store, start);
      await writeAttemptEnd(store, start, end);
    }
    store.put = counted(store.put.bind(store));
    store.get = counted(store.get.bind(store));
    await writeAttemptStart(store, attempts.at(-1)!.start);
    expect(await readLinks(store, digestOf(499))).toHaveLength(2);
    expect((await readAttempts(store, A)).map(({ start }) => start.index)).toHaveLength(501);
    expect(most).toBeLessThan(100);
  });

  test('it goes through loops, of which no record names the results', async () => {
    const pipeline = pipelineFrom([
      ['none', 'import { foreach } from "tagflow"'],
      ['parameters', 'const n = 2; const w = 10; const item = 2; const other = 1'],
      ['step:load', 'const rows = [1, 2].map((i) => i * n)'],
      [
        'step:loop',
        `const k = rows.length + other
         const ys = await foreach(rows, async (r) => {
           const inner = await foreach([r, r + 1], (x) => x * w)
           return inner.length + k
         })
         const s = ys.length
         const zs = await foreach(ys, (y) => y * 2)`,
      ],
      ['step:end', 'const e = [s, zs]', { cache: true }],
    ]);
    const run = await runHere(pipeline, store);
    const lineageOf = async (id: string, step: string, name: string, options: object) => {
      const { digest } = (await readRun(store, id)).steps
        .find((each) => each.name === step)!
        .outputs.find((each) => each.name === name)!;
      const found = await readLineage(store, { run: id, step, name, digest }, options);
      return edgesOf(found).map((edge) => edge.replaceAll(id, 'run'));
    };
    const loop = [
      'run/load/rows -> run/loop/1/',
      'run/load/rows -> run/loop/k',
      'run/loop/1/ -> run/loop/2/ys',
      'run/loop/5/ -> run/loop/1/',
      'run/loop/k -> run/loop/1/',
      'run/n -> run/load/rows',
      'run/other -> run/loop/1/',
      'run/other -> run/loop/k',
      'run/w -> run/loop/1/',
      'run/w -> run/loop/5/',
    ];
    expect(await lineageOf(run.id, 'loop', 'ys', { down: 0 })).toEqual(loop);
    // The same of results that were taken over, but for the loops in items: nothing of them ran.
    const again = await runHere(pipeline, store);
    expect(await lineageOf(again.id, 'loop', 'ys', { down: 0 })).toEqual(
      loop.filter((edge) => !edge.includes('/5/')),
    );
    expect(await lineageOf(run.id, 'load', 'rows', { up: 0 })).toEqual(
      expect.arrayContaining(['run/loop/3/ -> run/loop/4/zs', 'run/loop/4/zs -> run/end/e']),
    );
    // What is within a step is no step away.
    expect(await lineageOf(run.id, 'loop', 'zs', { up: 1, down: 0 })).toEqual(
      expect.arrayContaining(['run/loop/1/ -> run/loop/3/', 'run/load/rows -> run/loop/1/']),
    );
    expect(await lineageOf(run.id, 'loop', 'zs', { up: 1, down: 0 })).not.toContain('run/n -> run/load/rows');
    const { artifact } = await findDigest(store, again.steps.at(-1)!.outputs[0]!.digest);
    expect(lineageText(await readLineage(store, artifact), { up: true, down: true })).toMatch(
      /← step loop, 2 items /,
    );
  });

  test('runs are found by tag, state and time', async () => {
    for (const run of [chained, again, { ...reader, tags: ['who=you', 'bester'] }])
      await writeRun(store, run);
    const ids = async (options: object): Promise<string[]> =>
      (await listRuns(store, options)).map(({ id }) => id);
    expect(await ids({ tag: 'who' })).toEqual([C, B]);
    expect(await ids({ tag: 'who=me' })).toEqual([B]);
    expect(await ids({ tag: 'best' })).toEqual([B]);
    expect(await ids({ tag: 'none' })).toEqual([]);
    expect(await ids({ state: 'failed' })).toEqual([]);
    expect(await ids({ since: '2026-01-31T10:30:00.000Z' })).toEqual([C]);
    expect(await ids({ since: '2026-01-31T00:00:00.000Z', limit: 1, tag: 'who' })).toEqual([C]);
  });
});

test.each([
  [{ digest: 'a'.repeat(64), kind: 'made', run: A, step: 'train', segment: 0 }],
  [{ digest: 'b'.repeat(64), kind: 'used', run: A, step: 'train-2', segment: 3, index: 17 }],
] as const)('a link is its key: %j', (link) => {
  expect(linkOf(linkKey(link))).toEqual(link);
});

test.each([
  ['best', true],
  ['model=v1.2', true],
  ['note=a b/c', true],
  ['', false],
  ['-x', false],
  ['a/b', false],
  ['..', false],
  ['x=', false],
  ['x'.repeat(101), false],
])('%j is a tag: %j', (text, is) => {
  expect(isRunTag(text)).toBe(is);
  expect(hasTag([text], text)).toBe(true);
});
