/** A pod of a step: what it runs, with what, and where. Pure. */
import type { CellSettings, Deployment } from '@tagflow/schema';
import type { Container, EnvironmentVariable, Parameter, Template } from './argo-documents.js';
import { STEP_LABEL } from './names.js';

/** The entry of a pod in every image. */
const POD = '/tagflow/lib/run/pod.js';
const OUTPUTS = '/tmp/tagflow-out';
const CERTIFICATE = '/tagflow-ca/ca.crt';
/** What a step asks for that asks for nothing. */
const REQUESTS = { cpu: '100m', memory: '256Mi' };

/** What the *restricted* Pod Security Standard asks of a container. */
export const RESTRICTED = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** What the engine does again: lost pods, and what is not the step's fault. What is, was tried again in the pod. */
const RETRY = {
  limit: '3',
  retryPolicy: 'Always',
  expression: 'lastRetry.status == "Error" || asInt(lastRetry.exitCode) in [75, 137, 143]',
  backoff: { duration: '5s', factor: '2', maxDuration: '5m' },
};

export interface PodOptions {
  deployment: Deployment;
  image: string;
  settings: CellSettings;
  /** Digests of the blobs that a run takes that nobody submitted. */
  document: string;
  placement: string;
  /** Most chunks of a loop. */
  chunks: number;
}

/** What a pod tells the engine. */
const TOLD: Readonly<Record<'chunks' | 'branch', Parameter>> = {
  chunks: { name: 'chunks', valueFrom: { path: `${OUTPUTS}/chunks`, default: '[]' } },
  branch: { name: 'branch', valueFrom: { path: `${OUTPUTS}/branch`, default: '-1' } },
};

export function podTemplate(
  name: string,
  step: string,
  args: readonly string[],
  options: PodOptions,
  { tells, takesChunk = false }: { tells?: 'chunks' | 'branch'; takesChunk?: boolean } = {},
): Template {
  const { settings } = options;
  const volumes = volumesOf(options);
  return {
    name,
    metadata: { labels: { [STEP_LABEL]: step } },
    ...(takesChunk ? { inputs: { parameters: [{ name: 'chunk' }] } } : {}),
    ...(tells === undefined ? {} : { outputs: { parameters: [TOLD[tells]] } }),
    retryStrategy: RETRY,
    ...(settings.nodeSelector ? { nodeSelector: settings.nodeSelector } : {}),
    ...(settings.tolerations ? { tolerations: settings.tolerations } : {}),
    volumes: volumes.map(({ volume }) => volume),
    container: containerOf(
      args,
      options,
      environmentOf(options),
      volumes.map(({ mount }) => mount),
    ),
  };
}

/** What runs at the end of a run, whatever became of it. */
export function endTemplate(name: string, options: PodOptions): Template {
  const volumes = volumesOf(options);
  const environment: EnvironmentVariable[] = [
    ...environmentOf(options),
    { name: 'TAGFLOW_STATUS', value: '{{workflow.status}}' },
    { name: 'TAGFLOW_FAILURES', value: '{{workflow.failures}}' },
  ];
  return {
    name,
    // No tries: an engine whose time is up counts each as late.
    volumes: volumes.map(({ volume }) => volume),
    container: containerOf(
      ['end'],
      options,
      environment,
      volumes.map(({ mount }) => mount),
    ),
  };
}

function containerOf(
  args: readonly string[],
  { image, deployment, settings }: PodOptions,
  env: EnvironmentVariable[],
  volumeMounts: Container['volumeMounts'],
): Container {
  return {
    image,
    command: ['node', POD, ...args],
    env,
    envFrom: [{ secretRef: { name: deployment.store?.secret ?? 'tagflow-store', optional: true } }],
    resources: resourcesOf(settings),
    securityContext: RESTRICTED,
    // What it said last is told where the pod is shown as failed.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts,
  };
}

/** Memory is asked for as much as is allowed, because what is over it kills; processors are shared. */
function resourcesOf({ cpu, memory, gpu, ephemeralStorage }: CellSettings): Container['resources'] {
  const limits = {
    ...(memory === undefined ? {} : { memory }),
    ...(gpu ? { [gpu.name ?? 'nvidia.com/gpu']: String(gpu.count) } : {}),
    ...(ephemeralStorage === undefined ? {} : { 'ephemeral-storage': ephemeralStorage }),
  };
  const requests = { ...REQUESTS, ...(cpu === undefined ? {} : { cpu }), ...limits };
  return { requests, ...(Object.keys(limits).length > 0 ? { limits } : {}) };
}

function environmentOf({
  deployment,
  settings,
  document,
  placement,
  chunks,
}: PodOptions): EnvironmentVariable[] {
  const { store = {}, secrets = 'tagflow-secrets' } = deployment;
  const endpoint = store.clusterEndpoint ?? store.endpoint;
  const named = Object.entries({
    TAGFLOW_RUN: '{{workflow.parameters.run}}',
    TAGFLOW_UID: '{{workflow.uid}}',
    TAGFLOW_CREATED: '{{workflow.creationTimestamp.RFC3339}}',
    TAGFLOW_NAMESPACE: '{{workflow.namespace}}',
    TAGFLOW_WORKFLOW: '{{workflow.name}}',
    TAGFLOW_DOCUMENT: document,
    TAGFLOW_PLACEMENT: placement,
    TAGFLOW_STORE: store.url ?? '',
    TAGFLOW_CHUNKS: String(chunks),
    HOME: '/tmp',
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL_S3: endpoint }),
    ...(store.region === undefined ? {} : { AWS_REGION: store.region }),
    ...(store.caConfigMap === undefined ? {} : { NODE_EXTRA_CA_CERTS: CERTIFICATE }),
  }).map(([name, value]) => ({ name, value }));
  const secret = (settings.secrets ?? []).map((name) => ({
    name,
    valueFrom: { secretKeyRef: { name: secrets, key: name } },
  }));
  return [...named, ...secret];
}

interface Volume {
  volume: object;
  mount: Container['volumeMounts'][number];
}

/** Nothing but these is written to, so that the image itself may be read-only. */
function volumesOf({ deployment, settings }: PodOptions): Volume[] {
  const { caConfigMap } = deployment.store ?? {};
  const claims = (settings.volumes ?? []).map(({ path, claim, readOnly }, i): Volume => ({
    volume: {
      name: `volume-${i}`,
      persistentVolumeClaim: { claimName: claim, ...(readOnly ? { readOnly } : {}) },
    },
    mount: { name: `volume-${i}`, mountPath: path, ...(readOnly ? { readOnly } : {}) },
  }));
  return [
    { volume: { name: 'tmp', emptyDir: {} }, mount: { name: 'tmp', mountPath: '/tmp' } },
    ...(settings.shm === undefined
      ? []
      : [
          {
            volume: { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: settings.shm } },
            mount: { name: 'shm', mountPath: '/dev/shm' },
          },
        ]),
    ...(caConfigMap === undefined
      ? []
      : [
          {
            volume: { name: 'ca', configMap: { name: caConfigMap } },
            mount: { name: 'ca', mountPath: '/tagflow-ca', readOnly: true },
          },
        ]),
    ...claims,
  ];
}
