/** What goes wrong on a cluster: each leaves a clear record, nothing is lost, and a retry does what is missing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readAttempts, readRun } from '../../kernel/lib/store/records.js';
import type { Store } from '../../kernel/lib/store/store.js';
import { api } from './api.mjs';
import { startPart, stopPart } from './bed.mjs';
import { Project, bed, outcomeOf, states, until } from './cluster.ts';
import type { Row } from '../pipeline/notebook.ts';

const LOOP: Row = ['none', 'import { foreach } from "tagflow"'];
const SLEEP: Row = [
  'none',
  'const pause = (ms: number) => new Promise<void>((done) => setTimeout(() => done(), ms))',
];
const SPACE = `/api/v1/namespaces/${bed.namespace}`;
const WORKFLOWS = `/apis/argoproj.io/v1alpha1/namespaces/${bed.namespace}/workflows`;

/** Pods of a step of a run that have begun. */
async function podsOf(run: string, step: string): Promise<string[]> {
  const selector = encodeURIComponent(`tagflow.dev/run=${run},tagflow.dev/step=${step}`);
  const { items } = (await api('GET', `${SPACE}/pods?labelSelector=${selector}`)) as any;
  return items
    .filter(({ status }: any) => status.phase === 'Running')
    .map(({ metadata }: any) => metadata.name as string);
}

async function begin(project: Project): Promise<{ run: string; workflow: string }> {
  const { run, workflow } = await project.json('submit', 'notebook.ipynb');
  return { run, workflow };
}

/** Once a step's code is at work. */
const atWork = (store: Store, run: string, step: string): Promise<unknown> =>
  until(`${step} is at work`, async () => (await readAttempts(store, run, step)).length > 0);

test('an exception is told with cell and line; a retry goes on, and the log stays when pods and Workflow are gone', async () => {
  const project = new Project('exception');
  project.notebook([
    ['step:load', 'const x = Math.random(); console.log("before")'],
    ['step:fit', 'const y = x + 1;\nif (y > 0) throw new Error("no luck")'],
    ['step:end', 'const z = y'],
  ]);
  const failed = await project.submit();
  expect([failed.code, states(failed)]).toEqual([1, 'load succeeded, fit failed, end omitted']);
  expect(failed.steps[1]!.failure).toMatchObject({ name: 'Error', message: 'no luck', cell: 'c2', line: 2 });
  await api('DELETE', `${WORKFLOWS}/${failed.cluster!.workflow}`);
  expect((await project.tagflow(['logs', failed.id, 'load'])).out).toBe('before\n');
  project.notebook([
    ['step:load', 'const x = Math.random(); console.log("before")'],
    ['step:fit', 'const y = x + 1;'],
    ['step:end', 'const z = y'],
  ]);
  const { code, out } = await project.tagflow(['resume', failed.id, '--json']);
  const resumed = JSON.parse(out);
  expect([code, states(resumed)]).toEqual([0, 'load succeeded, fit succeeded, end succeeded']);
  expect(resumed.steps[0]).toMatchObject({ cached: failed.id, outputs: failed.steps[0]!.outputs });
});

test('out of memory and out of time: which it was, and what to do', async () => {
  const project = new Project('limits');
  project.notebook([
    [
      'step:memory',
      'const all: number[][] = []; for (;;) all.push(new Array(100_000).fill(all.length))',
      { memory: '300Mi' },
    ],
    SLEEP,
    ['step:time', 'await pause(60_000); const late = 1', { timeout: '2s', after: [] }],
  ]);
  const run = await project.submit();
  expect([run.code, states(run)]).toEqual([1, 'memory failed, time failed']);
  expect(run.steps[0]!.failure!.message).toMatch(/memory/);
  expect(run.steps[1]!.failure).toMatchObject({ name: 'Timeout', message: expect.stringContaining('2 s') });
});

test('a pod that is killed is begun again, and items that were done stay done', async () => {
  const project = new Project('killed');
  project.notebook([
    LOOP,
    SLEEP,
    ['step:load', 'const xs = [1, 2, 3, 4]'],
    [
      'step:fit',
      'const ys = await foreach(xs, async (x) => { console.log("item", x); await pause(x === 3 ? 8_000 : 10); return x * 2 })',
      { batch: 4 },
    ],
    ['step:end', 'const sum = ys.length'],
  ]);
  const { run } = await begin(project);
  await until('two items are done', async () => {
    const attempts = await readAttempts(project.store, run, 'fit');
    return attempts.filter(({ start, end }) => start.segment === 1 && end?.state === 'succeeded').length >= 2;
  });
  // The API server hears of it later than the store.
  const pods = await until('its pod runs', async () => {
    const running = await podsOf(run, 'fit');
    return running.length > 0 && running;
  });
  for (const pod of pods) await api('DELETE', `${SPACE}/pods/${pod}?gracePeriodSeconds=0`);
  const { code } = await project.tagflow(['watch', run]);
  const ended = await readRun(project.store, run);
  expect([code, states(ended)]).toEqual([0, 'load succeeded, fit succeeded, end succeeded']);
  const items = (await readAttempts(project.store, run, 'fit')).filter(({ start }) => start.segment === 1);
  const tries = (index: number): number => items.filter(({ start }) => start.index === index).length;
  expect([tries(0), tries(1)]).toEqual([1, 1]);
  expect(tries(2)).toBeGreaterThan(1);
});

test.each(['controller', 's3', 'apiserver', 'registry'] as const)(
  '%s that is away for a while',
  async (part) => {
    const project = new Project(`away-${part}`);
    project.notebook([
      SLEEP,
      ['step:a', 'const x = 1; await pause(4_000)'],
      ['step:b', 'const y = x + 1'],
      ['step:c', 'const z = y + 1'],
    ]);
    const { run } = await begin(project);
    await atWork(project.store, run, 'a');
    // Who follows it bears with it.
    const watched = project.tagflow(['watch', run]);
    await sleep(1_500);
    await stopPart(part);
    await sleep(5_000);
    await startPart(part);
    const { code, err } = await watched;
    expect([code, err]).toEqual([0, expect.stringMatching(/^(\S.* It is tried again\.\n)*$/)]);
    expect(states(await readRun(project.store, run))).toBe('a succeeded, b succeeded, c succeeded');
  },
);

test('a Secret that is not there, a node that there is not: said while it waits', async () => {
  const project = new Project('waiting');
  project.notebook([
    ['step:secret', 'const key = process.env.NO_SUCH_KEY!.length', { secrets: ['NO_SUCH_KEY'] }],
    ['step:large', 'const n = 1', { cpu: '900', after: [] }],
  ]);
  const { run } = await begin(project);
  const watching = project.start(['watch', run]);
  const told = outcomeOf(watching);
  await until('both are told', async () => {
    const ended = await readAttempts(project.store, run, 'secret');
    return ended.some(({ end }) => end?.state === 'failed');
  });
  await sleep(3_000);
  await project.tagflow(['stop', run]);
  const { out } = await told;
  expect(out).toMatch(/large: waits: no node has room for it/);
  const ended = await readRun(project.store, run);
  expect(ended.steps[0]!.failure!.message).toMatch(/NO_SUCH_KEY.*Secret/);
  expect([ended.state, states(ended)]).toEqual(['failed', 'secret failed, large stopped']);
});

test('a Workflow that is deleted under its run: the run has an end, and a retry goes on', async () => {
  const project = new Project('deleted');
  project.notebook([
    SLEEP,
    ['step:a', 'const x = Math.random()'],
    ['step:b', 'await pause(5_000); const y = x + 1'],
  ]);
  const { run, workflow } = await begin(project);
  await atWork(project.store, run, 'b');
  await api('DELETE', `${WORKFLOWS}/${workflow}`);
  const shown = await project.json('show', run);
  // Its pod may have had time to say that it was told to stop.
  expect([shown.state, states(shown)]).toEqual([
    'failed',
    expect.stringMatching(/^a succeeded, b (failed|stopped)$/),
  ]);
  const { code, out } = await project.tagflow(['retry', run, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out).steps[0].cached).toBe(run);
});

test('no secret is in manifests, images, blobs, records and logs', async () => {
  const secret = 'a-secret-of-the-test-cluster';
  const project = new Project('secret');
  project.notebook([
    [
      'step:a',
      'const n = process.env.API_KEY!.length; console.log("key", process.env.API_KEY); console.error(process.env.API_KEY)',
      { secrets: ['API_KEY'] },
    ],
    ['step:b', 'const bad = { n, key: process.env.API_KEY }', { secrets: ['API_KEY'] }],
    ['step:c', 'const m = bad.n'],
  ]);
  const run = await project.submit();
  expect(states(run)).toBe('a succeeded, b failed, c omitted');
  expect((await project.tagflow(['logs', run.id, 'a'])).out).toBe('key ***\n');
  const places: string[] = [];
  for await (const page of project.store.entries('')) {
    for (const { key } of page) {
      const bytes = Buffer.from((await project.store.get(key))!);
      if (bytes.includes(secret) || bytes.includes(bed.s3.secretAccessKey)) places.push(key);
    }
  }
  const workflow = JSON.stringify(await api('GET', `${WORKFLOWS}/${run.cluster!.workflow}`));
  const templates = JSON.stringify(await api('GET', WORKFLOWS.replace(/workflows$/, 'workflowtemplates')));
  for (const [name, text] of Object.entries({ workflow, templates }))
    if (text.includes(secret) || text.includes(bed.s3.secretAccessKey)) places.push(name);
  expect(places).toEqual([]);
});

test.each<[string, object, NodeJS.ProcessEnv, RegExp]>([
  ['a cluster that is away', {}, { KUBECONFIG: 'test/none' }, /kubeconfig cannot be read/],
  ['a registry that is away', { registry: { push: '127.0.0.1:9/team' } }, {}, /127\.0\.0\.1:9/],
  ['a base that is not there', { base: `${bed.registry}/none:1` }, {}, /none/],
  [
    'a store that is away',
    { store: { url: 's3://tagflow/x', endpoint: 'http://127.0.0.1:9' } },
    {},
    /127\.0\.0\.1:9 does not answer/,
  ],
  [
    'a namespace of others',
    { namespace: 'kube-system' },
    {},
    /does not allow you to create .* in namespace kube-system/,
  ],
])('%s: exit code 3 and a sentence', async (_, changes, env, said) => {
  const project = new Project('refused', changes);
  project.notebook([['step:a', 'const x = 1']]);
  const { code, out, err } = await project.tagflow(['submit', 'notebook.ipynb'], env);
  expect([code, out]).toEqual([3, '']);
  expect(err).toMatch(said);
  expect(err).not.toMatch(/\n\s+at /);
});
