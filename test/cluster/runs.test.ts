/** Runs on a real cluster: the same values as here, the same records, and what was known before is not made again. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '../../kernel/lib/store/codec.js';
import { getBlob } from '../../kernel/lib/store/content.js';
import { api } from './api.mjs';
import { Project, bed, digests, states } from './cluster.ts';
import type { Row } from '../pipeline/notebook.ts';

const ROWS: Row[] = [
  ['none', 'import { foreach } from "tagflow"'],
  ['none', 'import { sum } from "d3-array"'],
  ['none', 'class Point { constructor(readonly x: number) {} get square() { return this.x ** 2 } }'],
  ['parameters', 'const n = 5'],
  [
    'step:load',
    'const points = Array.from({ length: n }, (_, i) => new Point(i + 1)); console.log("loaded", points.length)',
  ],
  ['step:fit', 'const squares = await foreach(points, (p) => p.square)\nconst total: number = sum(squares)'],
  ['step:choose', 'let best = 0; if (total > 50) { best = total } else { best = -1 }'],
  [
    'step:nested',
    'const table = await foreach([1, 2], async (a) => { const row = await foreach([10, 20], (b) => a * b); return row })',
  ],
  ['step:report', 'const report = { total, best, last: points.at(-1), table, again: points.at(-1) }'],
];

test('the same artifacts as a run here; records, lists and logs as of runs here', async () => {
  const project = new Project('same');
  project.notebook(ROWS);
  const here = await project.json('run', 'notebook.ipynb');
  const there = await project.submit();
  expect([there.code, states(there)]).toEqual([
    0,
    here.steps.map((step: any) => `${step.name} succeeded`).join(', '),
  ]);
  expect(digests(there)).toEqual(digests(here));
  expect(there.cluster).toMatchObject({ context: 'test', namespace: bed.namespace });
  const [newest] = await project.json('runs');
  expect(newest).toMatchObject({ id: there.id, state: 'succeeded' });
  const log = await project.tagflow(['logs', there.id, 'load']);
  expect(log.out).toBe('loaded 5\n');
  // From another parameter on, only what it reaches.
  const other = await project.submit(['--param', 'n=6']);
  expect(other.code).toBe(0);
  const loops = other.steps.find(({ name }) => name === 'fit')!.loops![0]!;
  expect(loops).toMatchObject({ total: 6, cached: 5, succeeded: 6 });
  expect(other.steps.find(({ name }) => name === 'nested')!.cached).toBe(there.id);
  expect(digests(other)).toEqual(digests(await project.json('run', 'notebook.ipynb', '--param', 'n=6')));
});

test('the tour', async () => {
  const project = new Project('tour');
  copyFileSync(join(project.folder, '../../../../binder/tour.ipynb'), join(project.folder, 'tour.ipynb'));
  const here = await project.json('run', 'tour.ipynb');
  const there = await project.submit([], 'tour.ipynb');
  expect([there.code, there.state]).toEqual([0, 'succeeded']);
  expect(digests(there)).toEqual(digests(here));
});

test('what is known when a run is submitted takes no pod', async () => {
  const project = new Project('known');
  project.notebook([
    ['step:a', 'const x = [1, 2, 3]'],
    ['step:b', 'const y = x.length'],
    ['step:c', 'const z = y + 1'],
  ]);
  const first = await project.submit();
  const again = await project.tagflow(['submit', 'notebook.ipynb', '--watch', '--json']);
  const run = JSON.parse(again.out);
  expect(run.steps.map(({ cached }: any) => cached)).toEqual([first.id, first.id, undefined]);
  const workflow: any = await api(
    'GET',
    `/apis/argoproj.io/v1alpha1/namespaces/${bed.namespace}/workflows/${run.cluster.workflow}`,
  );
  const pods = Object.values<any>(workflow.status.nodes).filter(({ type }) => type === 'Pod');
  // That of the exit handler comes after the run's end.
  const steps = pods.filter(({ templateName }) => templateName !== 'run--end');
  expect(steps.map(({ templateName }) => templateName)).toEqual(['c']);
});

test('a loop of 5,000 items is shared out, and its Workflow stays small', async () => {
  const project = new Project('many');
  project.notebook([
    ['none', 'import { foreach } from "tagflow"'],
    ['step:load', 'const xs = Array.from({ length: 5_000 }, (_, i) => i)'],
    ['step:map', 'const ys = await foreach(xs, (x) => x * x)', { batch: 500 }],
    ['step:end', 'const total = ys.reduce((sum, y) => sum + y, 0)'],
  ]);
  const run = await project.submit();
  expect([run.code, states(run)]).toEqual([0, 'load succeeded, map succeeded, end succeeded']);
  expect(run.steps[1]!.loops).toEqual([
    { segment: 1, total: 5_000, succeeded: 5_000, running: 0, failed: [] },
  ]);
  const { digest } = run.steps[2]!.outputs.find(({ name }) => name === 'total')!;
  expect(decode(await getBlob(project.store, digest))).toBe(41_654_167_500);
  const { status }: any = await api(
    'GET',
    `/apis/argoproj.io/v1alpha1/namespaces/${bed.namespace}/workflows/${run.cluster!.workflow}`,
  );
  expect(status.offloadNodeStatusVersion).toBeUndefined();
  const pods = Object.values<any>(status.nodes).filter(({ type }) => type === 'Pod');
  expect(pods.filter(({ inputs }) => inputs?.parameters?.[0]?.name === 'chunk')).toHaveLength(10);
  expect(JSON.stringify(status).length).toBeLessThan(200_000);
}, 600_000);

test('steps with other images: another Node, and two versions of a package', async () => {
  const project = new Project('images');
  const other = bed.base.includes('node:22') ? 24 : 22;
  project.notebook([
    ['step:a', 'const one = process.versions.node.split(".")[0]!'],
    [
      'step:b',
      'const two = process.versions.node.split(".")[0]!; const both = [one, two]',
      { image: bed.base.replace(/node:\d+/, `node:${other}`) },
    ],
    ['step:c', 'const end = both.join()'],
  ]);
  const run = await project.submit();
  expect([run.code, states(run)]).toEqual([0, 'a succeeded, b succeeded, c succeeded']);
  const shown = await project.json('show', run.id, 'b', 'both');
  expect(shown.value).toEqual([process.versions.node.split('.')[0], String(other)]);
});
