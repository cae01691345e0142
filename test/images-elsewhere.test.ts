/** Images without a registry: as a folder, as Dockerfiles; and the runtime that is in all of them. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
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
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeDockerfiles } from '../kernel/lib/cluster/docker-context.js';
import { diskTrouble } from '../kernel/lib/cluster/disk-trouble.js';
import type { ImagePlan } from '../kernel/lib/cluster/image-plan.js';
import { buildImages } from '../kernel/lib/cluster/images.js';
import { writeOciLayout } from '../kernel/lib/cluster/oci-layout.js';
import { openRegistry } from '../kernel/lib/cluster/registry.js';
import { runtimeFiles } from '../kernel/lib/cluster/runtime-layer.js';
import { digestOfBytes } from '../kernel/lib/export/layer.js';
import { pushBase } from './images/base.ts';
import { unpackImage } from './images/container.ts';
import { hasRegistry, startRegistry, type TestRegistry } from './images/registry.ts';

jest.setTimeout(120_000);

const PROJECT = fileURLToPath(new URL('images/project', import.meta.url));
const PACKAGES = ['@me/mine', '@node-rs/xxhash', 'debug', 'lodash3', 'ms'];

const home = mkdtempSync(join(tmpdir(), 'tagflow-images-'));
const before = process.env['XDG_CACHE_HOME'];
const project = join(home, 'project');
beforeAll(() => {
  process.env['XDG_CACHE_HOME'] = join(home, 'cache');
  cpSync(PROJECT, project, { recursive: true });
});
afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(home, { recursive: true, force: true });
});

const planFor = (base: string, packages: string[], step: string): ImagePlan => ({
  pipeline: 'iris',
  steps: [step],
  base,
  platform: 'linux/amd64',
  directory: project,
  packages,
  programs: [{ digest: 'c'.repeat(64), code: 'export default 1' }],
});

/** Files and links below a folder, with what they say. */
function contentsOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return Object.fromEntries(
    entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [
        relative(folder, path),
        existsSync(path) && !readableAsFolder(path) ? digestOfBytes(readFileSync(path)) : 'link',
      ]),
  );
}
const readableAsFolder = (path: string): boolean => spawnSync('test', ['-d', path]).status === 0;

const withRegistry = hasRegistry ? describe : describe.skip;

withRegistry('beside a registry that has the base', () => {
  let registry: TestRegistry;
  let base: string;
  beforeAll(async () => {
    registry = await startRegistry();
    base = `${registry.name}/library/node:22`;
    await pushBase(openRegistry(registry.name), 'library/node', '22');
  });
  beforeEach(() => void (registry.requests.length = 0));
  afterAll(() => registry?.stop());

  test('a layout holds the images, as they would be pushed', async () => {
    const layout = join(home, 'layout');
    const plans = [planFor(base, ['ms'], 'load'), planFor(base, [], 'train')];
    const written = await writeOciLayout(plans, layout, { registry: undefined });
    const pushed = await buildImages(plans, { registry: { push: registry.name } });
    for (const step of ['load', 'train']) {
      expect(pushed[step]!.reference).toBe(`${registry.name}/tagflow@${written[step]!.digest}`);
      expect(written[step]!.tag).toBe(`iris-${written[step]!.digest.slice(7, 19)}`);
    }
    expect(JSON.parse(readFileSync(join(layout, 'oci-layout'), 'utf8'))).toEqual({
      imageLayoutVersion: '1.0.0',
    });
    const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
    expect(
      manifests.map((manifest: any) => [
        manifest.digest,
        manifest.annotations['org.opencontainers.image.ref.name'],
      ]),
    ).toEqual(['load', 'train'].map((step) => [written[step]!.digest, written[step]!.tag]));
    const blobs = contentsOf(join(layout, 'blobs/sha256'));
    for (const [name, digest] of Object.entries(blobs)) expect(`sha256:${name}`).toBe(digest);

    registry.requests.length = 0;
    expect(await writeOciLayout(plans, layout, { registry: undefined })).toEqual(written);
    expect(registry.requests).toEqual(['HEAD /v2/library/node/manifests/22']);
    expect(contentsOf(join(layout, 'blobs/sha256'))).toEqual(blobs);
  });

  (spawnSync('skopeo', ['--version']).status === 0 ? test : test.skip)(
    'skopeo brings a layout to a registry',
    async () => {
      const layout = join(home, 'layout-for-skopeo');
      const { train } = await writeOciLayout([planFor(base, ['ms'], 'train')], layout, {
        registry: undefined,
      });
      const to = `docker://${registry.name}/copied:1`;
      const skopeo = async (...parameters: string[]) => {
        const { spawn } = await import('node:child_process');
        const child = spawn('skopeo', parameters, { stdio: 'pipe' });
        let said = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (text: Buffer) => (said += text.toString()));
        return new Promise<string>((resolve) => child.on('close', () => resolve(said)));
      };
      await skopeo(
        'copy',
        '--preserve-digests',
        '--dest-tls-verify=false',
        `oci:${layout}:${train!.tag}`,
        to,
      );
      const inspected = JSON.parse(await skopeo('inspect', '--tls-verify=false', to));
      expect(inspected).toMatchObject({ Digest: train!.digest, Architecture: 'amd64', Os: 'linux' });
      expect(inspected.Layers).toHaveLength(4);
    },
  );

  test('Dockerfiles make what we would', async () => {
    writeFileSync(join(project, '.npmrc'), '//npm.invalid/:_authToken=very-secret\n');
    const context = join(home, 'context');
    const folders = await writeDockerfiles(
      [planFor(base, PACKAGES, 'train'), planFor(base, [], 'load')],
      context,
    );
    expect(folders).toEqual({ train: 'train', load: 'load' });
    expect(registry.requests).toEqual([]);
    const place = join(context, 'train');
    const dockerfile = readFileSync(join(place, 'Dockerfile'), 'utf8');
    expect(dockerfile).toContain(`FROM ${base}\n`);
    expect(spawnSync('grep', ['-r', 'very-secret', context]).status).toBe(1);
    expect(readdirSync(join(context, 'load')).sort()).toEqual(['Dockerfile', 'programs', 'tagflow']);

    // What the Dockerfile's lines do.
    const root = join(home, 'root');
    const install = /npm ci .*$/m.exec(dockerfile)![0].replace('~/.npm', './.none');
    cpSync(join(place, 'app'), join(root, 'app'), { recursive: true });
    execFileSync('sh', ['-c', install], { cwd: join(root, 'app'), stdio: 'ignore' });
    cpSync(join(place, 'project'), join(root, 'app'), { recursive: true });
    cpSync(join(place, 'tagflow'), join(root, 'tagflow'), { recursive: true });
    cpSync(join(place, 'programs'), join(root, 'app/programs'), { recursive: true });
    const { train } = await buildImages([planFor(base, PACKAGES, 'train')], {
      registry: { push: registry.name },
    });
    const container = await unpackImage(
      openRegistry(registry.name),
      'tagflow',
      train!.reference.split('@')[1]!,
    );
    rmSync(join(container.root, 'etc'), { recursive: true });
    const written = (folder: string) => ({
      ...contentsOf(folder),
      'app/package.json': JSON.parse(readFileSync(join(folder, 'app/package.json'), 'utf8')),
    });
    expect(written(root)).toEqual(written(container.root));
    container.remove();
  });
});

test('the runtime is small, and neither compiles nor bundles nor talks to a cluster', async () => {
  const files = await runtimeFiles();
  const size = files.reduce((sum, { content }) => sum + content.length, 0);
  expect(size).toBeLessThan(1_500_000);
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'lib/run/pod/pod.js',
      'lib/run/step/step.js',
      'lib/library/index.js',
      'lib/library/tslab.js',
      'package.json',
    ]),
  );
  const text = files.map(({ content }) => new TextDecoder().decode(content)).join('\n');
  expect(text).not.toMatch(/createLanguageService|ESBUILD_BINARY_PATH|KubeConfig|oxc-transform/);
  // Nothing of this machine, and no package that is not inside.
  expect(text).not.toContain(fileURLToPath(new URL('..', import.meta.url)));
  // What is imported that is not inside, as a bundler reads it.
  const folder = mkdtempSync(join(home, 'runtime-'));
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const entryPoints = files.map(({ path }) => join(folder, path)).filter((path) => path.endsWith('.js'));
  const options = {
    bundle: true,
    packages: 'external',
    write: false,
    outdir: folder,
    format: 'esm',
    platform: 'node',
  } as const;
  const { metafile } = await build({ ...options, entryPoints, metafile: true });
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external),
  );
  expect(imported.map(({ path }) => path).filter((path) => !isBuiltin(path))).toEqual([]);
});

test.each([
  ['ENOSPC', 'The disk is full (/x/y).'],
  ['EROFS', 'A layer cannot be written: no luck.'],
])('%s is told', (code, message) => {
  const error = Object.assign(new Error('no luck'), { code, path: '/x/y' });
  expect(diskTrouble(error).message).toContain(message);
});
