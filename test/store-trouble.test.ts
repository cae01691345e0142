/** Runs on stores in trouble: full, read-only, shared by runs at the same time, written by a clock that is wrong. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CacheEntry, Run } from '@tagflow/schema';
import type { RunEvent } from '../kernel/lib/run/event.js';
import { goOnWith } from '../kernel/lib/run/origin.js';
import { startRun } from '../kernel/lib/run/start.js';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { openStore } from '../kernel/lib/store/location.js';
import { listRuns, readRun } from '../kernel/lib/store/records.js';
import { runFolder } from '../kernel/lib/store/run-id.js';
import { problemsOf } from './kill/store-problems.ts';
import { notebookText, pipelineOfText, type Row } from './pipeline/notebook.ts';

const ROWS: Row[] = [
  ['none', 'import { foreach } from "tagflow"'],
  ['step:load', 'const rows = Array.from({ length: 6 }, (_, i) => new Float64Array(200_000).fill(i))'],
  ['step:fit', 'const ys = await foreach(rows, (row) => row.map((x) => x + 1))'],
  ['step:end', 'const z = ys.map((y) => y[0])', { cache: true }],
];
const PIPELINE = fileURLToPath(new URL('./kill/pipeline.mjs', import.meta.url));
const NOTEBOOK = notebookText(ROWS);

let folder: string;
let place: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-trouble-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  place = join(folder, 'place');
  mkdirSync(place);
  store = new FolderStore(join(place, 'store'));
});
afterEach(() => {
  if (isMounted) mount('-l', '-u');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const run = (): Promise<Run> =>
  startRun({
    notebook: NOTEBOOK,
    pipeline: pipelineOfText(NOTEBOOK),
    directory: folder,
    store,
    trigger: 'command',
  });

async function resume(id: string): Promise<Run> {
  const what = await goOnWith(store, await readRun(store, id), 'resume', folder, NOTEBOOK);
  return startRun({ ...what, pipeline: pipelineOfText(NOTEBOOK), store, trigger: 'command' });
}

const zOf = async (run: Run): Promise<unknown> => readArtifact(store, run.steps.at(-1)!.outputs[0]!.digest);
const Z = [1, 2, 3, 4, 5, 6];

/** As a power cut may leave a file: there, and without what was written to it. */
function empty(pattern: RegExp): void {
  const files = readdirSync(store.location, { recursive: true, encoding: 'utf8' });
  const found = files.filter((file) => pattern.test(file));
  expect(found).not.toEqual([]);
  for (const file of found) truncateSync(join(store.location, file));
}

const RUN_END = /^runs\/[^/]+\/[^/]+\/end\.json$/;
const blobOf = (run: Run, name: string): RegExp => {
  const outputs = run.steps.flatMap((step) => step.outputs);
  return new RegExp(`^blobs/.*${outputs.find((output) => output.name === name)!.digest}$`);
};

test.each<[what: string, taken: (made: Run) => RegExp[]]>([
  ['the end of a run', () => []],
  ['ends of its steps too', () => [/\/(fit|end)\/.*\/end\.json$/]],
  ['all that there is of a step', () => [/\/fit\/.*\.json$/]],
  ['what the store is, and a value', (made) => [/^store\.json$/, blobOf(made, 'ys')]],
  ['its programs, and a value', (made) => [/^programs\//, blobOf(made, 'ys')]],
  ['what stands for later runs', () => [/^keys\/.*\.json$/]],
  ['a value', (made) => [blobOf(made, 'ys')]],
  ['values that others come from', (made) => [blobOf(made, 'rows'), blobOf(made, 'z')]],
])('a power cut takes %s', async (_what, taken) => {
  const made = await run();
  for (const pattern of [RUN_END, ...taken(made)]) empty(pattern);
  const longAgo = new Date(Date.now() - 3_600_000);
  // So short a run has no heartbeat.
  utimesSync(join(store.location, runFolder(made.id), 'start.json'), longAgo, longAgo);
  expect((await readRun(store, made.id)).state).toBe('lost');
  expect((await listRuns(store)).map(({ id }) => id)).toEqual([made.id]);
  store = new FolderStore(store.location);
  const resumed = await resume(made.id);
  expect(resumed.state).toBe('succeeded');
  expect(await zOf(resumed)).toEqual(Z);
});

test('a power cut takes which objects are one: it is found out again', async () => {
  const notebook = notebookText([
    ['step:a', 'const rows = [{ n: 1 }, { n: 2 }]; const best = rows[1]!'],
    ['step:b', 'const at = rows.indexOf(best)', { cache: true }],
  ]);
  const start = (): Promise<Run> =>
    startRun({
      ...{ notebook, directory: folder, store },
      pipeline: pipelineOfText(notebook),
      trigger: 'command',
    });
  await start();
  for await (const keys of store.keys('keys/'))
    for (const key of keys) {
      const { outputs } = JSON.parse(String(Buffer.from((await store.get(key))!))) as CacheEntry;
      for (const { identity } of outputs) if (identity) empty(new RegExp(`^blobs/.*${identity}$`));
    }
  expect(await zOf(await start())).toBe(1);
});

test('runs of one notebook at the same time, in one store', async () => {
  const runs = await Promise.all([run(), run()]);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(2);
  for (const each of runs) {
    expect(await zOf(each)).toEqual(Z);
    expect(await readRun(store, each.id)).toEqual(each);
  }
  expect(problemsOf(store.location)).toEqual([]);
});

/** File systems of their own: Linux, as root. */
const isMountable = process.platform === 'linux' && process.getuid?.() === 0;
let isMounted = false;
function mount(...how: string[]): void {
  const isEnd = how.includes('-u');
  const [command, parameters] = isEnd ? ['umount', ['-l', place]] : ['mount', [...how, place]];
  const { status, stderr } = spawnSync(command as string, parameters as string[]);
  if (status !== 0) throw new Error(String(stderr));
  isMounted = !isEnd;
}
const onMount = isMountable ? test : test.skip;

onMount('a full disk: the run says so and is recorded, and goes on when there is room', async () => {
  mount('-t', 'tmpfs', '-o', 'size=14m', 'tmpfs');
  const full = await run();
  expect(full.state).toBe('failed');
  expect(full.steps.map(({ failure }) => failure?.message).join()).toMatch(/no space is left.*TAGFLOW_STORE/);
  expect(problemsOf(store.location)).toEqual([]);
  mount('-o', 'remount,size=100m');
  const made = await resume(full.id);
  expect(await zOf(made)).toEqual(Z);
  expect(problemsOf(store.location)).toEqual([]);
});

onMount('a read-only disk: nothing runs, and everything can be read', async () => {
  mount('-t', 'tmpfs', '-o', 'size=100m', 'tmpfs');
  const made = await run();
  mount('-o', 'remount,ro');
  await expect(run()).rejects.toThrow(/read-only.*TAGFLOW_STORE/);
  expect(await readRun(store, made.id)).toEqual(made);
  expect(await zOf(made)).toEqual(Z);
});

test('a file in the place of the store, while a run goes on: a sentence, and nothing of ours in a log', async () => {
  const notebook = notebookText([
    ['step:one', 'const x = [1]'],
    ['step:two', 'const y = x.length'],
  ]);
  const logs: string[] = [];
  let replaced = false;
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'log') logs.push(event.text);
    if (replaced || event.type !== 'step' || event.step.name !== 'two' || event.step.state !== 'running')
      return;
    replaced = true;
    renameSync(store.location, `${store.location}-before`);
    writeFileSync(store.location, '');
  };
  const options = { notebook, pipeline: pipelineOfText(notebook), directory: folder, store, onEvent };
  await expect(startRun({ ...options, trigger: 'command' })).rejects.toThrow(/is a file, not a folder/);
  expect([replaced, logs]).toEqual([true, []]);
});

test('a folder that was moved is not made anew for a store', () => {
  expect(() => openStore(join(folder, 'moved'))).toThrow(/^There is no folder .*moved\./);
});

/** A module that is loaded before anything else, and shifts the clock. */
const clockOff = (hours: number): string =>
  `data:text/javascript,${encodeURIComponent(`const Real = Date; const by = ${hours} * 3600000;
globalThis.Date = class extends Real {
  constructor(...given) { super(...(given.length > 0 ? given : [Real.now() + by])); }
  static now() { return Real.now() + by; }
};`)}`;

test.each([-1, 1])(
  'a clock that was %d hours off: its results stand, its records are read',
  async (hours) => {
    writeFileSync(join(folder, 'notebook.ipynb'), NOTEBOOK);
    writeFileSync(join(folder, 'pipeline.json'), JSON.stringify(pipelineOfText(NOTEBOOK)));
    store = new FolderStore(join(folder, '.tagflow'));
    const options = { env: { ...process.env, NODE_OPTIONS: `--import ${clockOff(hours)}` } };
    expect(spawnSync(process.execPath, [PIPELINE, folder], options).status).toBe(0);
    const [wrong] = await listRuns(store);
    expect(Math.abs(Date.parse(wrong!.created) - Date.now() - hours * 3_600_000)).toBeLessThan(600_000);
    const right = await run();
    expect(right.steps.map(({ cached }) => cached)).toEqual([wrong!.id, wrong!.id, wrong!.id]);
    expect(await zOf(right)).toEqual(Z);
    const newest = await listRuns(store, { limit: 1 });
    expect(newest[0]!.id).toBe(hours > 0 ? wrong!.id : right.id);
    expect(problemsOf(store.location)).toEqual([]);
  },
);
