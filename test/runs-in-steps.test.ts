/** Earlier runs as steps read them: as of the start of their own run, on the record, through the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptEnd, Run } from '@tagflow/schema';
import { blobKey } from '../kernel/lib/store/content.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { readAttempts } from '../kernel/lib/store/records.js';
import { type Cell, type Ended, runTagflow, writeNotebook } from './command/tagflow.ts';

let folder: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-past-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  store = new FolderStore(join(folder, '.tagflow'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CELLS: Cell[] = [
  [null, 'import { foreach, runs } from "tagflow"'],
  [null, 'class Model { constructor(readonly size: number) {}\n  twice() { return 2 * this.size } }'],
  [null, 'const past = async () => (await runs.list({ pipeline: "past" })).map((run) => run.id)'],
  [null, 'const modelOf = async (id: string) => (await runs.get(id)).step("train").artifact<Model>("model")'],
  ['parameters', 'const size = 1'],
  ['step:train', 'const model = new Model(size)'],
  [
    'step:compare',
    `const seen = await past()
     const former = seen[0] === undefined ? undefined : await modelOf(seen[0])
     const twice = former instanceof Model ? former.twice() : 0`,
  ],
  [
    'step:loop',
    'const sizes = await foreach([0, 1], async (i) => (i === 0 && seen[0] ? (await modelOf(seen[0])).size : 0))',
  ],
];
/** Reads all runs, and the model of the newest; then does something. */
const last = (then = ''): Cell => [
  'step:last',
  `const all = await past()\nif (all[0] && sizes) await modelOf(all[0])\n${then}`,
];

const tagflow = (...parameters: string[]): Promise<Ended> => runTagflow(folder, parameters);
const json = async (...parameters: string[]): Promise<any> =>
  JSON.parse((await tagflow(...parameters, '--json')).out);
const newest = (): Promise<Run> => json('show', 'latest');

async function runOf(cells: Cell[], ...parameters: string[]): Promise<Run> {
  writeNotebook(folder, 'past.ipynb', cells);
  await tagflow('run', 'past.ipynb', ...parameters);
  return newest();
}

const valueOf = async ({ steps }: Run, step: string, name: string): Promise<unknown> => {
  const outputs = steps.find((each) => each.name === step)!.outputs;
  return readArtifact(store, outputs.find((each) => each.name === name)!.digest);
};

/** What the attempts of a step have read, by segment and item. */
async function readBy(run: Run, step: string): Promise<Record<string, string[]>> {
  const attempts = await readAttempts(store, run.id, step);
  const textOf = (end?: AttemptEnd): string[] =>
    (end?.read ?? []).map((read) => `${read.run} ${read.step} ${read.name}`);
  return Object.fromEntries(
    attempts.map(({ start, end }) => [`${start.segment}.${start.index ?? ''}`, textOf(end)]),
  );
}

test('a run sees what had ended when it began, and when it is gone on with, the same; all is on the record', async () => {
  const first = await runOf([...CELLS, last()]);
  expect([first.state, await valueOf(first, 'last', 'all')]).toEqual(['succeeded', []]);
  expect(await readBy(first, 'compare')).toEqual({ '0.': [] });

  const failed = await runOf([...CELLS, last('throw new Error("no")')], '--param', 'size=2');
  const model = `${first.id} train model`;
  expect(failed.state).toBe('failed');
  expect(await valueOf(failed, 'compare', 'seen')).toEqual([first.id]);
  expect(await valueOf(failed, 'compare', 'twice')).toBe(2);
  expect(await readBy(failed, 'compare')).toEqual({ '0.': [model] });
  expect(await readBy(failed, 'loop')).toEqual({ '0.': [], '1.0': [model], '1.1': [], '2.': [] });
  expect(await readBy(failed, 'last')).toEqual({ '0.': [model] });

  const killed = await runOf([...CELLS, last('process.kill(process.pid, "SIGKILL")')]);
  expect(await readBy(killed, 'last')).toEqual({ '0.': [`${failed.id} train model`] });

  writeNotebook(folder, 'past.ipynb', [...CELLS, last()]);
  expect((await tagflow('resume', failed.id)).code).toBe(0);
  const resumed = await newest();
  expect(resumed.origin).toEqual({ run: failed.id, kind: 'resume' });
  expect(await valueOf(resumed, 'last', 'all')).toEqual([first.id]);
  expect(resumed.steps.find(({ name }) => name === 'compare')!.cached).toBe(failed.id);
  expect(await readBy(resumed, 'compare')).toEqual({ '0.': [model] });
  expect((await tagflow('retry', resumed.id)).code).toBe(0);
  expect(await valueOf(await newest(), 'last', 'all')).toEqual([first.id]);
  expect((await tagflow('replay', resumed.id, 'last')).err).toContain('All values are those of the run.');

  const lineage = await json('lineage', resumed.id, 'compare', 'twice', '--up');
  const read = lineage.edges.filter(({ kind }: { kind: string }) => kind === 'read');
  expect(read.map(({ from }: { from: string }) => from)).toEqual([`${first.id}/train/0/model`]);
  expect((await tagflow('lineage', first.id, 'train', 'model', '--down')).out).toMatch(/twice.*step compare/);
}, 120_000);

test('runs of the past are no part of a key: a step that reads them is not cached, unless told so', async () => {
  const cells: Cell[] = [...CELLS, ['step:use', 'const used = model.size'], last()];
  await runOf(cells);
  const second = await runOf(cells);
  expect(second.steps.map(({ name, cached }) => [name, cached !== undefined])).toEqual([
    ['train', true],
    ['compare', false],
    ['loop', false],
    ['use', false],
    ['last', false],
  ]);
  // Another answer is no sign that the step is not reproducible.
  expect(second.steps.filter(({ differs }) => differs)).toEqual([]);
  expect((await tagflow('explain', 'latest', 'compare')).out).toContain('it uses runs of the past');
  writeNotebook(folder, 'past.ipynb', cells, { tagflow: { defaults: { cache: true } } });
  await tagflow('run', 'past.ipynb');
  const made = await newest();
  await tagflow('run', 'past.ipynb');
  const again = await newest();
  expect(again.steps.map(({ cached }) => cached !== undefined)).toEqual(cells.slice(-5).map(() => true));
  expect(await readBy(again, 'compare')).toEqual(await readBy(made, 'compare'));
}, 120_000);

test('what cannot be read is named: a run that goes on, one of later, a damaged value, one with a secret', async () => {
  const first = await runOf([...CELLS, last()]);
  const errorOf = async (code: string): Promise<string> => {
    const run = await runOf([CELLS[0]!, ['step:a', code]]);
    return run.steps[0]!.failure!.message;
  };
  expect(await errorOf('await runs.latest("none")')).toMatch(
    /no run of pipeline none .* when this run began/,
  );
  expect(await errorOf('await runs.get("2")')).toMatch(/runs have ids that begin with "2"/);
  expect(await errorOf('await runs.get("21")')).toMatch(/No run has an id that begins with "21"/);
  const { digest } = first.steps[0]!.outputs[0]!;
  await store.put(blobKey(digest), Buffer.from('damaged'));
  expect(await errorOf(`await (await runs.get("${first.id}")).step("train").artifact("model")`)).toMatch(
    `model of step train of run ${first.id} cannot be read. The blob ${digest} in`,
  );

  process.env['API_KEY'] = 'hunter2-key';
  const secret = { tagflow: { defaults: { secrets: ['API_KEY'] } } };
  writeNotebook(folder, 'past.ipynb', [['step:a', 'const k = process.env.API_KEY; console.log(k)']], secret);
  await tagflow('run', 'past.ipynb');
  delete process.env['API_KEY'];
  const { id } = await newest();
  const ofSecret = `(await runs.get("${id}")).step("a")`;
  expect(await errorOf(`throw new Error(await ${ofSecret}.logs())`)).toBe('***\n');
  expect(await errorOf(`await ${ofSecret}.artifact("k")`)).toMatch(/k of step a was not kept\..*secret/);
}, 120_000);
