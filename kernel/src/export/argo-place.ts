/** What is the same in every pod of a run: where its store is, what it may do, where it may write. */
import { stringify } from 'yaml';
import type { Deployment } from '@tagflow/schema';
import type { Container, EnvVar, Volume, VolumeMount, WorkflowSpec } from './argo-types.js';
import { CA, USER } from './pod-paths.js';

/** Where Kubernetes puts the token of a pod's service account. */
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the "restricted" Pod Security Standard asks of a pod. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  fsGroup: USER,
  // A volume of many files is not gone through each time that a pod starts.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
} satisfies WorkflowSpec['securityContext'];

/** What it asks of each container. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
} satisfies Container['securityContext'];

/**
 * The same for the containers that Argo adds to each pod, which are found by their names. An installation may say it
 * for all its workflows, but it need not. They hand over some numbers, so that they need little.
 */
export const POD_SPEC_PATCH = stringify(
  {
    initContainers: [argoContainer('init')],
    containers: [argoContainer('wait')],
  },
  { aliasDuplicateObjects: false },
);

function argoContainer(name: string) {
  return {
    name,
    securityContext: CONTAINER_SECURITY,
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
  };
}

export function volumesOf({ store }: Deployment): Volume[] {
  return [
    { name: 'tmp', emptyDir: {} },
    { name: 'no-token', emptyDir: {} },
    ...(store?.caConfigMap ? [{ name: 'ca', configMap: { name: store.caConfigMap } }] : []),
  ];
}

export function mountsOf({ store }: Deployment): VolumeMount[] {
  return [
    { name: 'tmp', mountPath: '/tmp' },
    // Only Argo's own container speaks to the cluster: over its token in the step's lies an empty folder.
    { name: 'no-token', mountPath: TOKEN, readOnly: true },
    ...(store?.caConfigMap ? [{ name: 'ca', mountPath: CA, readOnly: true }] : []),
  ];
}

/** Where the run's records are, and which run it is: one that was submitted has an id; one that was not, has one made of these. */
export function environmentOf({ store = {} }: Deployment): EnvVar[] {
  const { url, endpoint, clusterEndpoint = endpoint, region, caConfigMap } = store;
  return [
    { name: 'TAGFLOW_RUN', value: '{{workflow.parameters.run}}' },
    { name: 'TAGFLOW_START', value: '{{workflow.parameters.start}}' },
    { name: 'TAGFLOW_PARAMETERS', value: '{{workflow.parameters.parameters}}' },
    { name: 'TAGFLOW_WORKFLOW', value: '{{workflow.name}}' },
    { name: 'TAGFLOW_UID', value: '{{workflow.uid}}' },
    { name: 'TAGFLOW_CREATED', value: '{{workflow.creationTimestamp}}' },
    { name: 'TAGFLOW_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ...variables({
      TAGFLOW_STORE: url,
      AWS_ENDPOINT_URL_S3: clusterEndpoint,
      AWS_REGION: region,
      NODE_EXTRA_CA_CERTS: caConfigMap && `${CA}/ca.crt`,
      HOME: '/tmp',
      TMPDIR: '/tmp',
    }),
  ];
}

export function variables(values: Record<string, string | undefined>): EnvVar[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}
