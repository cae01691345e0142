/** Runs on a cluster are followed through outages; what waiting does not mend is told at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run, RunStart } from '@tagflow/schema';
import { ClusterError, UnreachableClusterError } from '../kernel/lib/cluster/error.js';
import { follow } from '../kernel/lib/cluster/follow.js';
import { type Cluster, connect } from '../kernel/lib/cluster/kubernetes.js';
import { watchRun } from '../kernel/lib/cluster/watch.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { openStoreAt } from '../kernel/lib/store/location.js';
import { StoreAccessError, UnreachableStoreError } from '../kernel/lib/store/store.js';
import { selfSigned } from './images/token-server.ts';
import { type ApiServer, startApiServer, status, writeKubeconfig } from './kubernetes/server.ts';
import { recordsOf, writeRun } from './store/records.ts';

const away = (code = 'ECONNREFUSED'): Error =>
  new UnreachableClusterError('away', { cause: Object.assign(new Error(), { code }) });
const refused = (code: number): Error => new ClusterError('refused', { cause: { code } });

/** Follows looks that give or throw one after the other; the last again and again. */
async function following(
  looks: readonly unknown[],
  patience?: number,
): Promise<{ found: unknown; heard: string[] }> {
  const heard: string[] = [];
  let i = 0;
  const look = async (): Promise<unknown> => {
    const next = looks[Math.min(i++, looks.length - 1)];
    if (next instanceof Error) throw next;
    return next;
  };
  const found = await follow(look, {
    onAway: ({ message }) => heard.push(message),
    onBack: () => heard.push('back'),
    patience,
  }).catch((error: unknown) => error);
  return { found, heard };
}

describe('looks', () => {
  test('until something is found', async () => {
    expect(await following([undefined, 1])).toEqual({ found: 1, heard: [] });
  });

  test('an outage is borne, told once, and its end too', async () => {
    const looks = [undefined, away(), away('ENOTFOUND'), new UnreachableStoreError('x'), 1];
    expect(await following(looks)).toEqual({ found: 1, heard: ['away', 'back'] });
  });

  test('as long as patience lasts', async () => {
    const error = away();
    expect(await following([undefined, error], 1_500)).toEqual({ found: error, heard: ['away'] });
  });

  test('a cluster that has just come back may refuse', async () => {
    expect((await following([away(), refused(403), refused(404), 1])).found).toBe(1);
  });

  test('also after all of its patience was needed', async () => {
    const looks = [away(), away(), away(), refused(403), refused(403), 1];
    expect((await following(looks, 2_500)).found).toBe(1);
  });

  test('an outage is as long as was said, whatever it is made of', async () => {
    let until = Infinity;
    let looks = 0;
    const hanging = follow<number>(
      () => (looks++ < 2 ? Promise.reject(away()) : new Promise(() => undefined)),
      {
        patience: 3_000,
        onAway: (_, date) => (until = date.getTime()),
      },
    );
    await expect(hanging).rejects.toThrow('without an answer');
    expect(Date.now()).toBeGreaterThan(until);
    // A question begun within it would have had as long again.
    expect(Date.now() - until).toBeLessThan(1_500);
  });

  test.each<[string, Error]>([
    ['who is asked does not know who asks', refused(401)],
    ['who is asked does not allow it', refused(403)],
    ['a name that nobody ever knew', away('ENOTFOUND')],
    ['a way that is barred', new StoreAccessError('certificate')],
    ['an error of ours', new TypeError('x')],
  ])('not after %s', async (_, error) => {
    expect(await following([error])).toEqual({ found: error, heard: [] });
  });

  test('a certificate that does not verify is no outage, nor part of one', async () => {
    const error = new ClusterError('certificate');
    expect((await following([away(), error])).found).toBe(error);
  });

  test('one that hangs counts', async () => {
    const heard: string[] = [];
    const hanging = follow(() => new Promise(() => undefined), {
      patience: 600,
      onAway: ({ message }) => heard.push(message),
    });
    await expect(hanging).rejects.toThrow(/without an answer.*network/);
    expect(heard).toHaveLength(1);
  });

  test('one that takes long while answers come does not', async () => {
    const look = async (answered: () => void): Promise<number> => {
      for (let i = 0; i < 6; i++) await sleep(300).then(answered);
      return 1;
    };
    expect(await follow(look, { patience: 900 })).toBe(1);
  });

  test('are left off at once', async () => {
    const leave = new AbortController();
    const hanging = follow(() => new Promise(() => undefined), { signal: leave.signal });
    leave.abort();
    expect(await hanging).toBeUndefined();
  });
});

describe('a run, on an API server', () => {
  let folder: string;
  let server: ApiServer | undefined;
  let kubeconfig: { file: string; remove(): void } | undefined;
  const before = process.env['KUBECONFIG'];
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tagflow-follow-'))));
  afterEach(async () => {
    await server?.stop();
    kubeconfig?.remove();
    if (before === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = before;
    rmSync(folder, { recursive: true, force: true });
  });

  async function reach(url: string): Promise<Cluster> {
    kubeconfig = writeKubeconfig({ test: url });
    process.env['KUBECONFIG'] = kubeconfig.file;
    return connect({});
  }
  const ID = '20260131-142501-001abcde';
  const begun = (): RunStart => ({
    ...recordsOf({ id: ID, steps: [{ step: 'a' }] }).start,
    cluster: { namespace: 'team', workflow: 'tour-1', placement: '0'.repeat(64) },
  });
  const watched = async (url: string, patience?: number, signal?: AbortSignal): Promise<Run | undefined> => {
    const store = new FolderStore(join(folder, 'store'));
    await writeRun(store, { id: ID, steps: [{ step: 'a' }] });
    const cluster = await reach(url);
    const watching = watchRun(store, cluster, begun(), { onEvent: () => undefined, patience, signal });
    return watching.finally(() => cluster.close());
  };

  test('that comes up again is seen to its end', async () => {
    const workflow = { metadata: { name: 'tour-1' }, status: { phase: 'Succeeded' } };
    server = await startApiServer(() =>
      server!.asked.length < 3 ? 'break' : { status: 200, body: workflow },
    );
    expect(await watched(server.url)).toMatchObject({ id: ID, state: 'succeeded' });
  });

  test('that hangs: patience counts, and who leaves need not wait', async () => {
    server = await startApiServer(() => 'hang');
    await expect(watched(server.url, 600)).rejects.toThrow(/without an answer/);
    const leave = new AbortController();
    const left = watched(server.url, undefined, leave.signal);
    await sleep(300);
    leave.abort();
    expect(await left).toBeUndefined();
  });

  test.each<[string, number, string, RegExp]>([
    ['a stranger', 401, 'Unauthorized', /does not know who you are.*Log in/],
    ['no rights', 403, 'workflows is forbidden', /does not allow you to read workflows.*`tagflow export`/],
    ['no Argo Workflows', 404, '404 page not found', /has no Argo Workflows.*Install/],
  ])('that refuses: %s', async (_, code, message, said) => {
    server = await startApiServer(() => status(code, message));
    await expect(watched(server.url)).rejects.toThrow(said);
    expect(server.asked).toHaveLength(1);
  });

  test('with a certificate that does not verify', async () => {
    const own = selfSigned('127.0.0.1');
    server = await startApiServer(() => 'break', own);
    await expect(watched(server.url)).rejects.toThrow(/is not trusted.*`certificate-authority`/);
    own.remove();
  });

  test('that speaks plain HTTP, or that there is not', async () => {
    server = await startApiServer(() => 'break');
    await expect(watched(server.url.replace('http:', 'https:'))).rejects.toThrow(/does not speak HTTPS/);
    kubeconfig?.remove();
    await expect(watched('https://tagflow.invalid')).rejects.toThrow(/no host of this name.*kubeconfig/);
  });

  test('a store that cannot be trusted, or that there is not', async () => {
    const own = selfSigned('127.0.0.1');
    server = await startApiServer(() => 'break', own);
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const storeAt = (url: string) => openStoreAt('s3://bucket/runs', { ...keys, AWS_ENDPOINT_URL_S3: url });
    const asked = (url: string): Promise<unknown> =>
      storeAt(url)
        .get('x')
        .catch((error: unknown) => error);
    const barred = await asked(server.url);
    expect(barred).toBeInstanceOf(StoreAccessError);
    expect(barred).not.toBeInstanceOf(UnreachableStoreError);
    expect((barred as Error).message).toMatch(/not trusted.*`store\.ca`/);
    expect(((await asked('https://tagflow.invalid')) as Error).message).toMatch(
      /no host tagflow\.invalid.*`store\.endpoint`/,
    );
    own.remove();
  });
});
