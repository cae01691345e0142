/** A template that runs one container: a program of a step with all that its settings ask for. */
import type { CellSettings, Deployment } from '@tagflow/schema';
import { CONTAINER_SECURITY, environmentOf, mountsOf, variables } from './argo-place.js';
import type { Container, EnvVar, Template, Volume, VolumeMount } from './argo-types.js';
import { DEFAULT_PLATFORM } from './machine.js';
import { STEP_SECRET, STORE_SECRET } from './names.js';
import { ENTRY, OUTPUTS } from './pod-paths.js';

const GPU = 'nvidia.com/gpu';
/** Of a step that asks for nothing: pods of a loop spread over nodes by what they ask for. */
const REQUESTS = { cpu: '100m', memory: '256Mi' };

export interface Pod {
  /** Of the template. */
  name: string;
  image: string;
  /** What the entry is told: a role and what it needs. */
  args: string[];
  settings: CellSettings;
  labels?: Record<string, string>;
  env?: Record<string, string>;
  /** Names of input parameters. */
  inputs?: string[];
  /** What the pod hands to Argo, with what holds where it hands over nothing. */
  outputs?: Record<string, string>;
  /** The longest time that it may take, in seconds. */
  deadline?: number;
  /** Whether it is made again where the cluster lost it; yes if absent. */
  retries?: boolean;
}

export function podTemplate(pod: Pod, deployment: Deployment): Template {
  const { name, settings, labels = {}, inputs = [], outputs = {}, deadline, retries = true } = pod;
  const volumes = [...shmVolumes(settings), ...claimVolumes(settings)];
  const results = Object.entries(outputs);
  return {
    name,
    ...(Object.keys(labels).length > 0 ? { metadata: { labels } } : {}),
    ...(inputs.length > 0 ? { inputs: { parameters: inputs.map((name) => ({ name })) } } : {}),
    ...(results.length > 0
      ? {
          outputs: {
            parameters: results.map(([name, otherwise]) => ({
              name,
              valueFrom: { path: `${OUTPUTS}/${name}`, default: otherwise },
            })),
          },
        }
      : {}),
    nodeSelector: nodeSelector(settings, deployment),
    ...(settings.tolerations?.length ? { tolerations: settings.tolerations } : {}),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
    ...(retries ? { retryStrategy: RETRIES } : {}),
    container: container(pod, deployment),
  };
}

/**
 * Only what the cluster did to a pod is made again: what the step's code did is retried within the pod, as its
 * settings say. 75 is the store or the cluster as the pod saw them, -1 a pod without an exit code (refused by its
 * node), 137 and 143 one that was killed. One that used up its memory or disk would do so again.
 */
const RETRIES: Template['retryStrategy'] = {
  limit: '3',
  retryPolicy: 'Always',
  expression:
    'lastRetry.status == "Error" || asInt(lastRetry.exitCode) == 75 || ' +
    '(asInt(lastRetry.exitCode) in [-1, 137, 143] && ' +
    'not (lastRetry.message matches "OOMKilled|exceed(s|ed) .*(limit|deadline)"))',
  backoff: { duration: '10s', factor: '2' },
};

function container({ image, args, settings, env = {} }: Pod, deployment: Deployment): Container {
  return {
    name: 'main',
    image,
    command: ['node', ENTRY, ...args],
    env: [...environmentOf(deployment), ...variables(env), ...secrets(settings, deployment)],
    envFrom: [{ secretRef: { name: deployment.store?.secret ?? STORE_SECRET, optional: true } }],
    resources: resourcesOf(settings),
    securityContext: CONTAINER_SECURITY,
    // What a pod said last is told where it is shown as failed.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [...mountsOf(deployment), ...shmMounts(settings), ...claimMounts(settings)],
  };
}

/**
 * Memory has one figure: a pod that got more than it asked for is the first to go when its node runs out. Processors
 * have no limit: a step that could use idle ones would only be slowed down, and a throttled Node stalls.
 */
function resourcesOf(settings: CellSettings): Container['resources'] {
  const { cpu, memory, ephemeralStorage, gpu } = settings;
  const limits = {
    ...(memory ? { memory } : {}),
    ...(ephemeralStorage ? { 'ephemeral-storage': ephemeralStorage } : {}),
    ...(gpu ? { [gpu.name ?? GPU]: String(gpu.count) } : {}),
  };
  const requests = { ...REQUESTS, ...(cpu ? { cpu } : {}), ...limits };
  return { requests, ...(Object.keys(limits).length > 0 ? { limits } : {}) };
}

/** Optional, so that one that is missing is told by the step in a sentence and not by a pod that waits for ever. */
function secrets({ secrets = [] }: CellSettings, deployment: Deployment): EnvVar[] {
  const name = deployment.secrets ?? STEP_SECRET;
  return [...new Set(secrets)].map((key) => ({
    name: key,
    valueFrom: { secretKeyRef: { name, key, optional: true } },
  }));
}

/** An image is made for one kind of machine. */
function nodeSelector({ nodeSelector }: CellSettings, { platform = DEFAULT_PLATFORM }: Deployment) {
  const [os = '', arch = ''] = platform.split('/');
  return { 'kubernetes.io/os': os, 'kubernetes.io/arch': arch, ...nodeSelector };
}

function shmVolumes({ shm }: CellSettings): Volume[] {
  return shm ? [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: shm } }] : [];
}

function shmMounts({ shm }: CellSettings): VolumeMount[] {
  return shm ? [{ name: 'shm', mountPath: '/dev/shm' }] : [];
}

function claimVolumes({ volumes = [] }: CellSettings): Volume[] {
  return volumes.map(({ claim, readOnly }, i) => ({
    name: `volume-${i}`,
    persistentVolumeClaim: { claimName: claim, ...(readOnly ? { readOnly } : {}) },
  }));
}

function claimMounts({ volumes = [] }: CellSettings): VolumeMount[] {
  return volumes.map(({ path, readOnly }, i) => ({
    name: `volume-${i}`,
    mountPath: path,
    ...(readOnly ? { readOnly } : {}),
  }));
}
