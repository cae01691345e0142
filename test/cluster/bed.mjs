// A real cluster on this machine: brought up from nothing, and taken down without a trace.
import { rmSync, mkdirSync, readdirSync, existsSync } from 'node:fs';
import { command, SetupError, step } from '../../binder/progress.mjs';
import { controllerIsUp, installArgo, startController } from './argo.mjs';
import { buildBinaries } from './binaries.mjs';
import { containersLeft, removeContainers, removeMounts, startContainerd } from './containers.mjs';
import { startApiServer, startControlPlane, startNode } from './control-plane.mjs';
import { pushImages } from './images.mjs';
import { runFirstPod } from './first-pod.mjs';
import { makeNamespace } from './namespace.mjs';
import { makeNetwork, networkLeft, removeNetwork } from './network.mjs';
import * as places from './places.mjs';
import { known, pidOf, stop as end, until } from './processes.mjs';
import { startRegistry } from './registry.mjs';
import { clusterEndpoint, endpoint, startS3 } from './s3.mjs';
import { api } from './api.mjs';

/** Debian's packages, each with a file that it brings. */
const PACKAGES = {
  'etcd-server': '/usr/bin/etcd',
  'docker-registry': '/usr/bin/docker-registry',
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iptables: '/usr/sbin/iptables',
  conntrack: '/usr/sbin/conntrack',
  iproute2: '/usr/sbin/ip',
  'busybox-static': '/bin/busybox',
};
/** In the order in which they end: what uses another before the other. */
const PROCESSES = [
  'controller',
  'kubelet',
  'scheduler',
  'controllers',
  'apiserver',
  'etcd',
  's3-door',
  's3',
  'registry',
  'containerd',
];

/** Why this machine can have no such cluster; undefined if it can. */
export function obstacle() {
  if (process.platform !== 'linux') return 'it is not Linux';
  if (process.getuid() !== 0) return 'it takes root';
  return undefined;
}

export async function up() {
  const reason = obstacle();
  if (reason) throw new SetupError(`A cluster cannot be brought up here: ${reason}.`);
  if (isUp()) return;
  await installPackages();
  await buildBinaries();
  mkdirSync(places.state, { recursive: true });
  await step('Starting the cluster', async () => {
    await makeNetwork();
    await Promise.all([
      startRegistry().then(pushImages),
      startS3(),
      startContainerd(),
      startControlPlane().then(async () => {
        await installArgo();
        await makeNamespace();
      }),
    ]);
    await startNode();
    startController();
    await until('controller', controllerIsUp);
    await until(
      'controllers',
      async () =>
        (await api('GET', `/api/v1/namespaces/${places.namespace}/serviceaccounts/default`)) !== undefined,
    );
    await runFirstPod();
  });
}

export async function down() {
  if (obstacle()) return;
  if (pidOf('apiserver') !== undefined) await removePods();
  for (const name of PROCESSES.slice(0, -1)) await end(name);
  await removeContainers();
  await end('containerd');
  await removeContainers();
  for (const name of known()) await end(name);
  await removeMounts();
  await removeNetwork();
  rmSync(places.state, { recursive: true, force: true });
}

/** What is still there of a cluster, by name. */
export async function leftovers() {
  const processes = known()
    .filter((name) => pidOf(name) !== undefined)
    .map((name) => `the process ${name}`);
  const folders =
    existsSync(places.state) && readdirSync(places.state).length > 0 ? [`the folder ${places.state}`] : [];
  return [...processes, ...containersLeft(), ...(await networkLeft()), ...folders];
}

export function isUp() {
  return PROCESSES.every((name) => pidOf(name) !== undefined);
}

/** What a user needs to know to reach it. */
export function facts() {
  return {
    kubeconfig: places.kubeconfig,
    adminKubeconfig: places.adminKubeconfig,
    namespace: places.namespace,
    registry: places.registryAddress,
    base: places.nodeBase(process.versions.node.split('.')[0]),
    s3: { url: `s3://${places.bucket}`, endpoint, clusterEndpoint, ...places.s3Keys },
    processes: Object.fromEntries(known().map((name) => [name, pidOf(name)])),
  };
}

const STARTS = {
  controller: startController,
  apiserver: startApiServer,
  registry: startRegistry,
  s3: startS3,
};

/** Ends a part, as a fault would. */
export async function stopPart(name) {
  await end(name, 'SIGKILL');
}

export async function startPart(name) {
  await STARTS[name]();
  if (name === 'apiserver') await until('apiserver', async () => (await api('GET', '/readyz')) !== undefined);
}

/** So that the node takes their containers down in good order. */
async function removePods() {
  try {
    await api('DELETE', `/api/v1/namespaces/${places.namespace}/pods?gracePeriodSeconds=0`);
  } catch {
    // what cannot be asked is ended by force
  }
}

async function installPackages() {
  const missing = Object.entries(PACKAGES)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
  if (missing.length === 0) return;
  await step(`Installing ${missing.join(', ')}`, async () => {
    await command('apt-get', ['update', '-qq']);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await command('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
  });
}
