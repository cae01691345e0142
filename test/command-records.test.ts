import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderStore } from '../kernel/lib/store/file.js';
import { writeRunStart } from '../kernel/lib/store/journal.js';
import { type Cell, type Ended, runTagflow, writeNotebook } from './command/tagflow.ts';
import { digestOf, recordsOf, writeRun } from './store/records.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-records-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  await run('const mean = 2.5 + size;', '--tag', 'first', '--tag', 'data=v1');
  await run('const mean = 3.5 + size;', '--tag', 'data=v2', '--param', 'size=6');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cells = (mean: string): Cell[] => [
  ['parameters', 'const size = 4;'],
  ['step:load', 'const rows = Array.from({ length: size }, (_, i) => ({ i, square: i * i }));'],
  ['step:mean', mean],
  ['step:train', 'const model = new Map(rows.map((row) => [row.i, row.square + mean]));'],
];

async function run(mean: string, ...parameters: string[]): Promise<void> {
  writeNotebook(folder, 'some.ipynb', cells(mean));
  const ended = await tagflow('run', 'some.ipynb', ...parameters);
  expect([ended.code, ended.err]).toEqual([0, '']);
}

const tagflow = (...parameters: string[]): Promise<Ended> => runTagflow(folder, parameters);
const json = async (...parameters: string[]): Promise<any> =>
  JSON.parse((await tagflow(...parameters, '--json')).out);
const ids = async (...parameters: string[]): Promise<string[]> =>
  (await json('runs', ...parameters)).map((each: { id: string }) => each.id);

test('runs are found by tag, state and time', async () => {
  const [second, first] = await ids();
  expect(await ids('--tag', 'data')).toEqual([second, first]);
  expect(await ids('--tag', 'data=v1')).toEqual([first]);
  expect(await ids('--tag', 'first', '--state', 'succeeded', '--since', '1h')).toEqual([first]);
  expect(await ids('--state', 'failed')).toEqual([]);
  expect(await ids('--since', '2100-01-01')).toEqual([]);
  expect((await tagflow('runs', '--tag', 'none')).out).toMatch(/is like that/);
  expect((await tagflow('show', first!)).out).toContain('tags: first, data=v1');
}, 60_000);

test('lineage of a value, of a parameter, by digest, as text and as JSON', async () => {
  const text = await tagflow('lineage', 'latest', 'train');
  expect([text.code, text.err]).toEqual([0, '']);
  expect(text.out).toMatch(
    /^model: Map<number, number> .*\n\nmade from\n├← rows: .*step load.*\n│ {2}└← size = 6 .*\n└← mean: number .*\n {3}└← size = 6/,
  );
  const lineage = await json('lineage', 'latest', 'train', 'model', '--up', '--depth', '1');
  expect(lineage.edges.map((edge: { from: string }) => edge.from.split('/').at(-1)).sort()).toEqual([
    'mean',
    'rows',
  ]);
  expect(lineage.cut).toHaveLength(2);
  const down = await json('lineage', 'latest', 'size', '--down');
  expect(down.nodes.map((node: { name: string }) => node.name).sort()).toEqual([
    'mean',
    'model',
    'rows',
    'size',
  ]);
  const { digest } = await json('show', 'latest', 'train', 'model');
  expect((await tagflow('lineage', digest.slice(0, 10))).out).toBe(text.out);
  expect((await tagflow('lineage', 'latest', 'train', 'other')).err).toMatch(
    /kept no other: there are model/,
  );
}, 60_000);

test('what is meant in several ways here is told, not looked for on the cluster', async () => {
  const place = mkdtempSync(join(tmpdir(), 'tagflow-ambiguous-'));
  // Nothing listens there.
  const store = { url: 's3://bucket/runs', endpoint: 'http://127.0.0.1:9' };
  writeFileSync(join(place, 'package.json'), JSON.stringify({ tagflow: { store } }));
  const [one, two] = alike();
  const here = new FolderStore(join(place, '.tagflow'));
  const ids = ['20260131-100000-000aaaaa', '20260131-110000-000bbbbb'];
  for (const id of ids) await writeRun(here, { id, steps: [{ step: 'a', makes: { one, two } }] });
  const digest = await runTagflow(place, ['lineage', digestOf(one).slice(0, 6)]);
  expect([digest.code, digest.err]).toEqual([1, expect.stringMatching(/^2 values have digests.*more of it/)]);
  const run = await runTagflow(place, ['show', '20260131']);
  expect([run.code, run.err]).toEqual([1, expect.stringMatching(/^2 runs have ids.*more of the id/)]);
  rmSync(place, { recursive: true, force: true });
}, 60_000);

test('a run on a cluster that cannot be asked is shown, and that nobody knows more', async () => {
  const place = mkdtempSync(join(tmpdir(), 'tagflow-unasked-'));
  writeFileSync(join(place, 'package.json'), '{}');
  const here = new FolderStore(join(place, '.tagflow'));
  const spec = { id: '20260131-100000-000aaaaa', steps: [{ step: 'a', makes: { one: 1 } }] };
  await writeRun(here, spec);
  const id = '20260131-110000-000bbbbb';
  const cluster = {
    context: 'gone-from-every-machine',
    namespace: 'team',
    workflow: 'tour-1',
    placement: '0'.repeat(64),
  };
  await writeRunStart(here, { ...recordsOf({ ...spec, id }).start, cluster }, '{"cells": []}');
  const { code, out, err } = await runTagflow(place, ['show', id]);
  expect([code, err]).toEqual([0, expect.stringMatching(/^Whether the run goes on is not known\. \S.*\n$/)]);
  expect(out).toMatch(/running/);
  rmSync(place, { recursive: true, force: true });
}, 60_000);

/** Two values whose digests begin with the same six digits. */
function alike(): [number, number] {
  const known = new Map<string, number>();
  for (let value = 0; ; value++) {
    const beginning = digestOf(value).slice(0, 6);
    const other = known.get(beginning);
    if (other !== undefined) return [other, value];
    known.set(beginning, value);
  }
}

test('the difference of two runs, as text and as JSON', async () => {
  const [, first] = await ids();
  const text = await tagflow('diff', first!, 'latest');
  expect([text.code, text.err]).toEqual([0, '']);
  for (const part of [
    'size  4  ->  6',
    'cell 3 (step:mean), changed',
    '    - const mean = 2.5 + size;\n    + const mean = 3.5 + size;\n',
    'load rows: 4 -> 6 rows\n    i       mean 1.5 (0 to 3) -> mean 2.5 (0 to 5)',
    'mean mean: 6.5 -> 9.5  +3 (+46.1538 %)',
    'train model: ',
  ])
    expect(text.out).toContain(part);
  const diff = await json('diff', first!, 'latest');
  expect(diff.metrics).toMatchObject([{ step: 'mean', name: 'mean', from: 6.5, to: 9.5, difference: 3 }]);
  expect((await tagflow('diff', 'latest', 'latest')).out).toContain('Nothing differs; 3 values are equal.');
}, 60_000);

test('a notebook that was moved since is told, with what can be done', async () => {
  const text = readFileSync(join(folder, 'some.ipynb'));
  rmSync(join(folder, 'some.ipynb'));
  const ended = await tagflow('resume', 'latest');
  expect([ended.code, ended.err]).toEqual([
    2,
    expect.stringMatching(
      /some\.ipynb is not there any more\. .*`tagflow retry 2\S+` goes on with it as it was/,
    ),
  ]);
  writeFileSync(join(folder, 'some.ipynb'), text);
});

test('gc says what it would remove, and removes it when told to', async () => {
  const [second, first] = await ids();
  expect((await tagflow('gc')).out).toMatch(/Nothing in .* is left to remove/);
  const parameters = ['gc', '--older-than', '0s', '--keep', '1', '--grace', '0s'];
  expect((await tagflow(...parameters)).out).toMatch(/To be removed[\s\S]*runs +1\n[\s\S]*add --yes/);
  expect(await ids()).toEqual([second, first]);
  expect(await json(...parameters, '--yes')).toMatchObject({ removed: true, runs: [first] });
  expect(await ids()).toEqual([second]);
  expect((await tagflow('lineage', 'latest', 'train')).code).toBe(0);
  expect((await tagflow('show', 'latest', 'train', 'model', '--out', 'x.cbor')).code).toBe(0);
}, 60_000);
