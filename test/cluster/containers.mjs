// containerd, in folders of its own.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../../binder/progress.mjs';
import { cniFolder } from './network.mjs';
import { pause, registryAddress, state } from './places.mjs';
import { start, until } from './processes.mjs';

const RUN = '/run/tagflow-containerd';
export const socket = join(RUN, 'containerd.sock');

export async function startContainerd() {
  const folder = join(state, 'etc');
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'containerd.toml');
  // Without restrict_oom_score_adj a machine that lacks the right to set it starts no pod.
  writeFileSync(
    config,
    `version = 2
root = "${state}/containerd"
state = "${RUN}"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "${pause}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cniFolder}"
  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."${registryAddress}"]
    endpoint = ["http://${registryAddress}"]
`,
  );
  start('containerd', 'containerd', ['-c', config]);
  await until('containerd', async () => existsSync(socket) && (await ctr('version'), true));
}

/** Ends all containers and the processes that watch over them. */
export async function removeContainers() {
  for (let round = 0; round < 50 && shims().length > 0; round++) {
    for (const pid of shims()) for (const each of [...childrenOf(pid), pid]) kill(each);
    await sleep(100);
  }
}

/** Unmounts what containerd and kubelet mounted, and removes their folders. */
export async function removeMounts() {
  for (let round = 0; round < 5 && mounts().length > 0; round++)
    for (const mount of mounts().reverse()) await command('umount', ['-l', mount]).catch(() => undefined);
  rmSync(RUN, { recursive: true, force: true });
}

export function containersLeft() {
  return [
    ...shims().map((pid) => `the container shim ${pid}`),
    ...mounts().map((mount) => `the mount ${mount}`),
  ];
}

function mounts() {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return lines
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${state}/`) || path.startsWith(`${RUN}/`));
}

function shims() {
  return processes().filter((pid) => {
    const words = wordsOf(pid);
    return words[0]?.endsWith('containerd-shim-runc-v2') && words.includes(socket);
  });
}

function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function wordsOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function childrenOf(pid) {
  try {
    const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
    return own.flatMap((child) => [...childrenOf(child), child]);
  } catch {
    return [];
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

function ctr(...args) {
  return command('ctr', ['--address', socket, ...args]);
}
