// One pod, before any test: where none can run, that is said once and soon.
import { api } from './api.mjs';
import { namespace, nodeBase } from './places.mjs';
import { until } from './processes.mjs';

const PODS = `/api/v1/namespaces/${namespace}/pods`;
const name = 'first-pod';

/** @throws SetupError with the end of kubelet's log */
export async function runFirstPod() {
  const image = nodeBase(process.versions.node.split('.')[0]);
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const container = { name, image, command: ['node', '-e', '0'], securityContext };
  await api('POST', PODS, { metadata: { name }, spec: { restartPolicy: 'Never', containers: [container] } });
  await until('kubelet', async () => (await api('GET', `${PODS}/${name}`)).status.phase === 'Succeeded', 120);
  await api('DELETE', `${PODS}/${name}?gracePeriodSeconds=0`);
}
