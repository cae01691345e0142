/** Values of earlier runs in a notebook's cells: instances of the classes as the cells declared them last. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runTagflow, writeNotebook } from './command/tagflow.ts';
import { printed, resultOf, TestKernel } from './jupyter/client.ts';

const MODEL = 'class Model { constructor(readonly size: number) {} twice() { return 2 * this.size } }';
const SCORE = 'const Score = class { points = 3 }';
const BASE = 'class Shape { sides() { return 3 } }';
const DERIVED = 'class Square extends Shape { size = 2 }';

let kernel: TestKernel;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-kernel-runs-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  writeNotebook(folder, 'a.ipynb', [
    [null, `${MODEL}\n${SCORE}`],
    [null, BASE],
    [null, DERIVED],
    ['step:train', 'const model = new Model(4); const score = new Score(); const square = new Square()'],
  ]);
  expect(await runTagflow(folder, ['run', 'a.ipynb'])).toMatchObject({ code: 0 });
  kernel = await TestKernel.start({ directory: folder });
  await kernel.execute("import { runs } from 'tagflow'");
}, 120_000);
afterAll(async () => {
  await kernel.end();
  rmSync(folder, { recursive: true, force: true });
});

const READ = 'const train = (await runs.latest()).step("train");';

test('a class of a cell, whatever its types and layout, and one that was edited', async () => {
  await kernel.execute(
    `// again\nexport ${MODEL.replace('readonly size', 'public   readonly size')}\n${SCORE}`,
  );
  const both = `${READ} const m = await train.artifact<Model>("model");
    [m instanceof Model && m.twice(), (await train.artifact("score")) instanceof Score]`;
  expect(resultOf(await kernel.execute(both))?.['text/plain']).toBe('[ 8, true ]');

  await kernel.execute(MODEL.replace('2 *', '3 *'));
  const edited = await kernel.execute(`${READ} (await train.artifact("model")) instanceof Model`);
  expect(resultOf(edited)?.['text/plain']).toBe('false');
  expect(printed(edited, 'stderr')).toContain(
    'Model, or a class it extends, was edited since model was made',
  );
}, 60_000);

test('a derived class whose base, of another cell, is the same, was edited, is the same again', async () => {
  const sides = `${READ} const s = await train.artifact<Square>("square"); s instanceof Square && s.sides()`;
  for (const [base, result] of [
    [BASE, '3'],
    [BASE.replace('3', '4'), 'false'],
    [BASE, '3'],
  ] as const) {
    await kernel.execute(base);
    await kernel.execute(DERIVED);
    const replies = await kernel.execute(sides);
    expect(resultOf(replies)?.['text/plain']).toBe(result);
    if (result === 'false')
      expect(printed(replies, 'stderr')).toContain(
        'Square, or a class it extends, was edited since square was made',
      );
  }
}, 60_000);

test('names of runs, steps and artifacts are offered from the store, with their types', async () => {
  await kernel.execute("const run = await runs.latest('a', { state: 'succeeded' })");
  const complete = async (marked: string) => {
    const cursor_pos = [...marked.slice(0, marked.indexOf('|'))].length;
    const reply = await kernel.ask('complete_request', { code: marked.replace('|', ''), cursor_pos });
    const shown = reply['metadata']['_jupyter_types_experimental'];
    expect(reply['matches']).toEqual(shown.map(({ text }: { text: string }) => text));
    return [shown.map(({ text, type }: any) => [text, type]), reply['cursor_start'], reply['cursor_end']];
  };
  expect(await complete("'😀'; runs.latest('|')")).toEqual([
    [['a', expect.stringMatching(/^succeeded\s20/)]],
    18,
    18,
  ]);
  expect(await complete("run.step('|later')")).toEqual([[['train', 'succeeded']], 10, 15]);
  expect(await complete("run.step('train').artifact('mo|')")).toEqual([[['model', 'Model']], 28, 30]);
  expect((await complete("run.step('train').artifact<|>('model')"))[0][0]).toEqual(['Model', 'model']);
  expect((await complete("run.step('train').art|"))[0]).toEqual([
    ['artifact', 'method'],
    ['artifacts', 'property'],
    ["artifact<Model>('model')", 'method'],
    ["artifact</* class __class */ { points: number }>('score')", 'method'],
    ["artifact<Square>('square')", 'method'],
  ]);
  const inspected = await kernel.ask('inspect_request', {
    code: "run.step('train').artifact('model')",
    cursor_pos: 30,
  });
  expect(inspected).toMatchObject({ found: true });
  expect(inspected['data']['text/plain']).toMatch(
    /^model: Model\n\nArtifact of step train in run \S+ of a, succeeded/,
  );
  expect((await kernel.ask('inspect_request', { code: "run.step('none')", cursor_pos: 12 }))['found']).toBe(
    false,
  );
});
