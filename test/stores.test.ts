/** What every kind of store does alike: a folder, and a bucket of a real S3 server. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '@tagflow/schema';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { blobKey, getBlob, putBlob } from '../kernel/lib/store/content.js';
import { openDeployedStore, openStoreAt, openStoreFor } from '../kernel/lib/store/location.js';
import { readLog } from '../kernel/lib/store/log.js';
import { listRuns, readRun } from '../kernel/lib/store/records.js';
import { findGarbage } from '../kernel/lib/store/garbage.js';
import { removeGarbage } from '../kernel/lib/store/removal.js';
import { s3Access } from '../kernel/lib/store/s3-access.js';
import { S3Client } from '../kernel/lib/store/s3-request.js';
import { partsOf, unfinishedUploads } from '../kernel/lib/store/s3-upload.js';
import type { Store } from '../kernel/lib/store/store.js';
import { startRun } from '../kernel/lib/run/start.js';
import { selfSigned } from './images/token-server.ts';
import { FOLDER, notebookText, type Row } from './pipeline/notebook.ts';
import { BUCKET, type Fault, KEYS, S3Server, badServer, hasS3 } from './s3/server.ts';

async function allKeys(store: Store, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of store.keys(prefix)) found.push(...keys);
  return found;
}

const withS3 = hasS3 ? describe : describe.skip;
let server: S3Server | undefined;
let folder: string;
let prefixes = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-stores-'));
  if (hasS3) server = await S3Server.start();
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
});

const envOf = (endpoint: string): NodeJS.ProcessEnv => ({ ...KEYS, AWS_ENDPOINT_URL_S3: endpoint });
const bucket = (endpoint = server!.endpoint, prefix = `p${++prefixes}`): Store =>
  openStoreAt(`s3://${BUCKET}/${prefix}`, envOf(endpoint));
const KINDS: Record<string, () => Store> = {
  'a folder': () => openStoreAt(join(folder, `f${++prefixes}`)),
  'a bucket': () => bucket(),
};

const bytes = (text: string): Uint8Array => Buffer.from(text);
const ROWS: Row[] = [
  ['none', 'import { foreach } from "tagflow"'],
  ['step:load', 'const rows = [1, 2, 3]; console.log("loaded")'],
  ['step:fit', 'const ys = await foreach(rows, (x) => x * 2); const sum = ys[0]! + ys[2]!'],
  [
    'step:end',
    'const report = { sum, key: process.env.AWS_SECRET_ACCESS_KEY ?? "none" }',
    { env: { AWS_SECRET_ACCESS_KEY: 'none' } },
  ],
];

describe.each(Object.keys(KINDS))('%s', (kind) => {
  const isThere = kind === 'a folder' || hasS3;
  const check = isThere ? test : test.skip;

  check('keeps bytes, lists names, says what is not there', async () => {
    const store = KINDS[kind]!();
    expect(await store.get('runs/a/x')).toBeUndefined();
    expect(await store.stat('runs/a/x')).toBeUndefined();
    expect(await store.list('runs/')).toEqual([]);
    await store.put('runs/a/x', bytes('1'));
    await store.put('runs/a/y', [bytes('2'), bytes('3')]);
    await store.put('runs/b.json', new Uint8Array());
    expect(Buffer.from((await store.get('runs/a/y'))!).toString()).toBe('23');
    expect((await store.get('runs/b.json'))!.length).toBe(0);
    expect(await store.list('runs/')).toEqual(['a/', 'b.json']);
    expect(await store.list('runs/a/')).toEqual(['x', 'y']);
    expect(await store.stat('runs/a/y')).toEqual({ size: 2, modified: expect.any(Number) });
    const age = Date.now() - (await store.stat('runs/a/y'))!.modified;
    expect(Math.abs(age)).toBeLessThan(60_000);
  });

  check('names what begins alike apart, tells everything below, and removes', async () => {
    const store = KINDS[kind]!();
    for (const key of ['keys/a', 'keys/a.b', 'keys/a/c', 'keysmore/d'])
      await store.put(key.replace('keys/a/', 'keys/f/'), bytes(key));
    const keys: string[] = [];
    for await (const page of store.entries('keys/')) keys.push(...page.map(({ key }) => key));
    expect(keys.sort()).toEqual(['keys/a', 'keys/a.b', 'keys/f/c']);
    expect((await allKeys(store, 'keys/')).sort()).toEqual(keys);
    expect(await store.touch('keys/a')).toBe(true);
    expect(await store.touch('keys/none')).toBe(false);
    expect(Buffer.from((await store.get('keys/a'))!).toString()).toBe('keys/a');
    await store.delete('keys/a');
    await store.delete('keys/a');
    expect(await store.get('keys/a')).toBeUndefined();
    expect(await store.list('keys/')).toEqual(['a.b', 'f/']);
  });

  check(
    'more names than a page has',
    async () => {
      const store = KINDS[kind]!();
      const names = Array.from({ length: 1_203 }, (_, i) => `n${String(i).padStart(4, '0')}`);
      for (let from = 0; from < names.length; from += 50)
        await Promise.all(names.slice(from, from + 50).map((name) => store.put(`many/${name}`, bytes(name))));
      expect(await store.list('many/')).toEqual(names);
      expect((await allKeys(store, 'many/')).sort()).toEqual(names.map((name) => `many/${name}`));
      let count = 0;
      for await (const page of store.entries('many/')) count += page.length;
      expect(count).toBe(names.length);
    },
    60_000,
  );

  check(
    'large objects, whole, told in pieces, and verified',
    async () => {
      const store = KINDS[kind]!();
      const large = randomBytes(70 * 2 ** 20);
      const { digest } = await putBlob(store, [large.subarray(0, 3), large.subarray(3)]);
      const hash = createHash('sha256');
      const got = await store.get(blobKey(digest), (piece) => hash.update(piece));
      expect(Buffer.compare(got!, large)).toBe(0);
      expect(hash.digest('hex')).toBe(digest);
      await store.put(blobKey(digest), bytes('other'));
      await expect(getBlob(store, digest)).rejects.toThrow(/damaged/);
    },
    60_000,
  );

  check('two writers who begin it at once', async () => {
    const make = KINDS[kind]!;
    const first = make();
    const second =
      kind === 'a folder' ? openStoreAt(first.location) : openStoreAt(first.location, first.access);
    await Promise.all([putBlob(first, bytes('same')), putBlob(second, bytes('same'))]);
    const root = JSON.parse(Buffer.from((await first.get('store.json'))!).toString()) as unknown;
    expect(root).toEqual({ format: 1, id: expect.any(String) });
  });

  check('of a newer format, or damaged, is refused with a sentence', async () => {
    const store = KINDS[kind]!();
    await store.put('x', bytes('1'));
    const again = async (): Promise<unknown> =>
      openStoreAt(store.location, store.access ?? process.env).get('x');
    await store.put('store.json', bytes('{"format": 2}'));
    await expect(again()).rejects.toThrow(/format 2, made by a newer tagflow.*Update tagflow/);
    await store.put('store.json', bytes('nonsense'));
    await expect(again()).rejects.toThrow(/damaged/);
  });

  check(
    'a whole run: the same digests, records and logs; keys are no business of the step',
    async () => {
      const store = KINDS[kind]!();
      const run = await runIn(store);
      expect(run).toMatchObject({ state: 'succeeded' });
      const other = await runIn(KINDS['a folder']!());
      expect(digests(run)).toEqual(digests(other));
      expect(await readRun(store, run.id)).toEqual(run);
      expect(await listRuns(store)).toHaveLength(1);
      expect((await readLog(store, run.id, 'load')).map(({ text }) => text)).toEqual(['loaded\n']);
      const value = await readArtifact(store, run.steps[2]!.outputs[0]!.digest);
      expect(value).toEqual({ sum: 8, key: 'none' });
      const again = await runIn(store);
      expect(again.steps.map(({ cached }) => cached)).toEqual([run.id, run.id, undefined]);
    },
    60_000,
  );
});

const runIn = (store: Store): Promise<Run> =>
  startRun({ notebook: notebookText(ROWS), path: 'n.ipynb', directory: FOLDER, trigger: 'command', store });
const digests = (run: Run): string[] =>
  run.steps.flatMap(({ outputs }) => outputs.map(({ digest }) => digest));

withS3('a bucket', () => {
  const faults: [string, (method: string, path: string, count: number) => Fault][] = [
    ['is busy at first', (_m, _p, count) => (count < 3 ? 503 : undefined)],
    ['fails now and then', (_m, _p, count) => (count % 3 === 0 ? 500 : undefined)],
    ['breaks connections', (_m, _p, count) => (count % 3 === 1 ? 'break' : undefined)],
  ];
  test.each(faults)(
    'whose server %s',
    async (_, fault) => {
      let count = 0;
      const bad = await badServer(server!.endpoint, (method, path) => fault(method, path, count++));
      try {
        const store = bucket(`http://127.0.0.1:${bad.port}`);
        const large = randomBytes(70 * 2 ** 20);
        const { digest } = await putBlob(store, large);
        expect(Buffer.compare(await getBlob(store, digest), large)).toBe(0);
        expect(await store.list('blobs/sha256/')).toHaveLength(1);
      } finally {
        bad.close();
        bad.closeAllConnections();
      }
    },
    60_000,
  );

  test('what a killed writer left of an upload in parts is cleared away, once it is old enough', async () => {
    const store = bucket();
    await store.put('x', bytes('1'));
    const client = new S3Client(s3Access(store.location, envOf(server!.endpoint)));
    const key = blobKey('a'.repeat(64));
    const begin = { method: 'POST', key, query: { uploads: '' } } as const;
    const uploadId = /<UploadId>([^<]*)</.exec(Buffer.from((await client.send(begin)).body).toString())![1]!;
    const query = { partNumber: '1', uploadId };
    await client.send({ method: 'PUT', key, query, body: [randomBytes(6 * 2 ** 20)] });
    expect((await findGarbage(store, { grace: 60_000 })).unfinished).toEqual([]);
    await sleep(1_100); // The service tells the second.
    const garbage = await findGarbage(store, { grace: 0 });
    expect([garbage.unfinished, garbage.bytes]).toEqual([[`${key}?uploadId=${uploadId}`], 6 * 2 ** 20]);
    await removeGarbage(store, garbage);
    for await (const uploads of unfinishedUploads(client, '', '')) expect(uploads).toEqual([]);
    client.close();
  });

  test.each<[string, string, NodeJS.ProcessEnv, RegExp]>([
    ['no bucket', 's3://nowhere-at-all/p', {}, /no bucket nowhere-at-all.*Make it/],
    [
      'a wrong secret key',
      `s3://${BUCKET}/p`,
      { AWS_SECRET_ACCESS_KEY: 'wrong-wrong' },
      /secret key does not fit/,
    ],
    ['an unknown key', `s3://${BUCKET}/p`, { AWS_ACCESS_KEY_ID: 'nobody' }, /access key is unknown/],
    [
      'nobody there',
      `s3://${BUCKET}/p`,
      { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' },
      /127.0.0.1:9 does not answer/,
    ],
    [
      'no host',
      `s3://${BUCKET}/p`,
      { AWS_ENDPOINT_URL_S3: 'http://no.invalid' },
      /there is no host no\.invalid/,
    ],
    ['no address', 's3://UPPER/p', {}, /no address of a bucket/],
    [
      'a bad endpoint',
      `s3://${BUCKET}/p`,
      { AWS_ENDPOINT_URL_S3: 'nonsense' },
      /no address of an S3 service/,
    ],
    ['no credentials', `s3://${BUCKET}/p`, { AWS_ACCESS_KEY_ID: '' }, /no credentials for S3/],
  ])(
    'with %s says what to do',
    async (_, location, env, message) => {
      const use = async (): Promise<unknown> =>
        openStoreAt(location, { ...envOf(server!.endpoint), ...env }).put('x', bytes('1'));
      await expect(use()).rejects.toThrow(message);
    },
    60_000,
  );

  test('a certificate of its own is given to who opens it, and to processes that this one starts', async () => {
    const made = selfSigned();
    const cert = readFileSync(made.certificate, 'utf8');
    const secure = await badServer(server!.endpoint, undefined, {
      cert,
      key: readFileSync(made.key, 'utf8'),
    });
    const endpoint = `https://127.0.0.1:${secure.port}`;
    writeFileSync(join(folder, 'package.json'), '{}');
    writeFileSync(join(folder, 'ca.pem'), cert);
    Object.assign(process.env, KEYS);
    try {
      const url = `s3://${BUCKET}/secure`;
      const store = openDeployedStore({ store: { url, endpoint, ca: 'ca.pem' } }, folder);
      await store.put('x', bytes('1'));
      const elsewhere = openStoreFor(store.location, store.access);
      expect(Buffer.from((await elsewhere.get('x'))!).toString()).toBe('1');
      await expect(bucket(endpoint).get('x')).rejects.toThrow(/certificate/);
    } finally {
      for (const name of Object.keys(KEYS)) delete process.env[name];
      secure.close();
      made.remove();
    }
  }, 60_000);

  test('an object that is not there is told apart from a bucket that is not there', async () => {
    expect(await bucket().get('nothing')).toBeUndefined();
  });
});

test.each([
  [[], 4, []],
  [[5], 4, [[4], [1]]],
  [[1, 2, 3], 4, [[1, 2, 1], [2]]],
  [[8], 4, [[4], [4]]],
])('chunks of %j bytes as parts of %i', (sizes, size, parts) => {
  const chunks = sizes.map((length) => new Uint8Array(length));
  expect(partsOf(chunks, size).map((part) => part.map(({ length }) => length))).toEqual(parts);
});
