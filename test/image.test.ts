/** Images as values: archives, layers, configurations, names, Dockerfiles. */
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { dockerfileOf } from '../kernel/lib/export/dockerfile.js';
import { type BaseImage, DOCKER_MANIFEST, imageOn, OCI_MANIFEST } from '../kernel/lib/export/image.js';
import { imageNameOf, imageNameText, imagePlaceOf } from '../kernel/lib/export/image-name.js';
import { digestOfBytes, packLayer } from '../kernel/lib/export/layer.js';
import { fits, machineOf } from '../kernel/lib/export/machine.js';
import { fileEntry, type TarEntry, tarOf } from '../kernel/lib/export/tar.js';

async function bytesOf(entries: Iterable<TarEntry>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of tarOf(entries)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const LONG = `${'deep/'.repeat(30)}${'name'.repeat(40)}.js`;
const ENTRIES: TarEntry[] = [
  fileEntry('b/file.txt', 'hello'),
  { ...fileEntry('b/run', '#!/bin/sh\n'), executable: true } as TarEntry,
  { kind: 'link', path: 'a/link', target: '../b/file.txt' },
  { kind: 'link', path: 'a/far', target: `../${LONG}` },
  fileEntry('b-c', new Uint8Array(512)),
  fileEntry('empty', ''),
  fileEntry('ü.txt', 'ü'),
  fileEntry(LONG, 'deep'),
  { kind: 'folder', path: 'b' },
];

describe('an archive', () => {
  test('is what tar reads, in order, with folders, modes, long names and links', async () => {
    const { stdout, stderr } = spawnSync('tar', ['tvf', '-', '--full-time', '--numeric-owner', '--utc'], {
      input: await bytesOf(ENTRIES),
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(stderr.toString()).toBe('');
    const lines = stdout.toString().trim().split('\n');
    const told = lines.map((line) => line.replace(/ +/g, ' ').replace('1970-01-01 00:00:00 ', ''));
    const folders = 'deep/'.repeat(30).split('/').slice(0, 30);
    expect(told).toEqual([
      'drwxr-xr-x 0/0 0 a/',
      `lrwxrwxrwx 0/0 0 a/far -> ../${LONG}`,
      'lrwxrwxrwx 0/0 0 a/link -> ../b/file.txt',
      'drwxr-xr-x 0/0 0 b/',
      '-rw-r--r-- 0/0 512 b-c',
      '-rw-r--r-- 0/0 5 b/file.txt',
      '-rwxr-xr-x 0/0 10 b/run',
      ...folders.map((_, index) => `drwxr-xr-x 0/0 0 ${'deep/'.repeat(index + 1)}`),
      `-rw-r--r-- 0/0 4 ${LONG}`,
      '-rw-r--r-- 0/0 0 empty',
      '-rw-r--r-- 0/0 2 ü.txt',
    ]);
  });

  // Other bytes would make every layer of everybody anew: not without a reason.
  test('has these bytes', async () => {
    expect(digestOfBytes(await bytesOf(ENTRIES))).toBe(
      'sha256:1aa72e961b4a803d05ff39a64e6a7531e56ba322649037f6e14046020b739e66',
    );
  });

  test('does not depend on the order of its entries', async () => {
    expect((await bytesOf([...ENTRIES].reverse())).equals(await bytesOf(ENTRIES))).toBe(true);
  });

  test('a file that changes while it is read, and one that stands there twice, are errors', async () => {
    const grown: TarEntry = { kind: 'file', path: 'log', size: 3, read: () => [Buffer.from('more')] };
    await expect(bytesOf([grown])).rejects.toThrow('The file log changed while it was read.');
    await expect(bytesOf([fileEntry('x', '1'), fileEntry('x', '2')])).rejects.toThrow('two files x');
  });

  test('may hold what is larger than its headers can say', async () => {
    const size = 8 ** 11;
    async function* nothing() {}
    const large: TarEntry = { kind: 'file', path: 'large', size, read: nothing };
    const pieces: Uint8Array[] = [];
    const written = (async () => {
      for await (const piece of tarOf([large])) pieces.push(piece);
    })();
    await expect(written).rejects.toThrow('changed');
    expect(Buffer.concat(pieces).toString('latin1')).toContain(`size=${size}\n`);
  });
});

test('a layer says what it is', async () => {
  const pieces: Buffer[] = [];
  const sink = new Writable({ write: (piece: Buffer, _, done) => (pieces.push(piece), done()) });
  const layer = await packLayer(ENTRIES, sink);
  const bytes = Buffer.concat(pieces);
  expect(layer).toEqual({
    digest: digestOfBytes(bytes),
    size: bytes.length,
    diffId: digestOfBytes(await bytesOf(ENTRIES)),
  });
  expect(digestOfBytes(gunzipSync(bytes))).toBe(layer.diffId);
  // Neither a time nor the system.
  expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
});

const BASE: BaseImage = {
  name: 'node:22-slim',
  digest: `sha256:${'a'.repeat(64)}`,
  manifest: {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: `sha256:${'c'.repeat(64)}`,
      size: 7,
    },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
        digest: `sha256:${'b'.repeat(64)}`,
        size: 9,
      },
    ],
  },
  config: {
    os: 'linux',
    architecture: 'amd64',
    created: '2024-05-06T07:08:09Z',
    docker_version: '20',
    config: {
      Env: ['PATH=/bin', 'NODE_VERSION=22'],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['node'],
      Healthcheck: { Test: ['CMD', 'true'] },
      User: 'node',
      WorkingDir: '/home/node',
      Labels: { maintainer: 'us' },
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${'d'.repeat(64)}`] },
    history: [{ created: '2024-05-06T07:08:09Z', created_by: 'COPY node' }],
  },
};
const LAYER = {
  digest: `sha256:${'e'.repeat(64)}`,
  size: 11,
  diffId: `sha256:${'f'.repeat(64)}`,
  content: 'tagflow',
};

describe('an image on another', () => {
  const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

  test('keeps its layers and environment, and starts nothing', () => {
    const image = imageOn(BASE, [LAYER], '/app');
    expect(image.digest).toBe(digestOfBytes(image.manifest));
    expect(image.config.digest).toBe(digestOfBytes(image.config.bytes));
    expect(json(image.manifest)).toEqual({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: image.config.digest,
        size: image.config.bytes.length,
      },
      layers: [
        ...BASE.manifest.layers,
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: LAYER.digest, size: 11 },
      ],
    });
    expect(json(image.config.bytes)).toEqual({
      os: 'linux',
      architecture: 'amd64',
      created: '2024-05-06T07:08:09Z',
      config: {
        Env: ['PATH=/bin', 'NODE_VERSION=22', 'HOME=/tmp', 'TAGFLOW_PROJECT=/app'],
        User: '65532',
        WorkingDir: '/app',
        Labels: {
          maintainer: 'us',
          'org.opencontainers.image.base.name': 'node:22-slim',
          'org.opencontainers.image.base.digest': BASE.digest,
        },
      },
      rootfs: { type: 'layers', diff_ids: [...BASE.config.rootfs.diff_ids, LAYER.diffId] },
      history: [
        ...BASE.config.history!,
        { created: '2024-05-06T07:08:09Z', created_by: 'tagflow', comment: 'tagflow' },
      ],
    });
  });

  test("of Docker's kind is of Docker's kind", () => {
    const base = { ...BASE, manifest: { ...BASE.manifest, mediaType: DOCKER_MANIFEST } };
    const { mediaType, config, layers } = imageOn(base, [LAYER], '/app');
    expect([mediaType, config.mediaType, layers[1]!.mediaType]).toEqual([
      DOCKER_MANIFEST,
      'application/vnd.docker.container.image.v1+json',
      'application/vnd.docker.image.rootfs.diff.tar.gzip',
    ]);
  });

  test('that says little is enough', () => {
    const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers' as const, diff_ids: [] } };
    const made = json(imageOn({ ...BASE, config }, [LAYER], '/app/x').config.bytes);
    expect(made).toMatchObject({
      created: '1970-01-01T00:00:00Z',
      config: { WorkingDir: '/app/x', Env: ['HOME=/tmp', 'TAGFLOW_PROJECT=/app/x'] },
    });
  });

  test('with a home keeps it', () => {
    const config = { ...BASE.config, config: { Env: ['HOME=/home/node'] } };
    expect(json(imageOn({ ...BASE, config }, [], '/app').config.bytes).config.Env).toEqual([
      'HOME=/home/node',
      'TAGFLOW_PROJECT=/app',
    ]);
  });
});

const DIGEST = `sha256:${'1'.repeat(64)}`;
const NAMES: [string, string | undefined][] = [
  ['node', 'docker.io/library/node:latest'],
  ['node:22-slim', 'docker.io/library/node:22-slim'],
  ['docker.io/node:22', 'docker.io/library/node:22'],
  ['index.docker.io/library/node', 'docker.io/library/node:latest'],
  ['me/app', 'docker.io/me/app:latest'],
  ['ghcr.io/me/app:1', 'ghcr.io/me/app:1'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app:1', 'localhost:5000/app:1'],
  ['127.0.0.1:5000/a/b/c', '127.0.0.1:5000/a/b/c:latest'],
  [`node:22@${DIGEST}`, `docker.io/library/node@${DIGEST}`],
  [`registry.example.com:8443/x@${DIGEST}`, `registry.example.com:8443/x@${DIGEST}`],
  ['', undefined],
  ['Node', undefined],
  ['ghcr.io', undefined],
  ['ghcr.io/', undefined],
  ['https://ghcr.io/me/app', undefined],
  ['me/app:', undefined],
  ['me//app', undefined],
  ['node@sha256:12', undefined],
];

test.each(NAMES)('the image %p', (text, expected) => {
  if (expected === undefined) expect(() => imageNameOf(text)).toThrow('is not the name of an image');
  else expect(imageNameText(imageNameOf(text))).toBe(expected);
});

test.each<[string, string, string]>([
  ['registry.example.com/team', 'registry.example.com', 'team'],
  ['registry.example.com/team/', 'registry.example.com', 'team'],
  ['127.0.0.1:5000', '127.0.0.1:5000', ''],
  ['me', 'docker.io', 'me'],
  ['docker.io/me', 'docker.io', 'me'],
])('the place %p', (text, registry, path) => expect(imagePlaceOf(text)).toEqual({ registry, path }));

test('a place with a scheme is none', () =>
  expect(() => imagePlaceOf('https://registry.example.com')).toThrow('without https://'));

test.each<[object, boolean]>([
  [{}, true],
  [{ os: ['linux'], cpu: ['x64'], libc: ['glibc'] }, true],
  [{ libc: ['musl'] }, false],
  [{ cpu: ['!x64'] }, false],
  [{ os: ['!win32'] }, true],
  [{ os: ['darwin'] }, false],
])('a package for %j fits: %p', (entry, expected) =>
  expect(fits(entry, machineOf('linux/amd64', 'node:22-slim'))).toBe(expected),
);

test('machines', () => {
  expect(machineOf('linux/arm64', 'node:22-alpine')).toEqual({ os: 'linux', cpu: 'arm64', libc: 'musl' });
});

test('a Dockerfile', () => {
  const parts = {
    base: 'node:22-slim',
    directory: '/app',
    packages: false,
    scripts: [],
    settings: false,
    programs: false,
  };
  expect(dockerfileOf(parts)).toMatchInlineSnapshot(`
   "# Made by \`tagflow export\`. Do not edit it: change the notebook and export it again.
   FROM node:22-slim
   USER root
   WORKDIR /app
   COPY tagflow/ /tagflow/
   WORKDIR /app
   ENV HOME=/tmp TAGFLOW_PROJECT=/app
   USER 65532
   ENTRYPOINT []
   CMD []
   "
  `);
  expect(
    dockerfileOf({
      ...parts,
      directory: '/app/ml',
      packages: true,
      scripts: ['better-sqlite3'],
      settings: true,
      programs: true,
    }),
  ).toMatchInlineSnapshot(`
   "# Made by \`tagflow export\`. Do not edit it: change the notebook and export it again.
   # docker build --secret id=npmrc,src=PATH/TO/.npmrc: the settings are not part of the image.
   FROM node:22-slim
   USER root
   WORKDIR /app
   COPY app/ ./
   RUN --mount=type=secret,id=npmrc,target=/app/.npmrc npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/.package-lock.json ~/.npm
   RUN npm rebuild --ignore-scripts=false better-sqlite3
   COPY project/ ./
   COPY tagflow/ /tagflow/
   COPY programs/ /app/ml/programs/
   WORKDIR /app/ml
   ENV HOME=/tmp TAGFLOW_PROJECT=/app/ml
   USER 65532
   ENTRYPOINT []
   CMD []
   "
  `);
});
