/** Files that are edited while a run goes on: what was made of one state never stands for another. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@tagflow/schema';
import type { RunEvent } from '../kernel/lib/run/event.js';
import { startRun } from '../kernel/lib/run/start.js';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { notebookText, type Row } from './pipeline/notebook.ts';

let folder: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-edits-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  store = new FolderStore(join(folder, '.tagflow'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function run(rows: Row[], onEvent?: (event: RunEvent) => void): Promise<Run> {
  return startRun({ notebook: notebookText(rows), directory: folder, store, trigger: 'command', onEvent });
}

async function valueIn(run: Run, name: string): Promise<unknown> {
  const output = run.steps.flatMap(({ outputs }) => outputs).find((each) => each.name === name);
  return output && readArtifact(store, output.digest);
}

test('a local file: the run goes on with it as it was, the next one takes it as it is', async () => {
  const write = (n: number): void => writeFileSync(join(folder, 'local.ts'), `export const n = ${n}\n`);
  const rows: Row[] = [
    ['none', 'import { n } from "./local"'],
    ['step:a', 'const x = [1].length'],
    ['step:b', 'const y = x + n'],
    ['step:c', 'const z = y'],
  ];
  write(1);
  const first = await run(
    rows,
    (event) => void (event.type === 'step' && event.step.name === 'a' && write(100)),
  );
  expect(await valueIn(first, 'z')).toBe(2);
  expect(await valueIn(await run(rows), 'z')).toBe(101);
});

test('a declared file: items that would see another state of it than others do not run', async () => {
  const file = join(folder, 'data.csv');
  const body = (last: string): string =>
    `(i) => { ${last}; return process.getBuiltinModule("node:fs").readFileSync("data.csv", "utf8") + i }`;
  const rows = (last: string): Row[] => [
    ['none', 'import { foreach } from "tagflow"'],
    [
      'step:a',
      `const xs = await foreach([0, 1], ${body(last)}, { concurrency: 1 })`,
      { files: ['data.csv'], retries: 2, cache: true },
    ],
    ['step:b', 'const ys = xs'],
  ];
  const edit = `process.getBuiltinModule("node:fs").writeFileSync(${JSON.stringify(file)}, "new"); process.exit(1)`;
  writeFileSync(file, 'old');
  const failed = await run(rows(edit));
  expect(failed.state).toBe('failed');
  expect(failed.steps[0]!.failure).toMatchObject({
    name: 'ChangedFile',
    message: expect.stringContaining('"data.csv"'),
  });
  expect(await valueIn(await run(rows('')), 'ys')).toEqual(['new0', 'new1']);
});
