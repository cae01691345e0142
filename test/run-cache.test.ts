/** What runs again after a change, and what does not: notebooks run, changed, and run again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Run } from '@tagflow/schema';
import { explainStep } from '../kernel/lib/run/explain.js';
import { resultsOf } from '../kernel/lib/run/origin.js';
import { stalenessOf } from '../kernel/lib/run/staleness/staleness.js';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { writeRunStart } from '../kernel/lib/store/journal.js';
import { readAttempts, readRunStart } from '../kernel/lib/store/records.js';
import { newRunId } from '../kernel/lib/store/run-id.js';
import { FOLDER, pipelineFrom, type Row } from './pipeline/notebook.ts';
import { runHere } from './pipeline/values.ts';

let store: FolderStore;
beforeEach(() => {
  store = new FolderStore(join(mkdtempSync(join(tmpdir(), 'tagflow-cache-')), 'store'));
});
afterEach(() => rmSync(join(store.location, '..'), { recursive: true, force: true }));

const LOOP: Row = ['none', 'import { foreach } from "tagflow"'];
const BASE: Row[] = [
  LOOP,
  ['none', 'function h(x: number) { return x + 1 }\nfunction other() { return 1 }'],
  ['none', 'const note = 1'],
  ['parameters', 'const n = 2; const unused = 5'],
  ['step:a', 'const rows = [1, 2, 3].map((x) => x)'],
  ['step:b', 'const k = rows.length; const ys = await foreach(rows, (x) => h(x) + k)\nconst s = ys.length'],
  ['step:c', 'const t = rows.length + n'],
  ['step:d', 'let u = 0; if (s > 2) { u = h(t) } else { u = -1 }'],
  ['step:e', 'const v = [u, t, ys.length]', { cache: true }],
];

/** The notebook with one cell changed. */
const edit = (index: number, change: (source: string) => string): Row[] =>
  BASE.map(([tag, source, settings], i) => [tag, i === index ? change(source) : source, settings]);

/** What ran, each program by step and segment, each item by its index; in notebook order. */
async function ran(run: Run): Promise<string> {
  const attempts = await readAttempts(store, run.id);
  return attempts
    .filter(({ end }) => end && end.cached === undefined)
    .map(
      ({ start: { step, segment, index } }) => `${step}.${segment}${index === undefined ? '' : `[${index}]`}`,
    )
    .sort()
    .join(' ');
}

/** Changes with what runs again. Steps a, c, e are 0 only; b is split 0, body 1, join 2; d is condition 0, branches. */
const CHANGES: Record<string, [Row[], string, Record<string, unknown>?]> = {
  nothing: [BASE, ''],
  'comments, layout, parentheses': [
    edit(1, (s) => `// hello\n${s.replace('{ return x + 1 }', '{\n   /* c */\n  return (x   + 1);\n}')}`),
    '',
  ],
  'types alone': [edit(1, (s) => s.replace('(x: number)', '(x: number & {}): number')), ''],
  'a cell that nothing uses': [edit(2, () => 'const note = 2; const more = () => note'), ''],
  'a helper that nothing uses, in a cell of one that is': [
    edit(1, (s) => s.replace('return 1', 'return 2')),
    '',
  ],
  'a parameter that nothing reads': [BASE, '', { unused: 6 }],
  'a parameter': [BASE, 'c.0 d.1 e.0', { n: 3 }],
  'cells that are cut, joined and moved': [
    [
      ['none', 'const zero = 0'],
      LOOP,
      ['none', 'function h(x: number) { return x + 1 }'],
      ['parameters', 'const n = 2'],
      ['step:a', 'const rows = [1, 2, 3].map((x) => x)'],
      ['step:b', 'const k = rows.length; const ys = await foreach(rows, (x) => h(x) + k)'],
      ['step:b', 'const s = ys.length'],
      ...BASE.slice(6),
    ],
    '',
  ],
  'a helper, with the same results': [
    edit(1, (s) => s.replace('x + 1', '1 + x')),
    'b.1[0] b.1[1] b.1[2] d.1',
  ],
  'a helper, with other results': [
    edit(1, (s) => s.replace('x + 1', 'x + 2')),
    'b.1[0] b.1[1] b.1[2] b.2 d.1 e.0',
  ],
  'one item more, at the front': [
    edit(4, (s) => s.replace('[1,', '[0, 1,').replace(', 3]', ']')),
    'a.0 b.0 b.1[0] b.2 c.0 e.0',
  ],
  'the first step, with the same results': [edit(4, (s) => s.replace('(x) => x', '(x) => +x')), 'a.0'],
  'after the loop only': [edit(5, (s) => s.replace('ys.length', 'ys.length + 0')), 'b.2'],
  'a condition, with the same branch': [edit(7, (s) => s.replace('> 2', '> 1')), 'd.0'],
  'the other branch': [edit(7, (s) => s.replace('-1', '-2')), ''],
  'a condition, with the other branch': [edit(7, (s) => s.replace('> 2', '> 9')), 'd.0 d.2 e.0'],
  'a name that is bound elsewhere, to the same': [
    [...BASE.slice(0, 3), ['none', 'function h(x: number) { return x + 1 } '], ...BASE.slice(3)],
    '',
  ],
};

test('exactly what a change can reach runs again', async () => {
  expect(await ran(await runHere(pipelineFrom(BASE), store))).toBe(
    'a.0 b.0 b.1[0] b.1[1] b.1[2] b.2 c.0 d.0 d.1 e.0',
  );
  for (const [title, [rows, wanted, parameters]] of Object.entries(CHANGES)) {
    const pipeline = pipelineFrom(rows);
    const foretold = await stalenessOf(store, pipeline, FOLDER, parameters);
    const run = await runHere(pipeline, store, { parameters });
    expect([title, run.state, await ran(run)]).toEqual([title, 'succeeded', wanted]);
    // Results of this change stand for later ones: a fresh store for each would hide that nothing else does.
    const again = new Set(
      wanted
        .split(' ')
        .filter(Boolean)
        .map((each) => each.split('.')[0]),
    );
    const stale = foretold.filter((each) => each.stale).map(({ step }) => step);
    expect([title, [...again].every((step) => stale.includes(step!))]).toEqual([title, true]);
    expect([title, again.size === 0, stale.length === 0]).toEqual([title, wanted === '', wanted === '']);
  }
});

test('what stands for a step is told, and why one ran', async () => {
  const first = await runHere(pipelineFrom(BASE), store);
  const second = await runHere(pipelineFrom(edit(1, (s) => s.replace('x + 1', 'x + 2'))), store);
  expect(second.steps.find(({ name }) => name === 'a')!.cached).toBe(first.id);
  const body = (await explainStep(store, second, 'b')).find(({ kind }) => kind === 'body')!;
  expect(body.reasons).toEqual([`Since run ${first.id}: function h was edited.`]);
  expect((await explainStep(store, second, 'a'))[0]).toMatchObject({ cached: first.id, reasons: [] });
  expect((await explainStep(store, first, 'a'))[0]!.reasons).toEqual(['No earlier run came to it.']);
});

test('steps of chance, steps without consumers and steps told so run each time; others with `--no-cache` too', async () => {
  const rows: Row[] = [
    ['step:chance', 'const x = Math.random()'],
    ['step:told', 'const y = [1].length', { cache: false }],
    ['step:kept', 'const w = [Math.random() * 0, 1].length', { cache: true }],
    ['step:pure', 'const p = [1, 2].length'],
    ['step:end', 'const z = [x * 0, y, w, p]'],
  ];
  const pipeline = pipelineFrom(rows);
  await runHere(pipeline, store);
  expect(await ran(await runHere(pipeline, store))).toBe('chance.0 end.0 told.0');
  expect(await ran(await runHere(pipeline, store, { cache: false }))).toBe(
    'chance.0 end.0 kept.0 pure.0 told.0',
  );
  const reasons = (await stalenessOf(store, pipeline, FOLDER)).map(
    ({ step, reasons }) => `${step}: ${reasons.join()}`,
  );
  expect(reasons).toEqual([
    'chance: it runs each time, because it uses Math.random()',
    'told: it runs each time, because its setting `cache` is false',
    'kept: ',
    'pure: ',
    'end: step chance runs before it, and may make something else,step told runs before it, and may make something else',
  ]);
});

test('one key with two values is not reproducible, and that is told', async () => {
  const pipeline = pipelineFrom([
    ['none', 'const roll = globalThis["Math"]["random"]'],
    ['setup', 'const dice = { roll: () => globalThis["Math"]["random"]() }'],
    ['step:a', 'const x = dice.roll(); const y = [1]'],
    ['step:b', 'const z = [x, y]'],
  ]);
  await runHere(pipeline, store);
  const again = await runHere(pipeline, store, { cache: false });
  expect(again.steps[0]!.differs).toEqual(['x']);
});

test('a run that goes on takes over all that succeeded, also what is never cached', async () => {
  const rows = (last: string): Row[] => [
    LOOP,
    ['step:chance', 'const x = Math.random(); const items = [1, 2, 3]'],
    [
      'step:many',
      `const ys = await foreach(items, (i) => { ${last}; return i + x }, { concurrency: 1 })`,
      { cache: false },
    ],
    ['step:end', 'const z = [x, ys]'],
  ];
  const failed = await runHere(pipelineFrom(rows('if (i === 3) throw new Error("no")')), store);
  expect(failed.state).toBe('failed');
  const again = {
    resumed: await resultsOf(store, failed.id),
    origin: { run: failed.id, kind: 'retry' as const },
  };
  const retried = await runHere(pipelineFrom(rows('if (i === 3) throw new Error("no")')), store, again);
  expect(await ran(retried)).toBe('many.1[2]');
  // The body is another one now: its items are made anew, what came before it is not.
  const resumed = await runHere(pipelineFrom(rows('')), store, again);
  expect(await ran(resumed)).toBe('end.0 many.1[0] many.1[1] many.1[2] many.2');
  expect(resumed).toMatchObject({ state: 'succeeded', origin: { run: failed.id } });
  const digests = (run: Run) =>
    run.steps.find(({ name }) => name === 'chance')!.outputs.map(({ digest }) => digest);
  expect(digests(resumed)).toEqual(digests(failed));
  // A run in between made other chances: they are not taken for those of the run that is gone on with.
  await runHere(pipelineFrom(rows('')), store, { cache: false });
  expect(digests(await runHere(pipelineFrom(rows('')), store, again))).toEqual(digests(failed));
  // A run may be killed after a result is recorded and before it is filed under its key.
  rmSync(join(store.location, 'keys'), { recursive: true });
  const killed = await runHere(pipelineFrom(rows('if (i === 3) throw new Error("no")')), store, again);
  expect(await ran(killed)).toBe('many.1[2]');
  expect(digests(killed)).toEqual(digests(failed));
});

test('a run that went on with another and was killed at once loses nothing of it', async () => {
  const rows: Row[] = [
    ['step:chance', 'const x = Math.random()'],
    ['step:end', 'const z: number[] = [x]; if (z.length) throw new Error("no")'],
  ];
  const failed = await runHere(pipelineFrom(rows), store);
  const start = (await readRunStart(store, failed.id))!;
  const killed = { ...start, id: newRunId(new Date()), origin: { run: failed.id, kind: 'retry' as const } };
  await writeRunStart(store, killed);
  const again = {
    resumed: await resultsOf(store, killed.id),
    origin: { run: killed.id, kind: 'retry' as const },
  };
  expect(await ran(await runHere(pipelineFrom(rows), store, again))).toBe('end.0');
});

test('objects of results that stand are those of the run now', async () => {
  const rows = (list: string): Row[] => [
    LOOP,
    ['step:a', `const rows = ${list}.map((id) => ({ id }))`],
    ['step:b', 'const best = rows.find(({ id }) => id === 2)!'],
    ['step:c', 'const wrapped = { best }'],
    ['step:d', 'const picked = await foreach(rows, (row) => ({ row }))'],
    ['step:e', 'const at = [rows.indexOf(wrapped.best), picked.map(({ row }) => rows.indexOf(row))]'],
  ];
  const at = async (list: string): Promise<unknown> => {
    const run = await runHere(pipelineFrom(rows(list)), store);
    const [output] = run.steps.at(-1)!.outputs;
    return [await readArtifact(store, output!.digest), await ran(run)];
  };
  expect(await at('[1, 2]')).toEqual([[1, [0, 1]], 'a.0 b.0 c.0 d.0 d.1[0] d.1[1] d.2 e.0']);
  // The wrapped row is the same value, and another place in the list; so is each item.
  expect(await at('[0, 1, 2]')).toEqual([[2, [0, 1, 2]], 'a.0 b.0 d.0 d.1[0] d.2 e.0']);
  // Steps may be called otherwise: their results stand all the same.
  const renamed = rows('[0, 1, 2]').map(([tag, ...rest]): Row => [
    tag.replace('step:', 'step:new-'),
    ...rest,
  ]);
  const run = await runHere(pipelineFrom(renamed), store);
  expect(await ran(run)).toBe('new-e.0');
  expect(await readArtifact(store, run.steps.at(-1)!.outputs[0]!.digest)).toEqual([2, [0, 1, 2]]);
});

test('a result of a variable that was empty does not stand where it is not set', async () => {
  const pipeline = pipelineFrom([
    ['step:a', 'const mode = process.env.TAGFLOW_TEST_MODE === ""', { envFrom: ['TAGFLOW_TEST_MODE'] }],
    ['step:b', 'const b = mode'],
  ]);
  process.env['TAGFLOW_TEST_MODE'] = '';
  expect((await runHere(pipeline, store)).state).toBe('succeeded');
  delete process.env['TAGFLOW_TEST_MODE'];
  const failed = await runHere(pipeline, store);
  expect(failed.steps[0]!.failure).toMatchObject({ name: 'MissingVariable' });
});

test('results that are too old, or gone, are told as that', async () => {
  const pipeline = pipelineFrom([
    LOOP,
    ['step:a', 'const xs = [1, 2, 3].map((x) => x)', { cache: { maxAge: '0.2s' } }],
    ['step:b', 'const ys = await foreach(xs, (x) => x + 1)', { cache: { maxAge: '0.5s' } }],
    ['step:c', 'const z = ys.length', { cache: true }],
  ]);
  const reasons = async () =>
    Object.fromEntries((await stalenessOf(store, pipeline, FOLDER)).map((each) => [each.step, each.reasons]));
  const first = await runHere(pipeline, store);
  expect((await reasons())['c']).toEqual([]);
  await pause(250);
  expect((await reasons())['a']).toEqual(['its result is older than 0.2s']);
  const second = await runHere(pipeline, store);
  expect(await ran(second)).toBe('a.0');
  await pause(300);
  // What `b` has taken over in between is as old as when it was made.
  const third = await runHere(pipeline, store);
  expect(await ran(third)).toBe('a.0 b.0 b.1[0] b.1[1] b.1[2] b.2');
  const why = async (step: string) => (await explainStep(store, third, step)).map((each) => each.reasons);
  expect(await why('a')).toEqual([[`The results of run ${second.id} were older than 0.2s.`]]);
  const old = [`The results of run ${first.id} were older than 0.5s.`];
  expect(await why('b')).toEqual([old, old, old]);

  const lasting = pipelineFrom([['step:a', 'const xs = [1].map((x) => x)', { cache: true }]]);
  await runHere(lasting, store);
  rmSync(join(store.location, 'keys'), { recursive: true });
  expect((await stalenessOf(store, lasting, FOLDER))[0]!.reasons).toEqual([
    'its result is not in the store any more',
  ]);
});

test('of a loop all runs are told whose results stand', async () => {
  const rows = (list: string): Row[] => [
    LOOP,
    ['step:a', `const ys = await foreach(${list}, (x: number) => x + 1)`],
    ['step:b', 'const z = ys.length'],
  ];
  const run = (list: string) => runHere(pipelineFrom(rows(list)), store);
  const [first, second, third] = [await run('[1, 2]'), await run('[1, 2, 3]'), await run('[1, 2, 3]')];
  const body = (await explainStep(store, third, 'a')).find(({ kind }) => kind === 'body');
  expect(body).toMatchObject({ cached: first.id, cachedToo: [second.id], reasons: [] });
});

test('a value that was too large to be kept is kept once it may be', async () => {
  const pipeline = (keepLimit: string) =>
    pipelineFrom([
      ['step:a', 'const big = "x".repeat(2000); const small = big.length', { keepLimit }],
      ['step:b', 'const b = small', { cache: true }],
    ]);
  await runHere(pipeline('1Ki'), store);
  expect(await ran(await runHere(pipeline('1500'), store))).toBe('');
  const [a] = await stalenessOf(store, pipeline('1Mi'), FOLDER);
  expect(a!.reasons).toEqual(['its result lacks what is kept now']);
  const run = await runHere(pipeline('1Mi'), store);
  expect(await ran(run)).toBe('a.0');
  expect(run.steps[0]!.outputs.map(({ name }) => name)).toEqual(['big', 'small']);
  // Who has more than is asked for need not run again.
  expect(await ran(await runHere(pipeline('1Ki'), store))).toBe('');
});
