/** What goes to and comes from registries, against real ones. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { findBase } from '../kernel/lib/cluster/base-image.js';
import { openRegistry } from '../kernel/lib/cluster/registry.js';
import { DOCKER_LIST, DOCKER_MANIFEST } from '../kernel/lib/export/image.js';
import { digestOfBytes } from '../kernel/lib/export/layer.js';
import { pushBase, pushIndex } from './images/base.ts';
import { temporaryLogin, type Login } from './images/credentials.ts';
import { freePort, hasRegistry, type Instead, startRegistry, type TestRegistry } from './images/registry.ts';
import { selfSigned, startTokenServer, type TokenServer } from './images/token-server.ts';

jest.setTimeout(60_000);

const withRegistry = hasRegistry ? describe : describe.skip;

const home = mkdtempSync(join(tmpdir(), 'tagflow-cache-'));
const before = process.env['XDG_CACHE_HOME'];
let login: Login;
beforeAll(() => void (process.env['XDG_CACHE_HOME'] = home));
beforeEach(() => void (login = temporaryLogin()));
afterEach(() => login.undo());
afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(home, { recursive: true, force: true });
});

/** Some bytes to be sent. */
function blob(size: number) {
  const bytes = randomBytes(size);
  return {
    mediaType: 'application/octet-stream',
    digest: digestOfBytes(bytes),
    size,
    open: () => Readable.from([bytes]),
    bytes,
  };
}

/** What was asked of a registry since, without what is new each time. */
const told = ({ requests }: TestRegistry) =>
  requests.splice(0).map((text) =>
    text
      .replace(/sha256(:|%3A)[0-9a-f]{64}/g, 'DIGEST')
      .replace(/(uploads\/)[0-9a-f-]{36}.*?(digest=DIGEST)?$/, '$1ID $2')
      .trim(),
  );

withRegistry('a registry', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await startRegistry()));
  afterEach(() => {
    registry.requests.length = 0;
    registry.interrupt = undefined;
  });
  afterAll(() => registry?.stop());
  const open = () => openRegistry(registry.name);

  test('takes a blob once, and gives it to another repository', async () => {
    const content = blob(300_000);
    const sent: number[] = [];
    expect(await open().put('a/b', content, (size) => sent.push(size))).toBe('uploaded');
    expect(sent.at(-1)).toBe(300_000);
    expect(told(registry)).toEqual([
      'HEAD /v2/a/b/blobs/DIGEST',
      'POST /v2/a/b/blobs/uploads/',
      'PUT /v2/a/b/blobs/uploads/ID digest=DIGEST',
    ]);
    expect(await open().put('a/b', content)).toBe('there');
    expect(told(registry)).toEqual(['HEAD /v2/a/b/blobs/DIGEST']);
    expect(await open().put('c', { ...content, mount: 'a/b' })).toBe('mounted');
    expect(told(registry)).toEqual([
      'HEAD /v2/c/blobs/DIGEST',
      'POST /v2/c/blobs/uploads/?mount=DIGEST&from=a%2Fb',
    ]);
    expect((await buffer(await open().open('c', content))).equals(content.bytes)).toBe(true);
    expect(
      (await buffer(await open().open('c', content, 299_990))).equals(content.bytes.subarray(299_990)),
    ).toBe(true);
  });

  test('gets what it cannot mount', async () => {
    expect(await open().put('d', { ...blob(10), mount: 'nowhere' })).toBe('uploaded');
  });

  test('behind something with a limit gets pieces', async () => {
    const content = blob(3_000_000);
    let refusals = 1;
    registry.interrupt = (question) =>
      question.startsWith('PUT') && refusals-- > 0 ? { status: 413 } : undefined;
    expect(await open().put('e', content)).toBe('uploaded');
    const patches = registry.requests.filter((question) => question.startsWith('PATCH'));
    expect(patches).toHaveLength(4);
    expect((await buffer(await open().open('e', content))).equals(content.bytes)).toBe(true);
  });

  test('that breaks off, or is busy, is asked again', async () => {
    const troubles = ['break', { status: 503 }, { status: 429, headers: { 'retry-after': '0' } }] as const;
    let next = 0;
    registry.interrupt = () => troubles[next++];
    expect(await open().put('f', blob(10))).toBe('uploaded');
    expect(next).toBeGreaterThan(3);
    next = 0;
    registry.interrupt = (question) => (question.startsWith('PUT') ? troubles[next++] : undefined);
    expect(await open().put('f', blob(100_000))).toBe('uploaded');
  });

  test('that has trouble for long says so', async () => {
    registry.interrupt = () => ({ status: 503, headers: { 'retry-after': '0' }, body: 'out to lunch' });
    await expect(open().digestOf('a', 'b')).rejects.toThrow(`${registry.name} has trouble (status 503)`);
    registry.interrupt = () => ({ status: 429, headers: { 'retry-after': '0' }, body: 'slow down' });
    await expect(open().manifest('a', 'b')).rejects.toThrow(
      `${registry.name} has had too many requests from here: slow down`,
    );
  });

  test('that makes no repositories by itself says so', async () => {
    registry.interrupt = (question) =>
      question.startsWith('POST') ? { status: 404, body: '{}' } : undefined;
    await expect(open().put('team/tagflow', blob(10))).rejects.toThrow(
      'has no repository team/tagflow, and makes none',
    );
  });

  test('that sends to somebody else does not tell who we are', async () => {
    const heard: IncomingHttpHeaders[] = [];
    const elsewhere = createServer((question, answer) => {
      heard.push(question.headers);
      answer.end('bytes');
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    login.write({ auths: { [registry.name]: { username: 'me', password: 'secret' } } });
    const { port } = elsewhere.address() as AddressInfo;
    let asked = 0;
    registry.interrupt = (): Instead =>
      asked++ === 0
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : { status: 307, headers: { location: `http://127.0.0.1:${port}/bytes` } };
    expect((await buffer(await open().open('g', blob(5)))).toString()).toBe('bytes');
    expect(heard).toHaveLength(1);
    expect(heard[0]!.authorization).toBeUndefined();
    elsewhere.close();
  });

  test('stops when it is told to', async () => {
    const stop = new AbortController();
    const stopped = openRegistry(registry.name, { signal: stop.signal }).put('h', blob(40_000_000), () =>
      stop.abort(),
    );
    await expect(stopped).rejects.toThrow('aborted');
  });

  test('gives a manifest of the digest that was asked for, or none', async () => {
    const digest = await pushBase(open(), 'base/plain', '1');
    expect(await open().digestOf('base/plain', '1')).toBe(digest);
    expect(await open().digestOf('base/plain', '2')).toBeUndefined();
    expect(await open().manifest('base/absent', '1')).toBeUndefined();
    registry.interrupt = () => ({ status: 200, body: '{"schemaVersion":2}' });
    await expect(open().manifest('base/plain', digest)).rejects.toThrow('gave other bytes');
  });

  describe('has a base image', () => {
    const find = (text: string, platform = 'linux/amd64') =>
      findBase(`${registry.name}/${text}`, platform, open());
    let amd: string, arm: string, armOld: string;
    beforeAll(async () => {
      amd = await pushBase(open(), 'base/many', 'amd');
      const of = (variant: string) => ({ config: { architecture: 'arm64', variant } });
      arm = await pushBase(open(), 'base/many', 'arm', of('v8'));
      armOld = await pushBase(open(), 'base/many', 'arm9', of('v9'));
      const unknown = { 'unknown/unknown': amd };
      await pushIndex(open(), 'base/many', '1', {
        ...unknown,
        'linux/arm64/v9': armOld,
        'linux/arm64/v8': arm,
        'linux/amd64': amd,
      });
      await pushIndex(open(), 'base/many', 'list', { 'linux/arm64': arm }, DOCKER_LIST);
    });

    test.each<[string, string, () => string]>([
      ['many:1', 'linux/amd64', () => amd],
      ['many:1', 'linux/arm64', () => arm],
      ['many:list', 'linux/arm64', () => arm],
      ['many:amd', 'linux/amd64', () => amd],
    ])('%s for %s', async (name, platform, digest) => {
      expect(await find(`base/${name}`, platform)).toMatchObject({
        digest: digest(),
        config: { os: 'linux' },
      });
    });

    test.each<[string, string, string]>([
      ['base/many:list', 'linux/amd64', 'is for linux/arm64, not for linux/amd64. Set "platform"'],
      ['base/many:arm', 'linux/amd64', 'is for linux/arm64, not for linux/amd64'],
      ['base/many:2', 'linux/amd64', 'base/many:2. Name another as "base" under "tagflow" in package.json'],
      ['base/none', 'linux/amd64', 'There is no image'],
    ])('but not %s for %s', async (name, platform, message) => {
      await expect(find(name, platform)).rejects.toThrow(message);
    });

    test('by its digest without a question, once it is known', async () => {
      await find(`base/many@${amd}`);
      registry.requests.length = 0;
      expect((await find(`base/many@${amd}`)).digest).toBe(amd);
      expect(registry.requests).toEqual([]);
      await find('base/many:1');
      registry.requests.length = 0;
      expect((await find('base/many:1')).digest).toBe(amd);
      expect(told(registry)).toEqual(['HEAD /v2/base/many/manifests/1']);
    });

    test('of Docker’s kind', async () => {
      await pushBase(open(), 'base/docker', '1', { mediaType: DOCKER_MANIFEST });
      expect((await find('base/docker:1')).manifest.mediaType).toBe(DOCKER_MANIFEST);
    });
  });
});

const basic = (text: string) => Buffer.from(text).toString('base64');
const gives = (user: string, secret: string) =>
  `echo '{"ServerURL":"x","Username":"${user}","Secret":"${secret}"}'`;

withRegistry('a registry that wants a password', () => {
  let registry: TestRegistry;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tagflow-htpasswd-'));
    // The password "secret".
    writeFileSync(join(folder, 'users'), 'me:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n');
    registry = await startRegistry(`auth: {htpasswd: {realm: test, path: ${folder}/users}}\n`);
  });
  afterAll(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const put = () => openRegistry(registry.name).put('team/x', blob(10));

  test.each<[string, (name: string) => object, string?]>([
    ['auth', (name) => ({ auths: { [name]: { auth: basic('me:secret') } } })],
    [
      'an address with a scheme',
      (name) => ({ auths: { [`https://${name}/v2/`]: { auth: basic('me:secret') } } }),
    ],
    ['user and password', (name) => ({ auths: { [name]: { username: 'me', password: 'secret' } } })],
    [
      'what another program has left empty',
      (name) => ({ auths: { [name]: { auth: basic('me:secret') } }, credHelpers: null, credsStore: null }),
    ],
    [
      'a helper for it',
      (name) => ({ credHelpers: { [name]: 'own' }, credsStore: 'absent' }),
      gives('me', 'secret'),
    ],
    [
      'a store for all',
      () => ({ credsStore: 'own' }),
      `[ "$name" = "$EXPECTED" ] && ${gives('me', 'secret')}`,
    ],
    [
      'a store that does not know it',
      (name) => ({ credsStore: 'own', auths: { [name]: { auth: basic('me:secret') } } }),
      'echo credentials not found in native keychain; exit 1',
    ],
  ])('takes %s', async (_, config, ...[script]) => {
    process.env['EXPECTED'] = registry.name;
    login.write(config(registry.name));
    if (script !== undefined) login.helper('own', script);
    expect(await put()).toBe('uploaded');
  });

  test.each<[string, (name: string) => object | string, string, string?]>([
    ['nobody', () => ({}), 'does not let us push to team/x. Log in first: `docker login'],
    [
      'another password',
      (name) => ({ auths: { [name]: { auth: basic('me:other') } } }),
      'Check that this login may do so',
    ],
    [
      'a helper that is not there',
      () => ({ credsStore: 'absent' }),
      'docker-credential-absent, which is not on the PATH',
    ],
    [
      'a helper that fails',
      () => ({ credsStore: 'own' }),
      'docker-credential-own failed for',
      'echo the keychain is locked; exit 1',
    ],
    [
      'a helper that talks',
      () => ({ credsStore: 'own' }),
      'docker-credential-own answers with something else than JSON',
      'echo warning: use another; exit 0',
    ],
    ['a file without any', () => ({ auths: null }), 'Log in first'],
    ['a file that is damaged', () => '{"auths":', 'config.json is not JSON'],
  ])('refuses %s', async (_, config, message, ...[script]) => {
    login.write(config(registry.name));
    if (script !== undefined) login.helper('own', script);
    await expect(put()).rejects.toThrow(message);
  });
});

const withTokens =
  hasRegistry && spawnSync('openssl', ['version']).error === undefined ? describe : describe.skip;

withTokens('a registry that wants tokens', () => {
  let tokens: TokenServer;
  let registry: TestRegistry;
  beforeAll(async () => {
    tokens = await startTokenServer();
    registry = await startRegistry(tokens.configuration);
  });
  beforeEach(() => void (tokens.asked.length = 0));
  afterAll(async () => {
    await registry?.stop();
    tokens?.stop();
  });

  test('is asked for one for each set of rights', async () => {
    login.write({ auths: { [registry.name]: { auth: basic('me:secret') } } });
    const open = openRegistry(registry.name);
    const content = blob(1000);
    await open.put('one', content);
    await open.put('one', blob(10));
    expect(await open.put('two', { ...content, mount: 'one' })).toBe('mounted');
    expect(tokens.asked).toEqual([
      'GET me:secret repository:one:pull,push',
      'GET me:secret repository:two:pull,push repository:one:pull',
    ]);
  });

  test('lets everybody read, and nobody else write', async () => {
    login.write({ auths: { [registry.name]: { auth: basic('me:secret') } } });
    const digest = await pushBase(openRegistry(registry.name), 'open', '1');
    login.write({});
    const anybody = openRegistry(registry.name);
    expect(await anybody.digestOf('open', '1')).toBe(digest);
    expect(tokens.asked.at(-1)).toBe('GET anybody repository:open:pull');
    await expect(anybody.put('open', blob(10))).rejects.toThrow('does not let us push to open');
  });

  test('is told what may be wrong with a name', async () => {
    const none = { status: 401, headers: { 'www-authenticate': 'Bearer realm="x"' } };
    const asked = new URL(/realm: '([^']+)'/.exec(tokens.configuration)![1]!);
    none.headers['www-authenticate'] = `Bearer realm="${asked.href}",service="test"`;
    registry.interrupt = () => none;
    try {
      const found = openRegistry(registry.name).digestOf('library/nodd', '22');
      await expect(found).rejects.toThrow(
        'does not let us read library/nodd. Perhaps there is no image of this name',
      );
    } finally {
      registry.interrupt = undefined;
    }
  });

  test('takes an identity in exchange', async () => {
    login.helper('own', gives('<token>', 'refresh-me'));
    login.write({ credsStore: 'own' });
    expect(await openRegistry(registry.name).put('three', blob(10))).toBe('uploaded');
    login.write({ auths: { [registry.name]: { auth: basic('x:'), identitytoken: 'refresh-me-too' } } });
    expect(await openRegistry(registry.name).put('three', blob(10))).toBe('uploaded');
    expect(tokens.asked).toEqual([
      'POST refresh-me repository:three:pull,push',
      'POST refresh-me-too repository:three:pull,push',
    ]);
  });
});

describe('trouble on the way', () => {
  test('nothing listens', async () => {
    const name = `127.0.0.1:${await freePort()}`;
    await expect(openRegistry(name).digestOf('a', 'b')).rejects.toThrow(
      `${name} cannot be reached: nothing listens there.`,
    );
  });

  (hasRegistry ? test : test.skip)('plain HTTP where HTTPS is expected', async () => {
    const registry = await startRegistry();
    const name = registry.name.replace('127.0.0.1', '0.0.0.0');
    try {
      await expect(openRegistry(name).digestOf('a', 'b')).rejects.toThrow(
        'does not speak HTTPS. Where it is a registry for plain HTTP, set registry.insecure',
      );
      expect(await openRegistry(name, { insecure: true }).digestOf('a', 'b')).toBeUndefined();
    } finally {
      await registry.stop();
    }
  });

  (withTokens === describe ? test : test.skip)(
    'a certificate that nobody knows, until it is told',
    async () => {
      const own = selfSigned('0.0.0.0');
      const registry = await startRegistry('', own);
      const code = `
      import { openRegistry } from ${JSON.stringify(new URL('../kernel/lib/cluster/registry.js', import.meta.url).href)};
      try { console.log(await openRegistry(process.argv[1]).digestOf('a', 'b')); } catch (error) { console.log(error.message); }
      process.exit();`;
      const ask = (env: object) =>
        spawnSync(process.execPath, ['--input-type=module', '-e', code, registry.name], {
          env: { ...process.env, ...env },
        }).stdout.toString();
      try {
        expect(ask({})).toContain('is not trusted (self-signed certificate)');
        expect(ask({})).toContain('NODE_EXTRA_CA_CERTS=');
        expect(ask({ NODE_EXTRA_CA_CERTS: own.certificate })).toBe('undefined\n');
      } finally {
        await registry.stop();
        own.remove();
      }
    },
  );
});
