/** `tagflow replay` in real processes: what it says of each kind of program. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRun } from '../kernel/lib/run/start.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { runTagflow } from './command/tagflow.ts';
import { notebookText, pipelineOfText } from './pipeline/notebook.ts';

const NOTEBOOK = notebookText([
  ['none', 'import { foreach } from "tagflow"'],
  ['step:chance', 'const list = [1, 2, 3].map((i) => ({ i })); const x = Math.random()'],
  [
    'step:loop',
    'const ys = await foreach(list, (o) => ({ o })); const at = ys.map(({ o }) => list.indexOf(o))',
  ],
  [
    'step:nested',
    'const rows = await foreach(list, async ({ i }) => {\nconst row = await foreach([i, i + 1], (n) => n * i)\nreturn row\n})',
  ],
  ['step:choice', 'let w = 0; if (list.length > 2) { w = at.length } else { w = 1 }'],
  ['step:skipped', 'let m = 5; if (list.length > 20) { m = 6 }'],
  ['step:fails', 'const gone = list[9]!.i'],
  [
    'step:items',
    'const sizes = await foreach([1, 2, 3], (n) => { if (n === 2) throw new RangeError("no two"); return n })',
  ],
]);

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-replay-test-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  const store = new FolderStore(join(folder, '.tagflow'));
  await startRun({
    notebook: NOTEBOOK,
    pipeline: pipelineOfText(NOTEBOOK),
    directory: folder,
    store,
    trigger: 'command',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SAME = 'All values are those of the run.\n';
test.each<[string, number, string | RegExp]>([
  ['chance', 0, 'Made differently than in the run: x. The step is not reproducible.\n'],
  ['loop', 0, SAME],
  ['loop/2', 0, SAME],
  ['nested/0', 0, SAME],
  ['nested', 0, SAME],
  ['choice', 0, SAME],
  ['skipped', 0, /./],
  ['fails', 1, /^TypeError: .*undefined[^]*\(cell 7:1:\d+\)/],
  ['items', 1, /^Item 1 failed: this is items\/1\.\nRangeError: no two/],
  ['items/0', 0, SAME],
])('replay of %s', async (place, code, said) => {
  const ended = await runTagflow(folder, ['replay', 'latest', place]);
  expect([ended.code, ended.err]).toEqual([code, expect.stringMatching(said)]);
});

test('no more of the environment than in the run, and no secret in what it prints', async () => {
  const notebook = notebookText([
    [
      'step:talk',
      'console.log("key", process.env.API_KEY, Object.keys(process.env).includes("OTHER_KEY"))',
      { secrets: ['API_KEY'] },
    ],
  ]);
  process.env['API_KEY'] = 'not-to-be-shown';
  process.env['OTHER_KEY'] = 'nor-this';
  try {
    await startRun({
      notebook,
      pipeline: pipelineOfText(notebook),
      directory: folder,
      store: new FolderStore(join(folder, '.tagflow')),
      trigger: 'command',
    });
    const { out, err } = await runTagflow(folder, ['replay', 'latest', 'talk']);
    expect([out, err]).toEqual([
      'key *** false\n',
      'It succeeded, as in the run, which kept no values of it.\n',
    ]);
  } finally {
    delete process.env['API_KEY'];
    delete process.env['OTHER_KEY'];
  }
});

test('what has changed around it since the run is said, and is no reason to call it not reproducible', async () => {
  const notebook = notebookText([
    ['none', 'import { readFileSync } from "node:fs"\nimport { twice } from "little"'],
    [
      'step:read',
      'const text = twice(readFileSync("some.txt", "utf8"))',
      { files: ['some.txt', 'other.txt'] },
    ],
  ]);
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const install = (version: string): void => {
    mkdirSync(join(folder, 'node_modules/little'), { recursive: true });
    write('node_modules/little/package.json', JSON.stringify({ name: 'little', version, main: 'index.js' }));
    write('node_modules/little/index.js', 'exports.twice = (text) => text + text');
    write('node_modules/little/index.d.ts', 'export function twice(text: string): string');
  };
  write('some.txt', 'a');
  write('other.txt', 'b');
  install('1.0.0');
  write('some.ipynb', notebook);
  expect(await runTagflow(folder, ['run', 'some.ipynb'])).toMatchObject({ code: 0, err: '' });
  const replayed = async () => (await runTagflow(folder, ['replay', 'latest', 'read'])).err;
  expect(await replayed()).toBe(SAME);
  write('other.txt', 'c');
  install('1.1.0');
  const changes =
    'Since the run: file other.txt has changed.\nSince the run: package little 1.1.0, was 1.0.0.\n';
  expect(await replayed()).toBe(changes + SAME);
  write('some.txt', 'd');
  expect(await replayed()).toMatch(
    /^Since .*other.*\nSince the run: file some\.txt has changed\.\nSince .*\nMade differently than in the run: text\.\n$/,
  );
});

test.each([
  ['loop/', '"" is no number of an item: write STEP/INDEX, such as train/3.'],
  ['loop/1e0', '"1e0" is no number of an item: write STEP/INDEX, such as train/3.'],
  ['nested/1/0', 'Items in an item run again with it: write STEP/INDEX, such as nested/1.'],
  ['loop/7', 'Step loop has the items 0 to 2: name one, such as loop/0.'],
  ['choice/0', 'Step choice has no items: name it without a number.'],
  ['choice --segment 2', 'The run came to no part 2 of step choice: there are 0, 1.'],
])('%s is no place', async (place, sentence) => {
  const first = (await runTagflow(folder, ['runs'])).out.trim().split('\n').at(-1)!.split(' ')[0]!;
  const ended = await runTagflow(folder, ['replay', first, ...place.split(' ')]);
  expect([ended.code, ended.err]).toEqual([2, `${sentence}\n`]);
});

test('one that is broken off leaves nothing behind', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'tagflow-replay-left-'));
  const notebook = notebookText([
    ['step:wait', 'console.log("begun"); await new Promise((r) => setTimeout(r, 60_000))'],
  ]);
  writeFileSync(join(folder, 'wait.ipynb'), notebook);
  const until = 'begun\n';
  const run = await runTagflow(folder, ['run', 'wait.ipynb'], (out, signal) => {
    if (out.includes(until)) signal('SIGINT');
  });
  expect(run.out).toContain('stopped');
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
  try {
    const { code } = await runTagflow(folder, ['replay', 'latest', 'wait'], (out, signal) => {
      expect(readdirSync(temporary).length).toBeGreaterThan(0);
      signal('SIGTERM');
    });
    expect([code, readdirSync(temporary)]).toEqual([143, []]);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(temporary, { recursive: true });
  }
}, 30_000);
