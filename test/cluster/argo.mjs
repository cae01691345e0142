// Argo Workflows: its definitions, and its controller as a process of this machine.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { api, apply } from './api.mjs';
import { binary, crds } from './binaries.mjs';
import { adminKubeconfig, argoexec } from './places.mjs';
import { start } from './processes.mjs';

export async function installArgo() {
  const { parse } = await import('yaml');
  for (const file of readdirSync(crds).filter((name) => name.startsWith('argoproj.io_')))
    await apply(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      parse(readFileSync(join(crds, file), 'utf8')),
    );
  await apply('/api/v1/namespaces', { metadata: { name: 'argo' } });
  await apply('/api/v1/namespaces/argo/configmaps', {
    metadata: { name: 'workflow-controller-configmap' },
    // Nobody reads them, and they would be served to everyone.
    data: { config: 'metricsConfig: { enabled: false }\ntelemetryConfig: { enabled: false }\n' },
  });
}

export function startController() {
  start(
    'controller',
    binary('workflow-controller'),
    [
      ...['--kubeconfig', adminKubeconfig, '--namespace', 'argo'],
      ...['--configmap', 'workflow-controller-configmap', '--executor-image', argoexec],
    ],
    {
      env: {
        ...process.env,
        LEADER_ELECTION_IDENTITY: 'test',
        LEADER_ELECTION_DISABLE: 'true',
        // Ten seconds a level of the graph otherwise.
        DEFAULT_REQUEUE_TIME: '1s',
      },
    },
  );
}

export async function controllerIsUp() {
  return (await api('GET', '/apis/argoproj.io/v1alpha1')) !== undefined;
}
