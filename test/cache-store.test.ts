import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact, CacheEntry } from '@tagflow/schema';
import { encode } from '../kernel/lib/store/codec.js';
import {
  FolderStore,
  blobKey,
  conflicts,
  findCacheEntry,
  putBlob,
  writeCacheEntry,
} from '../kernel/lib/store/index.js';
import { newRunId } from '../kernel/lib/store/run-id.js';

const KEY = 'a'.repeat(64);
const HOUR = 3_600_000;

let folder: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-cache-'));
  store = new FolderStore(join(folder, '.tagflow'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function artifact(name: string, value: unknown): Promise<Artifact> {
  const { digest, size } = await putBlob(store, encode(value));
  return { name, variable: `c1#${name}`, digest, size, type: 'unknown', preview: { text: '' } };
}

/** An entry of a run that began so many hours ago. */
async function entry(hours: number, rest: Partial<CacheEntry> = {}): Promise<CacheEntry> {
  const created = new Date(Date.now() - hours * HOUR);
  const written: CacheEntry = {
    format: 1,
    key: KEY,
    run: newRunId(created),
    step: 'train',
    segment: 0,
    created: created.toISOString(),
    outputs: [await artifact('model', 'm')],
    ...rest,
  };
  await writeCacheEntry(store, written);
  return written;
}

const SHARD = `keys/${KEY.slice(0, 3)}`;
const path = (key: string) => join(folder, '.tagflow', key);
const entryFile = ({ run }: CacheEntry) => path(`${SHARD}/${KEY}.${run}.train.0.json`);

test('keys that begin alike are told apart', async () => {
  const alike = `${KEY.slice(0, 63)}b`;
  const other = await entry(1, { key: alike });
  expect(await findCacheEntry(store, KEY)).toBeUndefined();
  expect(await findCacheEntry(store, alike)).toEqual(other);
  await entry(0, { outputs: [await artifact('model', 'another')] });
  expect([await conflicts(store, KEY), await conflicts(store, alike)]).toEqual([[], []]);
});

test('the newest entry is found, whole', async () => {
  expect(await findCacheEntry(store, KEY)).toBeUndefined();
  const newest = await entry(1, { branch: 1, items: [{ digest: 'b'.repeat(64), size: 1 }], index: 3 });
  const older = await entry(2);
  expect(readdirSync(path(SHARD)).sort()).toEqual([
    `${KEY}.${older.run}.train.0.json`,
    `${KEY}.${newest.run}.train.0.3.json`,
  ]);
  // Its item is not there.
  expect(await findCacheEntry(store, KEY)).toEqual(older);
  const { digest, size } = await putBlob(store, encode(1));
  const whole = await entry(0, { branch: 0, items: [{ digest, size }] });
  expect(await findCacheEntry(store, KEY)).toEqual(whole);
  expect(await findCacheEntry(store, 'b'.repeat(64))).toBeUndefined();
});

const PASSED_OVER: [string, (newer: CacheEntry) => void][] = [
  ['is no JSON', (newer) => writeFileSync(entryFile(newer), '{"format":1,')],
  ['has no bytes', (newer) => truncateSync(entryFile(newer))],
  [
    'is of a newer format',
    (newer) => writeFileSync(entryFile(newer), JSON.stringify({ ...newer, format: 2 })),
  ],
  [
    'lacks a field',
    (newer) => writeFileSync(entryFile(newer), JSON.stringify({ ...newer, outputs: undefined })),
  ],
  [
    'is of another key',
    (newer) => writeFileSync(entryFile(newer), JSON.stringify({ ...newer, key: 'c'.repeat(64) })),
  ],
  ['has an output that was deleted', (newer) => rmSync(path(blobKey(newer.outputs[0]!.digest)))],
  ['has an output that was cut', (newer) => truncateSync(path(blobKey(newer.outputs[0]!.digest)), 1)],
  ['has lost which objects it shares', (newer) => rmSync(path(blobKey(newer.outputs[0]!.identity!)))],
];

test.each(PASSED_OVER)('an entry is passed over that %s', async (_, damage) => {
  const older = await entry(2);
  const { digest: identity } = await putBlob(store, encode('links'));
  const newer = await entry(1, { outputs: [{ ...(await artifact('model', 'other')), identity }] });
  expect(await findCacheEntry(store, KEY)).toEqual(newer);
  damage(newer);
  expect(await findCacheEntry(store, KEY)).toEqual(older);
});

test('an entry may be too old', async () => {
  const old = await entry(2);
  expect(await findCacheEntry(store, KEY, { maxAge: 3 * HOUR })).toEqual(old);
  expect(await findCacheEntry(store, KEY, { maxAge: HOUR })).toBeUndefined();
});

test('entries that contradict each other name the artifacts', async () => {
  const same = await artifact('rows', 1);
  const [first, second] = [await artifact('model', 1), await artifact('model', 2)];
  const a = await entry(3, { outputs: [same, first] });
  expect(await conflicts(store, KEY)).toEqual([]);
  const b = await entry(2, { outputs: [same, second], branch: 0 });
  const c = await entry(1, { outputs: [first], branch: 1 });
  expect(await conflicts(store, KEY)).toEqual([
    {
      name: 'model',
      values: [
        { value: first.digest, runs: [a.run, c.run] },
        { value: second.digest, runs: [b.run] },
      ],
    },
    {
      name: 'branch',
      values: [
        { value: '0', runs: [b.run] },
        { value: '1', runs: [c.run] },
      ],
    },
  ]);
});
