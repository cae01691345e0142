/** Images of pipelines: planned, built, pushed to a real registry, and run. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { buildImages, type ImageEvent } from '../kernel/lib/cluster/images.js';
import { type ImagePlan, planImages } from '../kernel/lib/cluster/image-plan.js';
import { layerInMemory } from '../kernel/lib/cluster/layer-cache.js';
import { openRegistry, type Registry } from '../kernel/lib/cluster/registry.js';
import type { Manifest } from '../kernel/lib/export/image.js';
import { fileEntry, type TarEntry } from '../kernel/lib/export/tar.js';
import { packagesOf } from '../kernel/lib/run/key/packages.js';
import { pushBase } from './images/base.ts';
import { canRunContainers, unpackImage } from './images/container.ts';
import { hasRegistry, startRegistry, type TestRegistry } from './images/registry.ts';
import { FOLDER, pipelineFrom } from './pipeline/notebook.ts';

jest.setTimeout(120_000);

const PROJECT = fileURLToPath(new URL('images/project', import.meta.url));
const BUILD = JSON.stringify(new URL('../kernel/lib/cluster/images.js', import.meta.url).href);

const home = mkdtempSync(join(tmpdir(), 'tagflow-images-'));
const before = process.env['XDG_CACHE_HOME'];
let project: string;
let count = 0;
beforeAll(() => void (process.env['XDG_CACHE_HOME'] = join(home, 'cache')));
beforeEach(() => {
  project = join(home, `project-${count++}`);
  cpSync(PROJECT, project, { recursive: true });
});
afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(home, { recursive: true, force: true });
});

describe('the plan', () => {
  test('has an image for each environment', async () => {
    const pipeline = pipelineFrom([
      [
        'none',
        'import { max } from "d3-array"\nimport lodash from "lodash"\nimport { readFileSync } from "node:fs"',
      ],
      ['step:load', 'const rows = [1, 2].map((x) => x)'],
      ['step:top', 'const top = max(rows)!'],
      ['step:show', 'const text = String(top)'],
      ['step:other', 'const other = lodash.sum(rows)'],
      ['step:late', 'const late = 1 + Math.random()', { after: ['other'] }],
      ['step:own', 'const mine = rows.length', { image: 'registry.example.com/gpu:1' }],
    ]);
    const programs = {
      show: [{ digest: 'a'.repeat(64), code: '1' }],
      top: [{ digest: 'a'.repeat(64), code: '1' }],
    };
    const plans = await planImages(pipeline, { base: 'node:22' }, FOLDER, { programs });
    expect(
      plans.map(({ steps, base, packages, programs }) => [
        steps.join(),
        base,
        packages.join(),
        programs.length,
      ]),
    ).toEqual([
      ['load,late', 'node:22', '', 0],
      // What comes from a step may need what that step imports.
      ['top,show', 'node:22', 'd3-array', 1],
      ['other', 'node:22', 'lodash', 0],
      ['own', 'registry.example.com/gpu:1', '', 0],
    ]);
    const [plan] = await planImages(pipeline, {}, FOLDER);
    expect(plan).toMatchObject({
      base: `node:${process.versions.node.split('.')[0]}-slim`,
      platform: 'linux/amd64',
    });
  });
});

const PACKAGES = ['@me/mine', '@node-rs/xxhash', 'debug', 'lodash3', 'ms', 'node-sqlite3-wasm'];

const withRegistry = hasRegistry ? describe : describe.skip;

withRegistry('images', () => {
  let registry: TestRegistry;
  let open: Registry;
  beforeAll(async () => {
    registry = await startRegistry();
    open = openRegistry(registry.name);
    await pushBase(open, 'library/node', '22');
  });
  afterAll(() => registry?.stop());
  afterEach(() => void (registry.requests.length = 0));

  const planFor = (packages: string[], more: Partial<ImagePlan> = {}): ImagePlan => ({
    pipeline: 'iris',
    steps: ['train'],
    base: `${registry.name}/library/node:22`,
    platform: 'linux/amd64',
    directory: project,
    packages,
    programs: [],
    ...more,
  });
  const events: ImageEvent[] = [];
  const build = async (...plans: ImagePlan[]) => {
    events.length = 0;
    const images = await buildImages(plans, {
      registry: { push: `${registry.name}/team`, pull: 'registry.cluster:5000/team' },
      onProgress: (event) => events.push(event),
    });
    return { ...images['train']!, digest: images['train']!.reference.split('@')[1]! };
  };
  const manifestOf = async (digest: string) =>
    JSON.parse((await open.manifest('team/tagflow', digest))!.text) as Manifest;
  /** Paths in the image's own layers. */
  const filesIn = async (digest: string): Promise<string[]> => {
    const { layers } = await manifestOf(digest);
    const lists = await Promise.all(
      layers.slice(1).map(async (layer) => {
        const input = await buffer(await open.open('team/tagflow', layer));
        return spawnSync('tar', ['tzf', '-'], { input, maxBuffer: 2 ** 26 })
          .stdout.toString()
          .trim()
          .split('\n');
      }),
    );
    return lists.flat();
  };
  const contentOf = async (digest: string, path: string): Promise<string> => {
    const { layers } = await manifestOf(digest);
    const outputs = await Promise.all(
      layers.map(async (layer) => {
        const input = await buffer(await open.open('team/tagflow', layer));
        return spawnSync('tar', ['xzOf', '-', path], { input }).stdout.toString();
      }),
    );
    return outputs.join('');
  };

  test('are built and pushed once', async () => {
    const plan = planFor(['ms'], { programs: [{ digest: 'b'.repeat(64), code: 'export default 1' }] });
    const image = await build(plan, planFor(['ms'], { steps: ['other'] }));
    expect(image.reference).toMatch(/^registry\.cluster:5000\/team\/tagflow@sha256:[0-9a-f]{64}$/);
    expect(image.base).toBe(await open.digestOf('library/node', '22'));
    expect(image.reused).toBe(false);
    expect(
      events
        .filter(({ kind }) => kind !== 'upload')
        .map((event) => ('how' in event ? event.how : event.kind)),
    ).toEqual([
      'install',
      'mounted',
      'uploaded',
      'uploaded',
      'uploaded',
      'uploaded',
      'image',
      // Of the second image there is only its configuration to be sent.
      'uploaded',
      'image',
    ]);
    expect(await filesIn(image.digest)).toEqual(
      expect.arrayContaining([
        'tagflow/lib/run/step/step.js',
        'tagflow/lib/library/index.js',
        'app/package.json',
        'app/node_modules/ms/index.js',
        `app/programs/${'b'.repeat(64)}.mjs`,
      ]),
    );
    expect(await open.digestOf('team/tagflow', `iris-${image.digest.slice(7, 19)}`)).toBe(image.digest);

    registry.requests.length = 0;
    expect(await build(plan)).toEqual({ ...image, reused: true });
    expect(registry.requests).toEqual([
      'HEAD /v2/library/node/manifests/22',
      `HEAD /v2/team/tagflow/manifests/${image.digest}`,
    ]);
    expect(events.map(({ kind }) => kind)).toEqual(['image']);
  });

  test('have the packages that they need and no others, without where they came from', async () => {
    writeFileSync(
      join(project, '.npmrc'),
      '@private:registry=https://npm.invalid/\n//npm.invalid/:_authToken=very-secret\n',
    );
    writeFileSync(join(project, 'packages/mine/.npmrc'), '//npm.invalid/:_authToken=very-secret\n');
    writeFileSync(join(project, 'packages/mine/.env'), 'TOKEN=very-secret\n');
    const { digest } = await build(planFor(PACKAGES));
    const files = await filesIn(digest);
    const packages = files
      .filter((path) => path.endsWith('/package.json') && path.startsWith('app/'))
      .map((path) => path.slice(4, -13))
      .sort();
    expect(packages.filter((path) => !path.includes('xxhash') || /xxhash(-[^/]*)?$/.test(path))).toEqual(
      [
        '',
        'node_modules/@node-rs/xxhash',
        'node_modules/@node-rs/xxhash-linux-x64-gnu',
        'node_modules/debug',
        'node_modules/debug/node_modules/ms',
        'node_modules/lodash3',
        'node_modules/ms',
        'node_modules/node-sqlite3-wasm',
        'packages/mine',
        'packages/mine/node_modules/ms',
      ].map((path) => (path === '' ? path : path)),
    );
    expect(files.filter((path) => /\.npmrc|\.env|\.package-lock\.json|_logs|_cacache/.test(path))).toEqual(
      [],
    );
    expect(
      JSON.parse(await contentOf(digest, 'app/package-lock.json')).packages['node_modules/lodash3'],
    ).toEqual({
      name: 'lodash',
      version: '3.10.1',
      integrity: expect.stringMatching(/^sha512-/),
    });
    for (const layer of (await manifestOf(digest)).layers.slice(1)) {
      const bytes = gunzipSync(await buffer(await open.open('team/tagflow', layer))).toString('latin1');
      expect(bytes).not.toContain('very-secret');
      expect(bytes).not.toContain('npm.invalid');
      expect(bytes).not.toContain(home);
    }
  });

  test('come out the same in another folder, at another time, with other rights for new files', async () => {
    const first = await build(planFor(PACKAGES));
    const elsewhere = join(home, 'else', 'where');
    cpSync(PROJECT, elsewhere, { recursive: true });
    const plan = JSON.stringify({ ...planFor(PACKAGES), directory: elsewhere });
    const code = `process.umask(0o077); const { buildImages } = await import(${BUILD});
      const images = await buildImages([${plan}], { registry: { push: '${registry.name}/again' } });
      console.log(images.train.reference.split('@')[1]);`;
    const env = {
      ...process.env,
      XDG_CACHE_HOME: join(home, 'other-cache'),
      TZ: 'Asia/Tokyo',
      LANG: 'tr_TR.UTF-8',
    };
    // The door to the registry is in this process: it must not wait.
    const { spawn } = await import('node:child_process');
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: tmpdir(),
    });
    expect((await buffer(child.stdout)).toString().trim()).toBe(first.digest);
  });

  test('are told apart from those for other machines', async () => {
    await pushBase(open, 'library/arm', '1', { config: { architecture: 'arm64' } });
    const { digest } = await build(
      planFor(['@node-rs/xxhash'], { base: `${registry.name}/library/arm:1`, platform: 'linux/arm64' }),
    );
    const parts = (await filesIn(digest)).filter((path) => path.endsWith('.node'));
    expect(parts).toEqual(['app/node_modules/@node-rs/xxhash-linux-arm64-gnu/xxhash.linux-arm64-gnu.node']);
  });

  test('take their base from another registry', async () => {
    const other = await startRegistry();
    try {
      await pushBase(openRegistry(other.name), 'far/base', '1', {
        files: [fileEntry('etc/far', 'far away'.repeat(1000))],
      });
      const { digest } = await build(planFor([], { base: `${other.name}/far/base:1` }));
      expect((await contentOf(digest, 'etc/far')).length).toBe(8000);
      expect(events.filter((event) => event.kind === 'layer' && event.how === 'mounted')).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  test('have the same keys as the project here', async () => {
    execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: project, stdio: 'ignore' });
    const { digest } = await build(planFor(PACKAGES));
    const container = await unpackImage(open, 'team/tagflow', digest);
    try {
      const here = packagesOf(PACKAGES, project);
      expect(packagesOf(PACKAGES, join(container.root, 'app'))).toEqual(here);
      expect(here.native).toContain('@node-rs/xxhash-linux-x64-gnu');
      expect(here.versions['@me/mine']).toMatch(/^0\.1\.0 [0-9a-f]{64}$/);
    } finally {
      container.remove();
    }
  });

  (canRunContainers && process.arch === 'x64' ? test : test.skip)(
    'run native code, WebAssembly, several versions, and the runtime',
    async () => {
      const { digest } = await build(planFor(PACKAGES));
      const container = await unpackImage(open, 'team/tagflow', digest);
      try {
        expect(container.config).toMatchObject({ User: '65532', WorkingDir: '/app' });
        const script = `
        import { createRequire } from 'node:module';
        const require = createRequire('/app/programs/x.mjs');
        const { xxh32 } = require('@node-rs/xxhash');
        const { Database } = require('node-sqlite3-wasm');
        const { minutes } = await import('/app/node_modules/@me/mine/build/index.js');
        const { versions, foreach } = await import('/tagflow/lib/library/index.js').then(async (all) => ({ ...all, ...(await import('/tagflow/lib/library/tslab.js')) }));
        console.log(JSON.stringify([
          xxh32('a', 0), new Database().get('select 6 * 7 as x').x, require('lodash3').VERSION, require('ms/package.json').version,
          createRequire(require.resolve('debug'))('ms/package.json').version, minutes('2h'), await foreach([1, 2], async (x) => x * 2),
          versions.typescript, process.cwd(), process.getuid(), process.env.HOME]));`;
        const { output } = container.node(['--input-type=module', '-e', script]);
        const typescript = (
          JSON.parse(
            readFileSync(new URL('../node_modules/typescript/package.json', import.meta.url), 'utf8'),
          ) as { version: string }
        ).version;
        expect(output.trim()).toBe(
          JSON.stringify([
            1426945110,
            42,
            '3.10.1',
            '2.0.0',
            '2.1.3',
            120,
            [2, 4],
            typescript,
            '/app',
            65532,
            '/tmp',
          ]),
        );
      } finally {
        container.remove();
      }
    },
  );

  test('start where the notebook’s workspace is, if packages lie there', async () => {
    const directory = join(project, 'packages/mine/notebooks');
    mkdirSync(directory);
    const { digest } = await build(planFor(['ms', 'debug'], { directory }));
    const container = await unpackImage(open, 'team/tagflow', digest);
    try {
      expect(container.config.WorkingDir).toBe('/app/packages/mine');
      const inside = join(container.root, 'app/packages/mine');
      expect(packagesOf(['ms', 'debug'], inside).versions).toEqual(
        packagesOf(['ms', 'debug'], directory).versions,
      );
      expect(existsSync(join(inside, 'package.json'))).toBe(false);
    } finally {
      container.remove();
    }
  });

  describe('of a package that a script makes', () => {
    /** An archive of a package that would have to be compiled. */
    beforeEach(async () => {
      const manifest = { name: 'addon', version: '1.2.3', scripts: { install: 'node-gyp rebuild' } };
      const archive = await layerInMemory('', [
        fileEntry('package/package.json', JSON.stringify(manifest)),
        fileEntry('package/binding.gyp', '{}'),
      ]);
      writeFileSync(join(project, 'addon.tgz'), await buffer(archive.open()));
      const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
      lock.packages['node_modules/addon'] = {
        version: '1.2.3',
        resolved: 'file:addon.tgz',
        hasInstallScript: true,
      };
      writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
    });

    test('are not made, and it is said how they are', async () => {
      const failed = build(planFor(['ms', 'addon']));
      await expect(failed).rejects.toThrow(
        'The package addon is compiled or fetched for linux x64 by a script',
      );
      await expect(failed).rejects.toThrow(
        '  RUN npm install addon@1.2.3\n  LABEL tagflow.packages="addon@1.2.3"',
      );
      expect(readdirSync(join(home, 'cache/tagflow/layers')).filter((name) => name.includes('-'))).toEqual(
        [],
      );
    });

    test('take it from a base that has it', async () => {
      await pushBase(open, 'library/with-addon', '1', {
        config: { config: { Labels: { 'tagflow.packages': 'addon@1.2.3' } } },
      });
      const base = `${registry.name}/library/with-addon:1`;
      const { digest } = await build(planFor(['ms', 'addon'], { base }));
      const files = await filesIn(digest);
      expect(files).toContain('app/node_modules/ms/index.js');
      expect(files.filter((path) => path.includes('addon'))).toEqual([]);
      expect(
        JSON.parse(await contentOf(digest, 'app/package-lock.json')).packages['node_modules/addon'],
      ).toEqual({ version: '1.2.3' });
      await build(planFor(['addon'], { base }));
    });
  });

  test('hold what the lock file has chosen, whatever npm would choose', async () => {
    const archive = async (name: string, manifest: object, ...more: TarEntry[]) => {
      const files = [
        fileEntry('package/package.json', JSON.stringify({ name, version: '1.0.0', ...manifest })),
        ...more,
      ];
      writeFileSync(join(project, `${name}.tgz`), await buffer((await layerInMemory('', files)).open()));
      return { version: '1.0.0', resolved: `file:${name}.tgz`, ...manifest };
    };
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
    const inner = fileEntry('package/node_modules/inner/package.json', '{"name":"inner","version":"3.0.0"}');
    Object.assign(lock.packages, {
      // No such version is there: it was overridden, or forced.
      'node_modules/picky': await archive('picky', {
        peerDependencies: { ms: '^9.0.0' },
        dependencies: { lodash3: '^4.0.0' },
      }),
      'node_modules/outer': await archive(
        'outer',
        { dependencies: { inner: '^3.0.0' }, bundleDependencies: ['inner'] },
        inner,
      ),
      'node_modules/outer/node_modules/inner': { version: '3.0.0', inBundle: true },
    });
    writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
    const { digest } = await build(planFor(['outer', 'picky']));
    const files = (await filesIn(digest)).filter((path) => /^app\/.+\/package.json$/.test(path));
    expect(files).toEqual([
      'app/node_modules/lodash3/package.json',
      'app/node_modules/ms/package.json',
      'app/node_modules/outer/node_modules/inner/package.json',
      'app/node_modules/outer/package.json',
      'app/node_modules/picky/package.json',
    ]);
  });

  test('ask a private registry of packages as the project says', async () => {
    const archive = await buffer(
      (
        await layerInMemory('', [
          fileEntry('package/package.json', '{"name":"@private/x","version":"1.0.0"}'),
        ])
      ).open(),
    );
    const heard: (string | undefined)[] = [];
    const server: Server = createServer((question, answer) => {
      heard.push(question.headers.authorization);
      answer.writeHead(question.headers.authorization === 'Bearer very-secret' ? 200 : 401).end(archive);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
    lock.packages['node_modules/@private/x'] = {
      version: '1.0.0',
      resolved: `http://${host}/@private/x/-/x-1.0.0.tgz`,
    };
    writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
    process.env['SECRET_OF_TEST'] = 'very-secret';
    try {
      await expect(build(planFor(['@private/x']))).rejects.toThrow(
        /npm could not install the packages of an image:\n(.|\n)*E401/,
      );
      writeFileSync(
        join(project, '.npmrc'),
        `@private:registry=http://${host}/\n//${host}/:_authToken=very-secret\n`,
      );
      const { digest } = await build(planFor(['@private/x']));
      expect(heard.at(-1)).toBe('Bearer very-secret');
      expect(await contentOf(digest, 'app/package-lock.json')).not.toContain(host);
    } finally {
      server.close();
    }
  });

  test.each<[string, () => void, string[], string]>([
    [
      'no lock file',
      () => rmSync(join(project, 'package-lock.json')),
      ['ms'],
      'Run `npm install --package-lock-only` beside package.json.',
    ],
    ['a package that is not in it', () => undefined, ['left-pad'], 'has no package "left-pad"'],
    [
      'other packages installed',
      () => {
        mkdirSync(join(project, 'node_modules'));
        writeFileSync(
          join(project, 'node_modules/.package-lock.json'),
          JSON.stringify({ packages: { 'node_modules/ms': { version: '2.0.1' } } }),
        );
      },
      ['ms'],
      'node_modules has ms 2.0.1, but package-lock.json says 2.0.0',
    ],
  ])('are not made with %s', async (_, spoil, packages, message) => {
    spoil();
    await expect(build(planFor(packages))).rejects.toThrow(message);
  });

  test('need neither a lock file nor packages where there are none', async () => {
    rmSync(join(project, 'package-lock.json'));
    const { digest } = await build(planFor([]));
    expect((await filesIn(digest)).filter((path) => path.startsWith('app/'))).toEqual(['app/']);
  });

  test('are made where nothing can be kept', async () => {
    process.env['XDG_CACHE_HOME'] = '/dev/null/nowhere';
    try {
      const kept = await build(planFor(['lodash3']));
      expect(kept.reused).toBe(false);
    } finally {
      process.env['XDG_CACHE_HOME'] = join(home, 'cache');
    }
  });

  test('need a registry', async () => {
    await expect(buildImages([planFor([])], { registry: undefined })).rejects.toThrow(
      'Set registry.push under "tagflow" in package.json',
    );
    await expect(build(planFor([], { base: 'Node' }))).rejects.toThrow('"Node" is not the name of an image');
  });

  test('are not made when it is told to stop', async () => {
    const stop = new AbortController();
    const options = {
      registry: { push: registry.name },
      signal: stop.signal,
      onProgress: () => stop.abort(),
    };
    await expect(buildImages([planFor(['debug'])], options)).rejects.toThrow('aborted');
  });
});
