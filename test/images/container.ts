/** A container without a container runtime: an image's layers in a folder, with this machine's Node, as root of a process. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ImageConfig, Manifest } from '../../kernel/lib/export/image.js';
import type { Registry } from '../../kernel/lib/cluster/registry.js';

/** Only root may choose the root of a process. */
export const canRunContainers =
  process.getuid?.() === 0 && process.platform === 'linux' && spawnSync('chroot', ['/', 'true']).status === 0;

export interface Container {
  /** Where its root lies. */
  root: string;
  config: NonNullable<ImageConfig['config']>;
  /** What a program says; it runs as the image says. */
  node(parameters: readonly string[]): { status: number | null; output: string };
  remove(): void;
}

export async function unpackImage(
  registry: Registry,
  repository: string,
  digest: string,
): Promise<Container> {
  const root = mkdtempSync(join(tmpdir(), 'tagflow-container-'));
  chmodSync(root, 0o755);
  const manifest = JSON.parse((await registry.manifest(repository, digest))!.text) as Manifest;
  for (const layer of manifest.layers) {
    const bytes = await buffer(await registry.open(repository, layer));
    const { status, stderr } = spawnSync('tar', ['xzpf', '-', '-C', root], { input: bytes });
    if (status !== 0) throw new Error(stderr.toString());
  }
  const text = (await buffer(await registry.open(repository, manifest.config))).toString();
  const config = (JSON.parse(text) as ImageConfig).config!;
  return {
    root,
    config,
    node(parameters) {
      addNode(root);
      const script = `cd ${config.WorkingDir} && exec env -i ${config.Env!.join(' ')} /usr/bin/node "$@"`;
      const parts = ['--userspec', `${config.User}:${config.User}`, root, '/bin/sh', '-c', script, 'sh'];
      const { status, stdout, stderr } = spawnSync('chroot', [...parts, ...parameters]);
      return { status, output: `${stdout}${stderr}` };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** This machine's node, and a shell, with the libraries that they need. */
function addNode(root: string): void {
  mkdirSync(join(root, 'tmp'), { recursive: true, mode: 0o1777 });
  for (const [program, to] of [
    [process.execPath, '/usr/bin/node'],
    ['/bin/sh', '/bin/sh'],
    ['/usr/bin/env', '/usr/bin/env'],
  ] as const) {
    copy(realpathSync(program), join(root, to));
    const { stdout } = spawnSync('ldd', [program]);
    for (const [, library] of stdout.toString().matchAll(/(\/\S+) \(0x/g))
      copy(realpathSync(library!), join(root, library!));
  }
  // What addons need of the C and C++ libraries, and Node itself may not.
  const known = spawnSync('/sbin/ldconfig', ['-p']).stdout.toString();
  for (const name of [
    'libstdc++.so.6',
    'libgcc_s.so.1',
    'libm.so.6',
    'libpthread.so.0',
    'libdl.so.2',
    'librt.so.1',
    'libc.so.6',
  ]) {
    const library = known
      .split('\n')
      .find((line) => line.includes(`${name} (libc6,`))
      ?.split('=> ')[1];
    if (library !== undefined) copy(realpathSync(library), join(root, library));
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
