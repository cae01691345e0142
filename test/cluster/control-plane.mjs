// etcd, the API server, controllers, scheduler and the one node.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../binder/progress.mjs';
import { binary } from './binaries.mjs';
import { socket } from './containers.mjs';
import {
  adminKubeconfig,
  adminToken,
  apiAddress,
  apiPort,
  kubeconfig,
  namespace,
  nodeAddress,
  servicesNetwork,
  state,
  userToken,
} from './places.mjs';
import { start, until } from './processes.mjs';
import { api } from './api.mjs';

const keys = join(state, 'keys');
const etcd = 'http://127.0.0.1:2379';

export async function startControlPlane() {
  await makeKeys();
  writeKubeconfigs();
  start('etcd', 'etcd', [
    ...['--data-dir', join(state, 'etcd'), '--unsafe-no-fsync'],
    ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
    ...['--listen-peer-urls', 'http://127.0.0.1:2380'],
  ]);
  startApiServer();
  await until('apiserver', async () => (await api('GET', '/readyz')) !== undefined);
  start('controllers', binary('kube-controller-manager'), [
    `--kubeconfig=${adminKubeconfig}`,
    `--service-account-private-key-file=${keys}/sa.key`,
    `--root-ca-file=${keys}/apiserver.crt`,
    '--use-service-account-credentials=false',
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ]);
  start('scheduler', binary('kube-scheduler'), [
    `--kubeconfig=${adminKubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ]);
}

export function startApiServer() {
  start('apiserver', binary('kube-apiserver'), [
    `--etcd-servers=${etcd}`,
    `--cert-dir=${keys}`,
    `--secure-port=${apiPort}`,
    // One of this machine's, made for it: pods and people reach it there, and nobody else does.
    `--bind-address=${apiAddress}`,
    `--advertise-address=${nodeAddress}`,
    `--service-cluster-ip-range=${servicesNetwork}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${keys}/sa.pub`,
    `--service-account-signing-key-file=${keys}/sa.key`,
    `--token-auth-file=${keys}/tokens.csv`,
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--endpoint-reconciler-type=none',
    '--kubelet-preferred-address-types=InternalIP',
  ]);
}

export async function startNode() {
  const folder = join(state, 'etc');
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'kubelet.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      address: nodeAddress,
      healthzBindAddress: '127.0.0.1',
      // So that logs are read without certificates: on this machine alone.
      authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
      authorization: { mode: 'AlwaysAllow' },
      cgroupDriver: 'cgroupfs',
      containerRuntimeEndpoint: `unix://${socket}`,
      failSwapOn: false,
      failCgroupV1: false,
      evictionHard: { 'memory.available': '100Mi' },
      imageGCHighThresholdPercent: 100,
      resolvConf: '',
      maxPods: 250,
      registryPullQPS: 0,
      serializeImagePulls: false,
      kubeAPIQPS: 100,
      kubeAPIBurst: 200,
    }),
  );
  start('kubelet', binary('kubelet'), [
    `--kubeconfig=${adminKubeconfig}`,
    `--config=${config}`,
    `--root-dir=${state}/kubelet`,
    '--hostname-override=node0',
    `--node-ip=${nodeAddress}`,
    '--v=1',
  ]);
  await until('kubelet', async () => {
    const node = await api('GET', '/api/v1/nodes/node0');
    return node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  });
}

async function makeKeys() {
  mkdirSync(keys, { recursive: true });
  const key = join(keys, 'sa.key');
  if (!existsSync(join(keys, 'sa.pub'))) {
    await command('openssl', ['genrsa', '-out', key, '2048']);
    await command('openssl', ['rsa', '-in', key, '-pubout', '-out', join(keys, 'sa.pub')]);
  }
  writeFileSync(
    join(keys, 'tokens.csv'),
    `${adminToken},admin,admin,system:masters\n${userToken},tester,tester\n`,
  );
}

function writeKubeconfigs() {
  writeFileSync(adminKubeconfig, kubeconfigOf('admin', adminToken, 'default'));
  writeFileSync(kubeconfig, kubeconfigOf('tester', userToken, namespace));
}

function kubeconfigOf(name, token, space) {
  const server = `https://${apiAddress}:${apiPort}`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: name, namespace: space } }],
    'current-context': 'test',
  });
}
