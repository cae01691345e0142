/** `tagflow logs --follow` and `tagflow watch` as processes: attempts, outages, and who has seen enough. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptEnd, AttemptStart, RunStart } from '@tagflow/schema';
import { putBlob } from '../kernel/lib/store/content.js';
import {
  writeAttemptEnd,
  writeAttemptStart,
  writeRunEnd,
  writeRunStart,
} from '../kernel/lib/store/journal.js';
import { openStore, openStoreAt } from '../kernel/lib/store/location.js';
import { LogWriter } from '../kernel/lib/store/log.js';
import type { Store } from '../kernel/lib/store/store.js';
import { type Ended, runTagflow, startTagflow, writeNotebook } from './command/tagflow.ts';
import { startApiServer, writeKubeconfig } from './kubernetes/server.ts';
import { notebookText, pipelineOfText } from './pipeline/notebook.ts';
import { BUCKET, type Fault, KEYS, S3Server, badServer, hasS3 } from './s3/server.ts';
import { recordsOf } from './store/records.ts';

const withS3 = hasS3 ? test : test.skip;
let server: S3Server | undefined;
beforeAll(async () => {
  server = hasS3 ? await S3Server.start() : undefined;
  Object.assign(process.env, KEYS);
}, 120_000);
afterAll(() => server?.stop());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-command-follow-'));
  writeFileSync(join(folder, 'package.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tagflow = (...parameters: string[]): Promise<Ended> => runTagflow(folder, parameters);

test('a log is followed into the next attempt, which is told', async () => {
  const settings = { tagflow: { defaults: { retries: 1, backoff: '3s' } } };
  writeNotebook(
    folder,
    'fails.ipynb',
    [['step:fit', 'console.log("try"); throw new Error("no luck")']],
    settings,
  );
  const run = tagflow('run', 'fails.ipynb');
  let log: Ended;
  do log = await tagflow('logs', 'latest', 'fit', '--follow');
  while (log.code !== 0);
  expect(log.out).toBe('try\ntry\n');
  expect(log.err).toContain('Step fit: attempt 2 begins.\n');
  expect((await run).code).toBe(1);
}, 60_000);

test('an attempt that was lost is told as such, although its run goes on', async () => {
  const store = openStore(folder);
  const { start, attempt } = await beginIn(store);
  const second = { ...attempt, attempt: 2 };
  await writeAttemptStart(store, second);
  const shown = await tagflow('show', start.id, 'fit');
  expect(shown.out).toMatch(
    /^fit {2}▸ running, 2 attempts\n {2}Attempt 1 {2}\? lost\n {2}Attempt 2 {2}▸ running\n/,
  );
  let err = '';
  const following = startTagflow(folder, ['logs', start.id, 'fit', '--follow']);
  const code = new Promise((resolve) => following.on('close', resolve));
  following.stderr!.on('data', (text) => (err += text));
  while (!err.includes('begins')) await sleep(100);
  await writeAttemptEnd(store, second, succeeded());
  expect(await code).toBe(0);
  expect(err).toBe('Step fit: attempt 2 begins, since attempt 1 was lost.\n');
}, 60_000);

const succeeded = (): AttemptEnd => ({
  format: 1,
  state: 'succeeded',
  ended: new Date().toISOString(),
  outputs: [],
  notKept: [],
});

/** A run of one step, which has begun. */
async function beginIn(
  store: Store,
  more: Pick<RunStart, 'cluster'> = {},
): Promise<{ store: Store; start: RunStart; attempt: AttemptStart }> {
  const pipeline = pipelineOfText(notebookText([['step:fit', 'const x = 1']]));
  const document = await putBlob(store, Buffer.from(JSON.stringify(pipeline)));
  const made = recordsOf({ id: '20260131-142501-001abcde', steps: [{ step: 'fit' }] });
  const start = { ...made.start, document: document.digest, ...more };
  const attempt = made.attempts[0]!.start;
  await writeRunStart(store, start);
  await writeAttemptStart(store, attempt);
  return { store, start, attempt };
}

/** The same on a cluster, in the bucket; `at` is where the project says that the bucket is. */
async function begin(at: string): ReturnType<typeof beginIn> {
  const place = `s3://${BUCKET}/${basename(folder)}`;
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ tagflow: { store: { url: place, endpoint: at } } }),
  );
  const store = openStoreAt(place, { ...KEYS, AWS_ENDPOINT_URL_S3: server!.endpoint });
  const cluster = { namespace: 'team', workflow: 'tour-1', placement: '0'.repeat(64) };
  return beginIn(store, { cluster });
}

withS3(
  'a log is followed through an outage of the store',
  async () => {
    let fault: Fault;
    const door = await badServer(server!.endpoint, () => fault);
    const { store, start, attempt } = await begin(`http://127.0.0.1:${door.port}`);
    const log = new LogWriter(store, attempt);
    log.write('stdout', 'one\n');
    const out = { text: '' };
    const following = runTagflow(folder, ['logs', start.id, 'fit', '--follow'], (text) => (out.text = text));
    while (!out.text.includes('one')) await sleep(100);
    fault = 'break';
    await sleep(9_000);
    fault = undefined;
    log.write('stdout', 'two\n');
    await log.end();
    await writeAttemptEnd(store, attempt, succeeded());
    const { code, out: text, err } = await following;
    expect([code, text]).toEqual([0, 'one\ntwo\n']);
    expect(err).toMatch(/^The store at .* cannot be reached.* It is tried again\.\n$/);
    door.close();
  },
  60_000,
);

withS3.each([
  ['the cluster', (path: string) => path.includes('workflows')],
  ['the store', () => false],
])(
  'who leaves need not wait for %s, which hangs',
  async (_, clusterHangs) => {
    let hangs = false;
    const door = await badServer(server!.endpoint, () => (hangs ? 'hang' : undefined));
    const workflow = { status: 200, body: { metadata: { name: 'tour-1' }, status: { phase: 'Running' } } };
    const api = await startApiServer((path) => {
      if (clusterHangs(path)) return 'hang';
      hangs = true;
      return workflow;
    });
    const kubeconfig = writeKubeconfig({ test: api.url });
    const { start } = await begin(`http://127.0.0.1:${door.port}`);
    process.env['KUBECONFIG'] = kubeconfig.file;
    const child = startTagflow(folder, ['watch', start.id]);
    const ended = new Promise((resolve) => child.on('close', resolve));
    let said = '';
    child.stderr!.on('data', (text) => (said += text));
    while (api.asked.length === 0) await sleep(100);
    await sleep(500);
    const left = Date.now();
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(Date.now() - left).toBeLessThan(20_000);
    expect(said).toBe(`Run ${start.id} goes on. tagflow watch ${start.id} follows it again.\n`);
    delete process.env['KUBECONFIG'];
    kubeconfig.remove();
    await api.stop();
    door.closeAllConnections();
    door.close();
  },
  60_000,
);

withS3.each([
  ['that goes on', undefined, ['Run ID stops. tagflow watch ID says when it has.\n', 'running', 1]],
  [
    'that has ended',
    'succeeded',
    ['Run ID has ended already (succeeded): there is nothing to stop.\n', 'succeeded', 0],
  ],
] as const)('who stops a run %s hears what becomes of it', async (_, state, expected) => {
  const api = await startApiServer(() => ({ status: 200, body: {} }));
  const kubeconfig = writeKubeconfig({ test: api.url });
  process.env['KUBECONFIG'] = kubeconfig.file;
  const { store, start } = await begin(server!.endpoint);
  const { id } = start;
  if (state) await writeRunEnd(store, { format: 1, id, state, ended: succeeded().ended, start, steps: [] });
  const stopped = await tagflow('stop', id);
  const { length } = api.asked;
  const told = JSON.parse((await tagflow('stop', id, '--json')).out);
  expect([stopped.code, stopped.err, told.run]).toEqual([0, '', id]);
  expect([stopped.out.replaceAll(id, 'ID'), told.state, length]).toEqual(expected);
  delete process.env['KUBECONFIG'];
  kubeconfig.remove();
  await api.stop();
});

withS3.each([[[]], [['--tag', 'nightly']]])(
  'a list of runs %j need not wait for a store that hangs',
  async (options) => {
    const door = await badServer(server!.endpoint, () => 'hang');
    await begin(`http://127.0.0.1:${door.port}`);
    const began = Date.now();
    const { code, err } = await tagflow('runs', ...options);
    expect([code, err]).toEqual([0, expect.stringContaining('does not answer')]);
    expect(Date.now() - began).toBeLessThan(40_000);
    door.closeAllConnections();
    door.close();
  },
);
