import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptEnd, AttemptStart, Pipeline, RunStart } from '@tagflow/schema';
import { importClasses } from '../kernel/lib/store/artifact.js';
import { encode } from '../kernel/lib/store/codec.js';
import { ClassRegistry } from '../kernel/lib/store/codec/classes.js';
import { storeError } from '../kernel/lib/store/file.js';
import {
  CorruptBlobError,
  FolderStore,
  blobKey,
  findRunId,
  getBlob,
  jsonForm,
  listRuns,
  openStore,
  putBlob,
  readArtifact,
  readLog,
  readRun,
} from '../kernel/lib/store/index.js';
import { LogWriter } from '../kernel/lib/store/log.js';
import { previewOf } from '../kernel/lib/store/preview.js';
import {
  writeAttemptEnd,
  writeAttemptStart,
  writeRunEnd,
  writeRunStart,
} from '../kernel/lib/store/journal.js';
import { isRunId, newRunId, runFolder } from '../kernel/lib/store/run-id.js';

let folder: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-store-'));
  store = new FolderStore(join(folder, '.tagflow'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DIGEST = 'a'.repeat(64);
const created = '2026-01-31T12:00:00.000Z';
const STEP = { name: 'train', produces: [], programs: [{ segment: 0, kind: 'plain' }] };
const pipeline: Pipeline = { format: 1, name: 'tour', parameters: [], steps: [], cells: [], diagnostics: [] };

async function begin(id: string, name = 'tour'): Promise<RunStart> {
  const { digest } = await putBlob(store, Buffer.from(JSON.stringify({ ...pipeline, name, steps: [STEP] })));
  const versions = { tagflow: '0.1.0', node: 'v20.19.0', codec: 1 };
  const start: RunStart = {
    format: 1,
    id,
    pipeline: name,
    document: digest,
    created,
    parameters: {},
    trigger: 'command',
    user: 'u',
    versions,
  };
  await writeRunStart(store, start);
  return start;
}

const attempt = (run: string, step: string, n: number, inputs = {}): AttemptStart => ({
  format: 1,
  run,
  step,
  segment: 0,
  attempt: n,
  created,
  program: DIGEST,
  inputs,
  host: 'h',
});
const end = (state: AttemptEnd['state'], digest?: string): AttemptEnd => ({
  format: 1,
  state,
  ended: created,
  outputs: digest
    ? [{ name: 'x', variable: 'c#x', digest, size: 1, type: 'number', preview: { text: '1' } }]
    : [],
  notKept: [],
});

describe('a folder', () => {
  test('keeps bytes, lists names, says what is not there', async () => {
    await store.put('runs/a/x', Buffer.from('1'));
    await store.put('runs/b', [Buffer.from('2'), Buffer.from('3')]);
    expect(Buffer.from((await store.get('runs/b'))!).toString()).toBe('23');
    expect(await store.list('runs/')).toEqual(['a/', 'b']);
    expect(await store.get('runs/c')).toBeUndefined();
    expect(await store.list('nothing/')).toEqual([]);
    await store.delete('runs/b');
    expect(await store.stat('runs/b')).toBeUndefined();
  });

  test('is made at the first write only, with its own .gitignore', async () => {
    expect(await listRuns(openStore(folder))).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    await store.put('x', Buffer.from('1'));
    expect(readFileSync(join(folder, '.tagflow/.gitignore'), 'utf8')).toBe('*\n');
    expect(JSON.parse(readFileSync(join(folder, '.tagflow/store.json'), 'utf8'))).toEqual({
      format: 1,
      id: expect.any(String),
    });
  });

  test('a folder of something else does not become one, and keeps its files', async () => {
    writeFileSync(join(folder, '.gitignore'), 'dist\n');
    writeFileSync(join(folder, 'notes.txt'), '');
    await expect(new FolderStore(folder).put('x', Buffer.from('1'))).rejects.toThrow(
      /is no store, and it is not empty: it holds notes\.txt\. Set TAGFLOW_STORE to a new folder/,
    );
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('dist\n');
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'notes.txt']);
  });

  test('leaves nothing behind when a write fails', async () => {
    await store.put('x', Buffer.from('1'));
    mkdirSync(join(folder, '.tagflow/y'));
    await expect(store.put('y', Buffer.from('2'))).rejects.toThrow(/cannot be written/);
    expect(readdirSync(join(folder, '.tagflow')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('lies beside the nearest package.json above', async () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{}');
    expect(openStore(join(folder, 'a/b')).location).toBe(join(folder, '.tagflow'));
  });

  test('of a newer format, or a damaged one, is refused with a sentence', async () => {
    const root = join(folder, '.tagflow');
    mkdirSync(root);
    writeFileSync(join(root, 'store.json'), '{"format": 2, "id": "x"}');
    expect(() => new FolderStore(root)).toThrow(/format 2, made by a newer tagflow.*Update tagflow/);
    writeFileSync(join(root, 'store.json'), '{"for');
    expect(() => new FolderStore(root)).toThrow(/damaged/);
  });

  test('whose place is a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => new FolderStore(join(folder, 'file'))).toThrow(/is a file, not a folder/);
  });

  test.each([
    ['ENOSPC', /no space is left.*TAGFLOW_STORE/],
    ['EROFS', /read-only/],
    ['EACCES', /permission/],
    ['EIO', /the system says EIO/],
  ])('%s is a sentence', (code, message) => {
    expect(String(storeError('/s', Object.assign(new Error(), { code }), 'written'))).toMatch(message);
  });
});

describe('small files, which are written and read without a thread', () => {
  test('leave time for what waits', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const until = Date.now() + 300;
    for (let i = 0; Date.now() < until; i++) {
      await store.put(`a/${i % 50}`, Buffer.from('x'));
      await store.get(`a/${i % 50}`);
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });

  test.each([0, 1, 64 * 1024, 64 * 1024 + 1, 200_000])('and those of %i bytes are whole', async (size) => {
    const bytes = Buffer.alloc(size, 7);
    for (const again of [1, 2]) {
      await store.put('a/b', size > 1 ? [bytes.subarray(0, 1), bytes.subarray(1)] : bytes);
      expect([again, Buffer.compare((await store.get('a/b'))!, bytes)]).toEqual([again, 0]);
    }
    expect((await store.stat('a/b'))!.size).toBe(size);
    expect(await store.list('a/')).toEqual(['b']);
  });

  test('empty ones replace what was there', async () => {
    await store.put('a/b', Buffer.from('x'));
    await store.put('a/b', Buffer.alloc(0));
    expect(await store.get('a/b')).toHaveLength(0);
    expect(readdirSync(join(store.location, 'a'))).toEqual(['b']);
  });

  test('are refused in a sentence where no folder can be made', async () => {
    const nowhere = new FolderStore('/proc/nowhere/store');
    await expect(nowhere.put('a/b', Buffer.from('y'))).rejects.toThrow(
      /^The store at .* cannot be made there/,
    );
  });

  test('leave nothing behind where they cannot be written', async () => {
    await store.put('a/b/c', Buffer.from('x'));
    await expect(store.put('a/b', Buffer.from('y'))).rejects.toThrow('cannot be written');
    expect(readdirSync(join(store.location, 'a'))).toEqual(['b']);
  });
});

describe('content', () => {
  test('is named by its digest, once', async () => {
    const first = await putBlob(store, [Buffer.from('a'), Buffer.from('b')]);
    expect(first).toEqual({
      digest: 'fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603',
      size: 2,
    });
    expect(await putBlob(store, Buffer.from('ab'))).toEqual(first);
    expect(Buffer.from(await getBlob(store, first.digest)).toString()).toBe('ab');
  });

  test('that was changed is named and refused; one that was cut is mended by the next write', async () => {
    const { digest } = await putBlob(store, encode([1, 2, 3]));
    const path = join(folder, '.tagflow', blobKey(digest));
    const good = readFileSync(path);
    writeFileSync(path, Buffer.concat([good.subarray(0, -1), Buffer.of(9)]));
    await expect(readArtifact(store, digest)).rejects.toThrow(CorruptBlobError);
    await expect(readArtifact(store, digest)).rejects.toThrow(digest);
    writeFileSync(path, good.subarray(0, 4));
    await putBlob(store, encode([1, 2, 3]));
    expect(await readArtifact(store, digest)).toEqual([1, 2, 3]);
  });

  test('of any size is read whole, and told in pieces', async () => {
    for (const size of [0, 1, 8 * 2 ** 20, 20_000_001]) {
      const bytes = Buffer.alloc(size, 'abc');
      const { digest } = await putBlob(store, bytes);
      expect(bytes.equals(await getBlob(store, digest))).toBe(true);
      const pieces: Uint8Array[] = [];
      await store.get(blobKey(digest), (piece) => pieces.push(piece));
      expect(bytes.equals(Buffer.concat(pieces))).toBe(true);
      expect(pieces.length).toBe(Math.ceil(size / (8 * 2 ** 20)));
    }
  });

  test('that is not there', async () => {
    await expect(getBlob(store, DIGEST)).rejects.toThrow(/has no blob aaaa/);
  });

  test('that is no encoded value', async () => {
    const { digest } = await putBlob(store, Buffer.from('hello'));
    await expect(readArtifact(store, digest)).rejects.toThrow(/cannot be read as a value/);
  });
});

describe('runs', () => {
  test('ids sort by time, are DNS labels and tell the folder', () => {
    const ids = [1, 2, 3].map((ms) => newRunId(new Date(Date.UTC(2026, 0, 31, 14, 25, 1, ms))));
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => isRunId(id) && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])$/.test(id))).toBe(true);
    expect(runFolder('20260131-142501-001abcde')).toBe('runs/2026-01-31/20260131-142501-001abcde/');
  });

  test('state follows from records: pending, running, failed and tried again, ended', async () => {
    const id = newRunId();
    const start = await begin(id);
    expect(await readRun(store, id)).toMatchObject({
      state: 'running',
      steps: [{ name: 'train', state: 'pending' }],
    });
    await writeAttemptStart(store, attempt(id, 'train', 1));
    await writeAttemptEnd(store, attempt(id, 'train', 1), end('failed'));
    await writeAttemptStart(store, attempt(id, 'train', 2));
    const { steps } = await readRun(store, id);
    expect(steps).toMatchObject([{ name: 'train', state: 'running', attempts: 2 }]);
    await writeRunEnd(store, { format: 1, id, state: 'succeeded', ended: created, start, steps });
    expect(await readRun(store, id)).toMatchObject({ id, state: 'succeeded', ended: created });
  });

  test('without a heartbeat and without an end are lost', async () => {
    const id = newRunId();
    await begin(id);
    await writeAttemptStart(store, attempt(id, 'train', 1));
    const long = new Date(Date.now() - 3_600_000);
    utimesSync(join(folder, '.tagflow', runFolder(id), 'start.json'), long, long);
    expect(await readRun(store, id)).toMatchObject({ state: 'lost', steps: [{ state: 'lost' }] });
    await store.put(`${runFolder(id)}heartbeat`, Buffer.alloc(0));
    expect((await readRun(store, id)).state).toBe('running');
  });

  test('are listed newest first, by pipeline, and found by prefix', async () => {
    const ids = ['20260130-100000-000aaaaa', '20260131-100000-000aaaaa', '20260131-110000-000bbbbb'];
    for (const [i, id] of ids.entries()) await begin(id, i === 2 ? 'other' : 'tour');
    expect((await listRuns(store)).map((run) => run.id)).toEqual([...ids].reverse());
    expect((await listRuns(store, { limit: 1, pipeline: 'tour' })).map((run) => run.id)).toEqual([ids[1]]);
    expect(await findRunId(store, 'latest')).toBe(ids[2]);
    expect(await findRunId(store, 'latest', { pipeline: 'tour' })).toBe(ids[1]);
    expect(await findRunId(store, '20260130')).toBe(ids[0]);
    await expect(findRunId(store, '20260131')).rejects.toThrow(/2 runs have ids/);
    await expect(findRunId(store, 'x')).rejects.toThrow(/No run/);
    await expect(findRunId(store, '')).rejects.toThrow(/An empty text names no run/);
    await expect(readRun(store, 'x')).rejects.toThrow(/no id of a run/);
  });

  test('of which only a folder or a tag is there are no trouble: they are about to begin, or were removed', async () => {
    const [id, other] = ['20260131-100000-000aaaaa', '20260131-110000-000bbbbb'];
    await expect(findRunId(store, 'latest')).rejects.toThrow(/There is no run yet/);
    await store.put(`${runFolder(other)}notebook.ipynb`, Buffer.from('{}'));
    await expect(findRunId(store, 'latest')).rejects.toThrow(/There is no run yet/);
    await begin(id);
    await store.put(`tags/t/${other}`, Buffer.alloc(0));
    const unreadable: string[] = [];
    const onUnreadable = ({ message }: Error): void => void unreadable.push(message);
    expect((await listRuns(store, { onUnreadable })).map((run) => run.id)).toEqual([id]);
    expect(await listRuns(store, { onUnreadable, tag: 't' })).toEqual([]);
    expect(unreadable).toEqual([]);
    await expect(readRun(store, other)).rejects.toThrow(/There is no run 2026/);
  });

  test('with damaged or newer records say so, and do not hide the others', async () => {
    const [good, bad] = ['20260130-100000-000aaaaa', '20260131-100000-000aaaaa'];
    for (const id of [good, bad]) await begin(id);
    const file = join(folder, '.tagflow', runFolder(bad), 'start.json');
    writeFileSync(file, '{"format": 1');
    await expect(readRun(store, bad)).rejects.toThrow(/start\.json in .* is damaged/);
    writeFileSync(file, '{"format": 2}');
    await expect(readRun(store, bad)).rejects.toThrow(/newer tagflow/);
    expect((await listRuns(store)).map((run) => run.id)).toEqual([good]);
  });

  test('logs come back in order, chunk by chunk', async () => {
    const id = newRunId();
    await writeAttemptStart(store, attempt(id, 'train', 1));
    const log = new LogWriter(store, attempt(id, 'train', 1));
    for (let i = 0; i < 30; i++) log.write(i % 2 ? 'stderr' : 'stdout', `${i} ${'x'.repeat(10_000)}\n`);
    await log.end();
    const entries = await readLog(store, id, 'train');
    expect(entries.map((entry) => parseInt(entry.text))).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(entries[1]!.stream).toBe('stderr');
    expect(
      (await store.list(`${runFolder(id)}train/0/1/`)).filter((name) => name.startsWith('log.')).length,
    ).toBeGreaterThan(2);
  });
});

test.each<[unknown, boolean]>([
  [{ a: [1, 'x', null, true] }, true],
  [[NaN], false],
  [[-0], false],
  [{ a: undefined }, false],
  [new Map(), false],
  [new Float64Array(2), false],
  [1n, false],
])('%p has a JSON form: %p', (value, has) => {
  const plain = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? 0 : each));
  expect(jsonForm(has ? JSON.parse(plain) : value, 1000)).toEqual(has ? { value } : undefined);
  expect(jsonForm('x'.repeat(2000), 1000)).toBeUndefined();
});

test('what contains itself, or is too deep to be written, has no JSON form', () => {
  const cyclic: Record<string, unknown> = { a: [] };
  (cyclic['a'] as unknown[]).push(cyclic);
  let deep: unknown[] = [];
  for (let i = 0; i < 1e5; i++) deep = [deep];
  expect([cyclic, deep].map((value) => jsonForm(value, 32 * 2 ** 20))).toEqual([undefined, undefined]);
});

describe('previews', () => {
  test('are short, whatever the value', () => {
    expect(previewOf('x'.repeat(1e6)).text.length).toBeLessThan(2001);
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]));
    expect(previewOf(wide).text.length).toBeLessThan(2001);
  });
  test('of rows are a table, with text escaped', () => {
    const { html } = previewOf([{ a: '<b>', n: 1 }, { a: 'x' }]);
    expect(html).toContain('<th>a</th><th>n</th>');
    expect(html).toContain('<td>&lt;b&gt;</td>');
    expect(previewOf([1, 2]).html).toBeUndefined();
    const own = { [Symbol.for('nodejs.util.inspect.custom')]: () => 'called' };
    const long = previewOf(Array.from({ length: 11 }, () => ({ own }))).html!;
    expect(long).not.toContain('called');
    expect(long).toContain('11 rows × 1 columns');
    expect(long.match(/<tr>/g)).toHaveLength(11);
  });
});

test.each([
  'data:text/javascript,globalThis.ran=true',
  'file:///tmp/x.mjs',
  './x.mjs',
  '/tmp/x.mjs',
  'a/../../x',
])('a value that names %s as the package of its class brings no code along', async (specifier) => {
  class Evil {}
  const known = new ClassRegistry();
  known.imported(specifier, { Evil });
  const bytes = encode(new Evil(), { classes: known });
  let imported = false;
  const importPackage = async (): Promise<object> => ((imported = true), { Evil });
  await expect(importClasses(bytes, new ClassRegistry(), importPackage)).rejects.toThrow(
    'as a package, which it is not',
  );
  expect(imported).toBe(false);
});
