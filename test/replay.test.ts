/** `tagflow replay` in real processes: what it says of each kind of program. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  ['fails', 1, /^TypeError: .*undefined/],
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
    expect([out, err]).toEqual(['key *** false\n', 'It succeeded, where the run did not.\n']);
  } finally {
    delete process.env['API_KEY'];
    delete process.env['OTHER_KEY'];
  }
});
