/** Loops and conditions in real processes: what fails, dies, hangs, and what is kept of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CellSettings, Run, StepRun } from '@tagflow/schema';
import type { RunEvent } from '../kernel/lib/run/event.js';
import { fittingBatch } from '../kernel/lib/run/fan-out.js';
import type { ItemReply } from '../kernel/lib/run/step-request.js';
import { startRun } from '../kernel/lib/run/start.js';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { readLog } from '../kernel/lib/store/log.js';
import { readAttempts, readRun } from '../kernel/lib/store/records.js';
import { triedAgain } from './pipeline/loops.ts';
import { notebookText, pipelineOfText, type Row } from './pipeline/notebook.ts';

let folder: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-loops-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  store = new FolderStore(join(folder, '.tagflow'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const LOOP: Row = ['none', 'import { foreach } from "tagflow"'];

async function run(
  rows: Row[],
  options: { signal?: AbortSignal; onEvent?: (event: RunEvent) => void } = {},
): Promise<Run> {
  const notebook = notebookText(rows);
  const made = await startRun({ notebook, directory: folder, store, trigger: 'command', ...options });
  // What is read back from the records is what the run said.
  expect(await readRun(store, made.id)).toEqual(made);
  return made;
}

const stepIn = (made: Run, name: string): StepRun => made.steps.find((step) => step.name === name)!;
const valueIn = (made: Run, name: string): Promise<unknown> => {
  const output = made.steps.flatMap(({ outputs }) => outputs).find((each) => each.name === name)!;
  return readArtifact(store, output.digest);
};
/** One step with a loop over four items. */
const loop = (body: string, settings?: CellSettings): Row[] => [
  LOOP,
  ['step:b', `const xs = await foreach([0, 1, 2, 3], ${body}, { concurrency: 2 })`, settings],
];

test('a loop of many small items, with what comes before and after it', async () => {
  const made = await run([
    LOOP,
    ['step:a', 'const items = Array.from({ length: 300 }, (_, i) => ({ i }))'],
    [
      'step:b',
      'let k = 2\nconst xs = await foreach(items, ({ i }) => i * k)\nk += xs.length; const total = xs.reduce((a, b) => a + b)',
    ],
    ['step:c', 'const z = [total, k, xs.at(-1)]'],
  ]);
  expect(made.state).toBe('succeeded');
  expect(stepIn(made, 'b').loops).toEqual([
    { segment: 1, total: 300, succeeded: 300, running: 0, failed: [] },
  ]);
  expect(await valueIn(made, 'z')).toEqual([89700, 302, 598]);
});

test.each<[string, number, [items: number, milliseconds: number], number]>([
  ['items of a millisecond', 1, [1, 1], 100],
  ['items of a second', 1000, [1, 1000], 0],
  ['a check of 60 ms beside items of a millisecond', 70, [10, 1], 240],
  ['a check of a second beside items of 10 ms', 1010, [1, 10], 400],
  ['items too quick to be measured', 60, [10, 0], 2400],
])('a batch is made to fit: %s', (_, time, [items, milliseconds], expected) => {
  const at = (ms: number): string => new Date(1_000_000 + ms).toISOString();
  const reply = { start: { created: at(0) }, end: { ended: at(milliseconds) } } as ItemReply;
  expect(fittingBatch(time, Array<ItemReply>(items).fill(reply))).toBe(expected);
});

test('each item has its own log and records; its output comes while it runs', async () => {
  const told: string[] = [];
  const made = await run(loop('(x) => { console.log("from", x); console.error("bad", x); return x }'), {
    onEvent: (event) => void (event.type === 'log' && told.push(event.text)),
  });
  const attempts = await readAttempts(store, made.id, 'b');
  expect(attempts.map(({ start }) => start.index).sort()).toEqual([0, 1, 2, 3, undefined, undefined]);
  const entries = await readLog(store, made.id, 'b');
  expect(entries.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(
    [0, 1, 2, 3].map((x) => `from ${x}\n`),
  );
  expect(told.join('')).toContain('bad 3\n');
  expect(told.join('')).not.toContain('\u0000');
});

test.each<[string, string, CellSettings | undefined, object]>([
  [
    'an item that throws is named with its index and input; others keep what they returned',
    '(x) => { if (x === 2) throw new RangeError("no twos"); return x }',
    undefined,
    { name: 'RangeError', message: 'no twos', index: 2, input: '2', line: 1, cell: 'c2' },
  ],
  [
    'an item at which the process exits',
    '(x) => { if (x === 2) process.exit(7); return x }',
    undefined,
    { name: 'ProcessEnded', index: 2, exitCode: 7 },
  ],
  [
    'an item that hangs is stopped by its timeout',
    '(x) => { if (x === 2) for (;;); return x }',
    { timeout: '1s' },
    { name: 'Timeout', index: 2 },
  ],
  [
    'an item with an error in a timer',
    'async (x) => { if (x === 2) { setTimeout(() => { throw new Error("late") }); await new Promise((r) => setTimeout(r, 5000)) } return x }',
    undefined,
    { name: 'Error', message: 'late', index: 2 },
  ],
  [
    'a result that cannot be kept',
    '(x) => (x === 2 ? { f: Math.abs } as object : { x } as object)',
    undefined,
    { name: 'NotSerializable', index: 2 },
  ],
])('%s', async (_title, body, settings, failure) => {
  const made = await run(loop(body, settings));
  const step = stepIn(made, 'b');
  expect(step).toMatchObject({ state: 'failed', failure, loops: [{ total: 4, failed: [2] }] });
  expect(step.loops![0]!.succeeded).toBeGreaterThanOrEqual(1);
});

test('an item is tried again, in records of its own', async () => {
  const made = await run([
    [
      'none',
      'import { foreach } from "tagflow"; import { existsSync, writeFileSync } from "node:fs"; import { tmpdir } from "node:os"',
    ],
    [
      'step:b',
      `const xs = await foreach([0, 1, 2], (x) => {\n  const flag = tmpdir() + "/${folder.split('/').at(-1)}-flag";\n  if (x === 1 && !existsSync(flag)) { writeFileSync(flag, ""); throw new Error("once") }\n  return x\n})`,
      { retries: 1 },
    ],
  ]);
  rmSync(`${tmpdir()}/${folder.split('/').at(-1)}-flag`, { force: true });
  expect(stepIn(made, 'b')).toMatchObject({ state: 'succeeded', attempts: 2 });
  expect(await valueIn(made, 'xs')).toEqual([0, 1, 2]);
});

test('setup that throws fails the loop, and says so', async () => {
  const made = await run([
    LOOP,
    ['setup', 'const k = [1].length; if (k === 1) throw new Error("setup is broken")'],
    ['step:b', 'const xs = await foreach([1, 2], (x) => x + k)'],
  ]);
  expect(stepIn(made, 'b').failure).toMatchObject({ message: 'setup is broken', cell: 'c2' });
});

test('a loop over nothing, and one whose items are too many for their concurrency', async () => {
  const made = await run([
    LOOP,
    [
      'step:a',
      'const none = await foreach([] as number[], (x) => x); const one = await foreach([1], (x) => x, { concurrency: 99 })',
    ],
  ]);
  expect(await valueIn(made, 'none')).toEqual([]);
  expect(await valueIn(made, 'one')).toEqual([1]);
});

test('the items of a loop in a loop run in processes of their own, also on one place', async () => {
  const rows: Row[] = [
    LOOP,
    [
      'step:a',
      `const table = await foreach([1, 2, 3], async (row) => {
  const base = row * 100
  const cells = await foreach([1, 2, 3, 4], (n) => { console.log("cell", base + n); return base + n })
  return cells.reduce((a, b) => a + b)
})`,
    ],
    ['step:b', 'const z = table.join()'],
  ];
  const made = await run(rows);
  expect(await valueIn(made, 'z')).toBe('410,810,1210');
  const attempts = (await readAttempts(store, made.id, 'a')).filter(({ start }) => start.within);
  expect(attempts.map(({ start: { within, index } }) => [...within!, index].join('.')).sort()).toEqual(
    [0, 1, 2].flatMap((row) => [0, 1, 2, 3].map((n) => `${row}.${n}`)),
  );
  const log = await readLog(store, made.id, 'a');
  expect(log.filter(({ text }) => text.includes('cell')).length).toBe(12);
  expect(stepIn(made, 'a').loops!.map(({ total, succeeded }) => [total, succeeded])).toEqual([
    [3, 3],
    [12, 12],
  ]);
});

test('items of loops in a loop that are at work together are told apart in the record of the end', async () => {
  const made = await run([
    LOOP,
    [
      'step:a',
      `const table = await foreach([1, 2], async (row) => {
  const cells = await foreach([row], async (n) => { await new Promise((r) => setTimeout(r, 500)); return n })
  return cells.length
})`,
    ],
  ]);
  expect((await readRun(store, made.id)).steps[0]!.loops).toEqual([
    { segment: 1, total: 2, succeeded: 2, running: 0, failed: [] },
    { segment: 3, total: 2, succeeded: 2, running: 0, failed: [] },
  ]);
});

test('an item of a loop in a loop that fails is named, with the one around it', async () => {
  const made = await run([
    LOOP,
    [
      'step:a',
      `const table = await foreach([1, 2], async (row) => {
  const cells = await foreach([1, 2], (n) => {
    if (row * n === 4) throw new RangeError("too much")
    return n
  })
  return cells.length
}, { concurrency: 1 })`,
    ],
  ]);
  expect(stepIn(made, 'a').failure).toMatchObject({
    name: 'RangeError',
    message: 'too much (at item 1 (2) of its loop)',
    index: 1,
    input: '2',
    cell: 'c2',
    line: 3,
  });
});

test('an item that is tried again works on the items that it makes then; what it made before stays on record', async () => {
  const made = await run([LOOP, ...triedAgain(join(folder, 'tried'))]);
  expect(await valueIn(made, 'z')).toEqual([30, 40]);
  const nested = (await readAttempts(store, made.id, 'a')).filter(({ start }) => start.within);
  const told = nested.map(({ start, end }) => [start.index, start.attempt, end?.state]);
  expect(told.sort()).toEqual([
    [0, 1, 'succeeded'],
    [0, 2, 'succeeded'],
    [1, 1, 'failed'],
    [1, 2, 'failed'],
    [1, 3, 'succeeded'],
  ]);
  expect((await readLog(store, made.id, 'a')).map(({ text }) => text.trim()).sort()).toEqual([
    'worked on 10',
    'worked on 20',
    'worked on 20',
    'worked on 30',
    'worked on 40',
  ]);
});

test('a loop in a loop takes no concurrency that is none', async () => {
  const made = await run([
    LOOP,
    [
      'step:a',
      'const z = await foreach([1], async (x) => {\nconst y = await foreach([x], (n) => n, { concurrency: 0 })\nreturn y })',
    ],
  ]);
  expect(stepIn(made, 'a').failure).toMatchObject({
    name: 'RangeError',
    message: expect.stringContaining('from 1 on') as string,
  });
});

test('where no process can be started, programs and loops fail in a sentence', async () => {
  const { execPath } = process;
  const rows: Row[] = [
    LOOP,
    ['step:a', 'const x = Math.abs(1)'],
    ['step:b', 'const ys = await foreach([1, 2], (n) => n)'],
  ];
  const notebook = notebookText(rows);
  const pipeline = pipelineOfText(notebook);
  process.execPath = join(folder, 'no', 'node');
  try {
    const made = await startRun({ notebook, pipeline, directory: folder, store, trigger: 'command' });
    expect(made.steps.map(({ failure }) => failure?.name)).toEqual(['NotStarted', 'NotStarted']);
    expect(stepIn(made, 'a').failure!.message).toMatch(
      /^No process could be started for the step \(spawn .*ENOENT\)\. /,
    );
  } finally {
    process.execPath = execPath;
  }
});

test('a loop that is stopped keeps what it has', async () => {
  const controller = new AbortController();
  const made = await run(
    loop('async (x) => { if (x > 1) await new Promise((r) => setTimeout(r, 60_000)); return x }'),
    {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'step' && (event.step.loops?.[0]?.succeeded ?? 0) >= 2) controller.abort();
      },
    },
  );
  expect(made.state).toBe('stopped');
  expect(stepIn(made, 'b')).toMatchObject({ state: 'stopped', loops: [{ total: 4, succeeded: 2 }] });
});

test('conditions: the branch that was chosen, skipped steps, former values', async () => {
  const made = await run([
    ['step:a', 'let model = { w: 1 }; const score = [1, 2].length'],
    ['step:b', 'let why = "kept"\nif (score > 3) { model = { w: 5 }; why = "better" }'],
    ['step:c', 'if (score > 3) model = { w: 7 }; else if (score === 2) { model = { w: 8 } }'],
    ['step:d', 'const z = [model.w, why]'],
  ]);
  expect(made.steps.map(({ state, branch }) => [state, branch])).toEqual([
    ['succeeded', undefined],
    ['skipped', undefined],
    ['succeeded', 1],
    ['succeeded', undefined],
  ]);
  expect(await valueIn(made, 'z')).toEqual([8, 'kept']);
});
