import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '../kernel/lib/store/codec.js';
import { findGarbage } from '../kernel/lib/store/garbage.js';
import {
  FolderStore,
  blobKey,
  getBlob,
  listRuns,
  putBlob,
  readLineage,
  readRun,
  reuseBlob,
} from '../kernel/lib/store/index.js';
import { writeAttemptStart, writeRunStart } from '../kernel/lib/store/journal.js';
import { removeGarbage } from '../kernel/lib/store/removal.js';
import { type RunAge, outdatedRuns } from '../kernel/lib/store/retention.js';
import { newRunId, runFolder, timeOfRun } from '../kernel/lib/store/run-id.js';
import { startTagflow, runTagflow } from './command/tagflow.ts';
import { DAY, collect, keysOf, makeOld } from './store/removal.ts';
import { type RunSpec, digestOf, recordsOf, writeRun } from './store/records.ts';

const NOW = Date.UTC(2026, 1, 28);

const age = (id: string, days: number, pipeline = 'p', running = false): RunAge => ({
  id,
  pipeline,
  running,
  last: NOW - days * DAY,
});

test.each<[string, RunAge[], { olderThan?: number; keep?: number }, string[]]>([
  ['nothing asked', [age('1', 90)], {}, []],
  ['by age', [age('1', 40), age('2', 20)], { olderThan: 30 * DAY }, ['1']],
  ['by number', [age('1', 3), age('2', 2), age('3', 1)], { keep: 2 }, ['1']],
  ['by both', [age('1', 40), age('2', 35), age('3', 1)], { olderThan: 30 * DAY, keep: 2 }, ['1']],
  ['number of each pipeline', [age('1', 9), age('2', 8, 'q'), age('3', 7)], { keep: 1 }, ['1']],
  ['one that goes on', [age('1', 40, 'p', true)], { olderThan: DAY }, []],
  ['one that goes on is one of the newest', [age('1', 4), age('2', 0, 'p', true)], { keep: 1 }, ['1']],
])('outdated: %s', (_, runs, retention, expected) => {
  expect([...outdatedRuns(runs, retention, NOW)]).toEqual(expected);
});

test('the id of a run tells when it began', () => {
  const now = new Date(Date.UTC(2026, 0, 31, 14, 25, 1, 37));
  expect(timeOfRun(newRunId(now))).toBe(now.getTime());
});

let folder: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-gc-'));
  store = new FolderStore(join(folder, '.tagflow'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [A, B, C] = ['20260130-100000-000aaaaa', '20260131-100000-000bbbbb', '20260131-110000-000ccccc'];
const ALL = { keep: 1, grace: 0 };

/** Runs share what `load` makes; what `train` makes is each one's own. */
const run = (id: string, n: number): RunSpec => ({
  id,
  parameters: { n },
  tags: ['nightly'],
  steps: [
    { step: 'load', makes: { rows: [1, 2, 3] } },
    { step: 'train', uses: { rows: [1, 2, 3], n }, makes: { model: { n, rows: 'x'.repeat(n) } } },
  ],
});

/** Every digest that a record names has its blob, and every run that is listed can be read. */
async function expectWhole(): Promise<void> {
  for (const key of keysOf(store).filter((each) => /^runs\/.*\.json$/.test(each))) {
    const digests = readFileSync(join(store.location, key), 'utf8').match(/[0-9a-f]{64}/g) ?? [];
    for (const digest of digests) await getBlob(store, digest);
  }
  for (const { id } of await listRuns(store)) await readRun(store, id);
}

test('runs go with all that only they need; what others share stays', async () => {
  for (const program of ['load', 'gone'])
    await store.put(`programs/${digestOf(program)}.mjs`, Buffer.from('1'));
  for (const [i, id] of [A, B, C].entries()) await writeRun(store, run(id, i + 1));
  const found = await findGarbage(store, ALL);
  expect(found.runs).toEqual([A, B]);
  expect(found.blobs.map((key) => key.slice(-64)).sort()).toEqual(
    [1, 2].flatMap((n) => [digestOf(n), digestOf({ n, rows: 'x'.repeat(n) })]).sort(),
  );
  expect(found.programs).toEqual([`programs/${digestOf('gone')}.mjs`]);
  expect(found.bytes).toBeGreaterThan(1000);
  expect((await listRuns(store)).length).toBe(3);

  await removeGarbage(store, found);
  expect((await listRuns(store)).map(({ id }) => id)).toEqual([C]);
  await expectWhole();
  expect(keysOf(store).filter((key) => key.includes(A) || key.includes(B))).toEqual([]);
  const model = { run: C, step: 'train', name: 'model', digest: digestOf({ n: 3, rows: 'xxx' }) };
  expect((await readLineage(store, model)).edges).toHaveLength(2);
  expect(existsSync(join(store.location, 'runs/2026-01-30'))).toBe(false);
  expect(await findGarbage(store, ALL)).toMatchObject({
    runs: [],
    blobs: [],
    programs: [],
    index: [],
    bytes: 0,
  });
});

test('a removal that breaks off, wherever it does, leaves a store that reads correctly', async () => {
  const write = async (): Promise<void> => {
    rmSync(store.location, { recursive: true, force: true });
    store = new FolderStore(store.location);
    for (const [i, id] of [A, B].entries()) await writeRun(store, run(id, i + 1));
    await store.put(
      `keys/eee/${'e'.repeat(64)}.${A}.train.0.json`,
      Buffer.from(JSON.stringify([digestOf(1)])),
    );
  };
  await write();
  let deletions = Infinity;
  const breaking = (): void => {
    const remove = store.delete.bind(store);
    store.delete = async (key) => {
      if (deletions-- <= 0) throw new Error('broken off');
      await remove(key);
    };
  };
  for (let after = 0; ; after++) {
    if (after > 0) await write();
    const garbage = await findGarbage(store, ALL);
    expect([garbage.runs, garbage.cached.length]).toEqual([[A], 1]);
    deletions = after;
    breaking();
    const done = await removeGarbage(store, garbage).then(
      () => true,
      () => false,
    );
    // What had begun when it broke off may still go on.
    await new Promise((resolve) => setTimeout(resolve, 5));
    deletions = Infinity;
    await expectWhole();
    expect((await listRuns(store)).map(({ id }) => id)).toContain(B);
    await collect(store, ALL);
    expect(keysOf(store).filter((key) => key.includes(A))).toEqual([]);
    if (done) break;
  }
});

test('nothing young goes, nor what was written since the oldest run that goes on began', async () => {
  await writeRun(store, run(A, 1));
  const orphan = await putBlob(store, encode('orphan'));
  expect((await collect(store, { grace: DAY })).blobs).toEqual([]);
  makeOld(store, 3);
  const id = newRunId(new Date(Date.now() - 5 * DAY));
  const { start } = recordsOf({ id, steps: [] });
  await writeRunStart(store, { ...start, document: orphan.digest });
  const other = await putBlob(store, encode('other'));
  makeOld(store, 3, (key) => key.includes('start.json'));
  expect((await collect(store, { grace: DAY })).blobs).toEqual([]);
  rmSync(join(store.location, runFolder(id)), { recursive: true });
  expect((await collect(store, { grace: DAY })).blobs.sort()).toEqual(
    [blobKey(orphan.digest), blobKey(other.digest)].sort(),
  );
});

test('a run that goes on keeps what its records name, and is never removed', async () => {
  await writeRun(store, run(A, 1));
  const id = newRunId();
  const { start, attempts } = recordsOf({ ...run(id, 1), id });
  await writeRunStart(store, start);
  await writeAttemptStart(store, attempts[1]!.start);
  makeOld(store, 40, (key) => key.includes(id));
  const garbage = await collect(store, { olderThan: 0, grace: 0 });
  expect(garbage.runs).toEqual([A]);
  expect(garbage.blobs.map((key) => key.slice(-64)).sort()).toEqual(
    [digestOf({ n: 1, rows: 'x' }), digestOf('load')].sort(),
  );
  expect((await readRun(store, id)).state).toBe('running');
  await expectWhole();
});

test.each([
  ['put again', () => putBlob(store, encode('old'))],
  ['used again', () => reuseBlob(store, digestOf('old'))],
])('an old blob that is %s between the search and the removal stays', async (_, use) => {
  await putBlob(store, encode('old'));
  await putBlob(store, encode('older'));
  makeOld(store);
  const garbage = await findGarbage(store, { grace: DAY });
  expect(garbage.blobs).toHaveLength(2);
  await use();
  await removeGarbage(store, garbage);
  expect(await reuseBlob(store, digestOf('old'))).toBe(true);
  expect(await reuseBlob(store, digestOf('older'))).toBe(false);
});

test('two at once do no harm', async () => {
  for (const [i, id] of [A, B, C].entries()) await writeRun(store, run(id, i + 1));
  await Promise.all([collect(store, ALL), collect(store, { ...ALL, keep: 2 })]);
  expect((await listRuns(store)).map(({ id }) => id)).toEqual([C]);
  await expectWhole();
});

test('leftovers go: unfinished writes, folders without a start, links of runs that are gone', async () => {
  await writeRun(store, run(A, 1));
  writeFileSync(join(store.location, 'blobs/x.0123.tmp'), 'x');
  writeFileSync(join(store.location, runFolder(A), 'end.json.0123.tmp'), 'x');
  await store.put(`${runFolder(B)}notebook.ipynb`, Buffer.from('{}'));
  await store.put(`tags/best/${C}`, Buffer.alloc(0));
  const none = await collect(store, { grace: DAY });
  expect([none.unfinished, none.runs, none.index]).toEqual([[], [], []]);
  makeOld(store);
  const old = await collect(store, { grace: DAY });
  expect([old.unfinished.length, old.runs, old.index]).toEqual([2, [B], [`tags/best/${C}`]]);
  await expectWhole();
  expect((await listRuns(store)).map(({ id }) => id)).toEqual([A]);
});

test('records that are damaged or newer keep what they name', async () => {
  await writeRun(store, run(A, 1));
  const { digest } = await putBlob(store, encode('new'));
  await store.put(
    `${runFolder(B)}start.json`,
    Buffer.from(`{"format": 2, "novelty": {"digest": "${digest}"}}`),
  );
  await store.put(`${runFolder(B)}end.json`, Buffer.from(`{"format": 2, "cut`));
  makeOld(store);
  expect((await collect(store, { grace: DAY })).blobs).toEqual([]);
});

test('a write survives that its folder is removed as empty', async () => {
  const writing = Array.from({ length: 200 }, (_, i) => store.put(`links/aaa/${i}`, Buffer.alloc(0)));
  const removing = Array.from({ length: 200 }, (_, i) => store.delete(`links/aaa/${i}`));
  await Promise.all([...writing, ...removing]);
  await store.put('links/aaa/last', Buffer.alloc(0));
  expect(await store.list('links/aaa/')).toContain('last');
});

test.each<[string, (ids: string[]) => string]>([
  ['the first runs', (ids) => `${runFolder(ids[0]!)}end.json`],
  ['most runs', (ids) => `${runFolder(ids[50]!)}end.json`],
  ['some values', () => blobKey(digestOf(30))],
])(
  'the command that is killed after removing %s leaves a whole store, and the next one ends the work',
  async (_, keyOf) => {
    const ids = Array.from({ length: 60 }, (_, i) => newRunId(new Date(Date.UTC(2026, 0, 1 + i))));
    for (const [i, id] of ids.entries()) await writeRun(store, run(id, i));
    writeFileSync(join(folder, 'package.json'), '{}');
    const parameters = ['gc', '--keep', '1', '--grace', '0s'];
    const preview = await runTagflow(folder, parameters);
    expect(preview.out).toMatch(/To be removed, .* in all:\n {2}runs +59\n {2}values +118[\s\S]*add --yes/);
    const child = startTagflow(folder, [...parameters, '--yes']);
    const closed = new Promise((resolve) => child.on('close', (_code, signal) => resolve(signal)));
    const awaited = join(store.location, keyOf(ids));
    const timer = setInterval(() => existsSync(awaited) || child.kill('SIGKILL'), 1);
    await closed;
    clearInterval(timer);
    await expectWhole();
    const rest = await runTagflow(folder, [...parameters, '--yes']);
    expect([rest.code, (await listRuns(store)).map(({ id }) => id)]).toEqual([0, [ids.at(-1)]]);
    expect(keysOf(store).filter((key) => key.startsWith('blobs')).length).toBe(6);
    await expectWhole();
  },
  60_000,
);
