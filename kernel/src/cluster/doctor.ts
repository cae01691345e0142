/** Whether runs can be submitted from here, and if not, what is missing: one check after the other. */
import type { ClusterSettings, Deployment } from '@tagflow/schema';
import { openDeployedStore } from '../store/location.js';
import { ClusterError } from './error.js';
import { imagePlaceOf } from '../export/image-name.js';
import { SERVICE_ACCOUNT } from '../export/names.js';
import { pushPlace } from './images.js';
import { type Cluster, clusterError, connect, statusOf } from './kubernetes.js';
import { openRegistry } from './registry.js';
import { submitRun } from './submit.js';
import { watchRun } from './watch.js';
import { GROUP } from './workflow.js';

export interface Finding {
  /** What was looked at. */
  what: string;
  ok: boolean;
  /** What was found or, where it is not well, what to do. */
  text: string;
}

export interface DoctorOptions {
  deployment: Deployment;
  directory: string;
  /** A notebook's, for runs of which the way is looked at: as whom they run, and how they get their images. */
  settings?: ClusterSettings;
  /** Whether a pod is sent there and back; it takes half a minute. */
  roundTrip: boolean;
  /** Hears of each check before it is made. */
  onCheck?: (what: string) => void;
  onFinding: (finding: Finding) => void;
}

/** What who submits must be allowed to do. */
const RIGHTS = [
  ['create', 'argoproj.io', 'workflows'],
  ['get', 'argoproj.io', 'workflows'],
  ['list', 'argoproj.io', 'workflows'],
  ['patch', 'argoproj.io', 'workflows'],
  ['create', 'argoproj.io', 'workflowtemplates'],
  ['list', '', 'pods'],
] as const;

/** What is waited for the round trip, in milliseconds: a node may have to be started first. */
const PATIENCE = 300_000;

/** @returns whether all is well */
export async function examine(options: DoctorOptions): Promise<boolean> {
  const { deployment, directory, settings = {}, roundTrip, onCheck, onFinding } = options;
  let cluster: Cluster | undefined;
  let isWell = true;
  // Nothing else can be told of a cluster that is not reached, and no pod of anything that is missing.
  const isReached = (): boolean => cluster !== undefined;
  const checks: Check[] = [
    {
      what: 'cluster',
      async look() {
        const found = await connect(deployment);
        const text = await reach(found);
        cluster = found;
        return text;
      },
    },
    { what: 'rights', needs: isReached, look: () => rights(cluster!) },
    { what: 'Argo Workflows', needs: isReached, look: () => argo(cluster!) },
    { what: 'service account', needs: isReached, look: () => serviceAccount(cluster!, settings) },
    { what: 'store', look: () => store(deployment, directory) },
    { what: 'registry', look: () => registry(deployment) },
    { what: 'round trip', needs: () => roundTrip && isWell, look: () => travel(options) },
  ];
  try {
    for (const { what, needs, look } of checks) {
      if (needs?.() === false) continue;
      onCheck?.(what);
      try {
        onFinding({ what, ok: true, text: await look() });
      } catch (error) {
        isWell = false;
        onFinding({ what, ok: false, text: error instanceof Error ? error.message : String(error) });
      }
    }
    return isWell;
  } finally {
    cluster?.close();
  }
}

interface Check {
  what: string;
  /** Whether it can be made after those before it; if absent it can. */
  needs?: () => boolean;
  /** What was found. Throws what to do where it is not well. */
  look: () => Promise<string>;
}

async function reach(cluster: Cluster): Promise<string> {
  const { context = 'in the cluster', server, user, namespace } = cluster;
  const { gitVersion } = await cluster.version.getCode().catch((error: unknown) => {
    throw clusterError(error, cluster, 'tell its version');
  });
  return `${context}: Kubernetes ${gitVersion} at ${server}, namespace ${namespace}, as ${user}`;
}

async function rights(cluster: Cluster): Promise<string> {
  const { namespace, authorization } = cluster;
  const missing: string[] = [];
  for (const [verb, group, resource] of RIGHTS) {
    const body = { spec: { resourceAttributes: { namespace, verb, group, resource } } };
    const { status } = await authorization.createSelfSubjectAccessReview({ body }).catch((error: unknown) => {
      throw clusterError(error, cluster, 'ask what you may do');
    });
    if (!status?.allowed) missing.push(`${verb} ${resource}`);
  }
  if (missing.length > 0)
    throw new ClusterError(
      `In namespace ${namespace} you may not ${missing.join(', ')}. \`tagflow export\` writes the role that is needed, in rbac.yaml: an administrator binds you to it.`,
    );
  return `you may submit, follow and stop runs in ${namespace}`;
}

async function argo(cluster: Cluster): Promise<string> {
  const { namespace, custom } = cluster;
  try {
    await custom.listNamespacedCustomObject({ ...GROUP, namespace, plural: 'workflows', limit: 1 });
  } catch (error) {
    throw clusterError(error, cluster, 'list workflows');
  }
  return 'its definitions are installed';
}

async function serviceAccount(
  cluster: Cluster,
  { serviceAccount: name = SERVICE_ACCOUNT }: ClusterSettings,
): Promise<string> {
  try {
    await cluster.core.readNamespacedServiceAccount({ namespace: cluster.namespace, name });
    return `${name} is there for the pods`;
  } catch (error) {
    // Not to be seen is not to be missing.
    if (statusOf(error) !== 404) return `${name} cannot be looked at; the round trip will tell`;
    throw new ClusterError(
      `There is no service account ${name} in ${cluster.namespace}. \`tagflow export\` writes it, in rbac.yaml; another can be named in the notebook's settings.`,
    );
  }
}

async function store(deployment: Deployment, directory: string): Promise<string> {
  const place = openDeployedStore(deployment, directory);
  const key = `probe/${Date.now()}-${process.pid}`;
  await place.put(key, Buffer.from('probe'));
  const back = await place.get(key);
  await place.delete(key);
  if (Buffer.from(back ?? []).toString() !== 'probe')
    throw new ClusterError(`${place.location} does not give back what is put there.`);
  return `${place.location} can be written and read from here`;
}

async function registry({ registry: target }: Deployment): Promise<string> {
  const { registry: name, path } = imagePlaceOf(pushPlace(target));
  const open = openRegistry(name, { insecure: target?.insecure });
  await open.digestOf([path, 'tagflow'].filter(Boolean).join('/'), 'none');
  return `${name} answers`;
}

/** A run of one step: image, store, controller, pod and rights all have their part in it. */
async function travel({ deployment, directory, settings = {} }: DoctorOptions): Promise<string> {
  const began = performance.now();
  const submitted = await submitRun({
    notebook: probe(settings),
    path: 'doctor.ipynb',
    directory,
    deployment,
    trigger: 'command',
    tags: ['doctor'],
    cache: false,
    tell: () => undefined,
  });
  let why = '';
  const { store, cluster, start } = submitted;
  const run = await watchRun(store, cluster, start, {
    onEvent: (event) => void (event.type === 'waiting' && (why = event.text)),
    signal: AbortSignal.timeout(PATIENCE),
  }).finally(() => {
    // What is still being asked would hold up the command's end.
    cluster.close();
    store.close?.();
  });
  if (run?.state === 'succeeded')
    return `a pod ran and wrote its result, in ${Math.round((performance.now() - began) / 1000)} s`;
  if (run?.ended === undefined)
    throw new ClusterError(
      `Run ${start.id} has not ended in ${PATIENCE / 60_000} minutes: ${why || 'no controller of Argo Workflows seems to watch the namespace'}.`,
    );
  const { failure } = run.steps[0] ?? {};
  throw new ClusterError(`Run ${run.id} ${run.state}: ${failure?.message ?? why}`);
}

const probe = ({ serviceAccount, pullSecrets }: ClusterSettings): string =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'tagflow', language: 'typescript' },
      tagflow: { cluster: { serviceAccount, pullSecrets } },
    },
    cells: [
      {
        id: 'probe',
        cell_type: 'code',
        metadata: { tags: ['step:probe'] },
        source: 'const node = process.version;',
        outputs: [],
        execution_count: null,
      },
    ],
  });
