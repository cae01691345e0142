// Images that cannot be fetched from anywhere: packed from files of this machine and pushed to the registry of the test cluster.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { command } from '../../binder/progress.mjs';
import { nodeOfMajor } from '../../binder/python.mjs';
import { binary } from './binaries.mjs';
import { argoexec, nodeBase, pause } from './places.mjs';
import { pushImage } from './registry.mjs';

/** Of the user that images run as. */
const USER = 65532;
const ARCHITECTURE = { x64: 'amd64', arm64: 'arm64' }[process.arch];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

export async function pushImages() {
  await push(pause, async (root) => busybox(root, ['sleep']), { Entrypoint: ['/bin/sleep', '2147483647'] });
  await push(argoexec, (root) => put(root, binary('argoexec'), 'bin/argoexec'), {
    Entrypoint: ['/bin/argoexec'],
  });
  for (const [major, executable] of await nodes()) {
    await push(nodeBase(major), (root) => nodeRoot(root, executable), {
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', `NODE_VERSION=${await versionOf(executable)}`],
    });
  }
}

/** This machine's Node, and another. */
async function nodes() {
  const own = Number(process.versions.node.split('.')[0]);
  const other = own === 22 ? 24 : 22;
  return [
    [own, process.execPath],
    [other, await realExecutable(await nodeOfMajor(other))],
  ];
}

/** What PyPI has is started by a script. */
async function realExecutable(executable) {
  return (await command(executable, ['-p', 'process.execPath'])).trim();
}

async function versionOf(executable) {
  return (await command(executable, ['--version'])).trim().slice(1);
}

async function nodeRoot(root, executable) {
  const real = realpathSync(executable);
  put(root, real, 'usr/local/bin/node');
  for (const library of await librariesOf(real)) put(root, library, library.slice(1));
  await busybox(root, ['sh', 'ls', 'cat', 'echo', 'sleep', 'env', 'mkdir', 'true', 'false', 'id', 'kill']);
  if (existsSync(CERTIFICATES)) put(root, CERTIFICATES, CERTIFICATES.slice(1));
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(
    join(root, 'etc/passwd'),
    `root:x:0:0::/root:/bin/sh\nuser:x:${USER}:${USER}::/tmp:/bin/sh\n`,
  );
  writeFileSync(join(root, 'etc/group'), `root:x:0:\nuser:x:${USER}:\n`);
}

async function librariesOf(executable) {
  const text = await command('ldd', [executable]);
  return [...text.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path);
}

async function busybox(root, names) {
  put(root, '/bin/busybox', 'bin/busybox');
  for (const name of names) symlinkSync('busybox', join(root, 'bin', name));
}

function put(root, from, to) {
  const target = join(root, to);
  mkdirSync(dirname(target), { recursive: true });
  if (existsSync(target)) return;
  copyFileSync(realpathSync(from), target);
}

/** Packs a folder that `fill` fills as an image of one layer. */
async function push(reference, fill, config) {
  const folder = mkdtempSync(join(tmpdir(), `tagflow-${basename(reference).replace(/\W/g, '-')}-`));
  try {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'tmp'), { recursive: true });
    await command('chmod', ['1777', join(root, 'tmp')]);
    await fill(root);
    const tar = join(folder, 'layer.tar');
    await command('tar', [
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '-C',
      root,
      '-cf',
      tar,
      '.',
    ]);
    const bytes = readFileSync(tar);
    const layer = gzipSync(bytes, { level: 1 });
    const document = {
      architecture: ARCHITECTURE,
      os: 'linux',
      config: { User: String(USER), ...config },
      rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(bytes).digest('hex')}`] },
    };
    await pushImage(reference, layer, Buffer.from(JSON.stringify(document)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
