/** Runs on a cluster without the cluster: each pod is a process, and a few lines stand for the engine. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@tagflow/schema';
import { planRun } from '../kernel/lib/run/plan.js';
import { keepKnownStart } from '../kernel/lib/run/pod/unsubmitted.js';
import { readAttempts, readRun } from '../kernel/lib/store/records.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { readLog } from '../kernel/lib/store/log.js';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { triedAgain } from './pipeline/loops.ts';
import { PODS } from './matrix/place.ts';
import { FOLDER, pipelineFrom, type Row } from './pipeline/notebook.ts';
import { runHere } from './pipeline/values.ts';
import { type Engine, carryOut, placeHere, runPod } from './pods/engine.ts';

let store: FolderStore;
beforeEach(() => {
  store = new FolderStore(join(mkdtempSync(join(tmpdir(), 'tagflow-pods-')), 'store'));
});
afterEach(() => rmSync(join(store.location, '..'), { recursive: true, force: true }));

const LOOP: Row = ['none', 'import { foreach } from "tagflow"'];
const BASE: Row[] = [
  LOOP,
  ['none', 'import { sum } from "d3-array"'],
  ['parameters', 'const n = 5'],
  [
    'step:load',
    'const rows = Array.from({ length: n }, (_, i) => i + 1); console.log("loaded", rows.length)',
  ],
  ['step:fit', 'const ys = await foreach(rows, (x) => x * x)\nconst total = sum(ys)'],
  ['step:choose', 'let best = 0; if (total > 50) { best = total } else { best = -1 }'],
  ['step:end', 'const report = { total, best }'],
];

const digests = (run: Run): string[] =>
  run.steps.flatMap(({ name, outputs }) => outputs.map((each) => `${name} ${each.name} ${each.digest}`));

async function inPods(
  rows: readonly Row[],
  options: Partial<Engine> & { origin?: Run; base?: string } = {},
): Promise<Run> {
  const plan = planRun(pipelineFrom(rows));
  const { origin, base, ...engine } = options;
  const { start, done } = await placeHere(plan, store, {
    ...(origin ? { origin: { run: origin.id, kind: 'retry' } } : {}),
    base,
  });
  await carryOut(plan, done, { run: start.id, store: store.location, project: FOLDER, ...engine });
  return readRun(store, start.id);
}

test('the same artifacts as a run here, with records and logs', async () => {
  const here = await runHere(pipelineFrom(BASE), store, { cache: false });
  const elsewhere = new FolderStore(join(store.location, '..', 'elsewhere'));
  const { run } = await PODS.run(BASE, { store: elsewhere });
  expect(run!.state).toBe('succeeded');
  expect(digests(run!)).toEqual(digests(here));
  expect(run!.cluster).toMatchObject({ namespace: 'here' });
  expect((await readLog(elsewhere, run!.id, 'load')).map(({ text }) => text).join('')).toBe('loaded 5\n');
}, 60_000);

test('what is known when the run is submitted takes no pod; a run here and one in pods share results', async () => {
  await runHere(pipelineFrom(BASE), store);
  const pods: string[] = [];
  const onPod: Engine['onPod'] = (args) => void pods.push(args.join(' '));
  const first = await inPods(BASE, { onPod });
  expect(first.state).toBe('succeeded');
  expect(pods).toEqual(['program end 0', 'end']);
  pods.length = 0;
  const more = BASE.map((row): Row => (row[1] === 'const n = 5' ? ['parameters', 'const n = 7'] : row));
  await inPods(more, { chunks: 2, onPod });
  // Five of seven items have results: the one chunk that has the other two.
  expect(pods.filter((each) => each.startsWith('items'))).toEqual(['items fit 1 1']);
}, 60_000);

test.each([
  [`sha256:${'a'.repeat(64)}`, 'stand for other runs in it'],
  ['registry.example.com/team/app:1', 'stand for none: the tag may have moved'],
])('results in an image that is named %s %s', async (base, how) => {
  const rows: Row[] = [
    ['step:a', 'const xs = [1, 2]'],
    ['step:b', 'const y = xs.length'],
  ];
  const first = await inPods(rows, { base });
  const second = await inPods(rows, { base });
  expect([first.state, second.state]).toEqual(['succeeded', 'succeeded']);
  expect(second.steps[0]!.cached).toBe(how.startsWith('stand for other') ? first.id : undefined);
});

test('a failing item is named; a retry runs what is missing', async () => {
  const flag = join(store.location, '..', 'mended');
  const rows: Row[] = [
    LOOP,
    ['none', 'import { existsSync } from "node:fs"'],
    ['step:load', 'const rows = [1, 2, 3, 4]; const chance = Math.random()'],
    [
      'step:fit',
      `const ys = await foreach(rows, (x) => { if (x === 3 && !existsSync(${JSON.stringify(flag)})) throw new Error("no three"); return x + chance })`,
    ],
    ['step:end', 'const z = ys.length'],
  ];
  const failed = await inPods(rows);
  expect(failed.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'load succeeded',
    'fit failed',
    'end omitted',
  ]);
  expect(failed.steps[1]!.failure).toMatchObject({ message: 'no three', index: 2, cell: 'c4' });
  expect(failed.steps[1]!.loops).toMatchObject([{ total: 4, succeeded: 3, failed: [2] }]);
  writeFileSync(flag, '');
  const pods: string[] = [];
  const retried = await inPods(rows, { origin: failed, onPod: (args) => void pods.push(args.join(' ')) });
  expect(retried.state).toBe('succeeded');
  // The chance of the first run stands, though no chance is cached.
  expect(pods).toEqual(['program load 0 fit', 'items fit 1 2', 'program fit 2', 'program end 0', 'end']);
}, 60_000);

test('an item that is tried again works on the items that it makes then', async () => {
  const made = await inPods([LOOP, ...triedAgain(join(store.location, '..', 'tried'))]);
  expect(made.steps[0]!.failure).toBeUndefined();
  expect(await readArtifact(store, made.steps[0]!.outputs[0]!.digest)).toEqual([30, 40]);
});

test('what stands before a loop fails in the pod of the step before, and as its own step', async () => {
  const rows: Row[] = [
    LOOP,
    ['step:load', 'const rows = [1, 2]'],
    [
      'step:fit',
      'if (rows.length > 1) throw new Error("too many")\nconst ys = await foreach(rows, (x) => x)',
    ],
    ['step:end', 'const z = ys.length'],
  ];
  const pods: string[] = [];
  const failed = await inPods(rows, { onPod: (args) => void pods.push(args.join(' ')) });
  expect(pods).toEqual(['program load 0 fit', 'end']);
  expect(failed.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'load succeeded',
    'fit failed',
    'end omitted',
  ]);
  expect(failed.steps[1]!.failure).toMatchObject({ message: 'too many', cell: 'c3' });
}, 60_000);

test('a pod that begins again after it was killed counts as no try, and does nothing twice', async () => {
  const plan = planRun(pipelineFrom(BASE));
  const { start } = await placeHere(plan, store);
  const engine = { run: start.id, store: store.location, project: FOLDER };
  expect((await runPod(['program', 'load', '0'], engine)).code).toBe(0);
  const again = await runPod(['program', 'load', '0'], engine);
  expect(again).toMatchObject({ code: 0 });
  expect(await readAttempts(store, start.id)).toHaveLength(1);
}, 60_000);

test.each([
  ['{"leaves":1}', 'There is no parameter leaves: there are n.\n'],
  ['{"n":"many"}', 'Parameter n takes a value of type number; "many" is none.\n'],
  ['n=1', 'The Workflow\'s argument `parameters` is no JSON object: write it as {"trees": 200}, not n=1.\n'],
])(
  'a Workflow that is begun with parameters %s fails at once, with a sentence',
  async (parameters, text) => {
    const { start } = await placeHere(planRun(pipelineFrom(BASE)), store);
    const { pipeline, document, versions, cluster } = start;
    const known = { format: 1 as const, pipeline, document, versions, placement: cluster!.placement };
    const env = {
      TAGFLOW_START: await keepKnownStart(store, known),
      TAGFLOW_UID: '5d0ae5a8-0b0c-4b0a-8f5e-0a5f3f6f1a11',
      TAGFLOW_CREATED: start.created,
      TAGFLOW_PARAMETERS: parameters,
    };
    const engine = { run: '', store: store.location, project: FOLDER, env };
    expect(await runPod(['program', 'load', '0'], engine)).toMatchObject({ code: 1, text });
  },
  60_000,
);

test('the pod that ends last ends the run, if all went well', async () => {
  /** How many runs have an end when the pod begins that would write it. */
  const ended: number[] = [];
  const onPod: Engine['onPod'] = ([role]) => {
    const names = readdirSync(join(store.location, 'runs'), { recursive: true, encoding: 'utf8' });
    if (role === 'end') ended.push(names.filter((name) => /^[^/]+\/[^/]+\/end\.json$/.test(name)).length);
  };
  await inPods(BASE, { onPod });
  const failing: Row[] = [...BASE, ['step:bad', 'if (total > 0) throw new Error("bad")', { cache: false }]];
  await inPods(failing, { onPod });
  expect(ended).toEqual([1, 1]);
}, 60_000);

test('a Workflow that is begun again does not write into a run that has ended', async () => {
  const { run } = await PODS.run(BASE, { store });
  const engine = { run: run!.id, store: store.location, project: FOLDER };
  expect((await runPod(['program', 'load', '0'], engine)).code).toBe(0);
  expect((await runPod(['end'], engine)).code).toBe(0);
  expect(await readRun(store, run!.id)).toEqual(run);
  const failed = await inPods([['step:bad', 'throw new Error("bad"); const x = 1']]);
  const again = await runPod(['program', 'bad', '0'], { ...engine, run: failed.id });
  expect(again).toMatchObject({ code: 1, text: expect.stringContaining(`tagflow retry ${failed.id}`) });
  expect(await readRun(store, failed.id)).toEqual(failed);
}, 60_000);

test('a pod that the store turns away says where its keys are from', async () => {
  const refusing = createServer((_, answer) => {
    answer.statusCode = 403;
    answer.end('<Error><Code>ExpiredToken</Code></Error>');
  });
  await new Promise<void>((listening) => refusing.listen(0, '127.0.0.1', listening));
  const env = {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
  };
  const end = await runPod(['program', 'a', '0'], {
    run: '20260101-000000-000aaaaa',
    store: 's3://bucket/runs',
    project: FOLDER,
    env,
  });
  expect(end).toMatchObject({
    code: 75,
    text: expect.stringMatching(/^The store .* have expired.* Secret tagflow-store, or .*names\.\n$/),
  });
  await new Promise((closed) => refusing.close(closed));
});

test.each([
  [['program', 'fit', '0'], 75, /no record that load/],
  [['program', 'nowhere', '0'], 75, /no segment/],
  [['dance'], 75, /does not know what to do/],
] as const)(
  'a pod that cannot work says why: %j',
  async (args, code, text) => {
    const { start } = await placeHere(planRun(pipelineFrom(BASE)), store);
    const end = await runPod(args, { run: start.id, store: store.location, project: FOLDER });
    expect(end).toMatchObject({ code, text: expect.stringMatching(text) });
  },
  60_000,
);
