/** From a notebook to a run on a cluster: what `tagflow submit` and the extension call. */
import type { Deployment, RunStart } from '@tagflow/schema';
import { type ArgoOptions, exportArgo } from '../export/argo.js';
import { withArgoDiagnostics } from '../export/argo-check.js';
import { submittedWorkflow } from '../export/argo-run.js';
import { machineOf } from '../export/machine.js';
import { workflowName } from '../export/names.js';
import { settingsOf } from '../pipeline/cells.js';
import { endRun } from '../run/pod/cluster-end.js';
import { placeRun } from '../run/pod/placed-run.js';
import { type RunRequest, prepareRun, refuseErrors } from '../run/prepare.js';
import { openDeployedStore } from '../store/location.js';
import type { Store } from '../store/store.js';
import type { StepImage } from './images.js';
import { imageNames, placedImages, stepImages } from './step-images.js';
import { type Cluster, clusterError, connect, statusOf } from './kubernetes.js';
import { GROUP } from './workflow.js';

export interface SubmitOptions extends RunRequest {
  deployment: Deployment;
  /** Hears what is done, and of each part how long it took, in milliseconds. */
  tell: (text: string) => void;
  onPart?: (part: string, time: number) => void;
}

export interface Submitted {
  start: RunStart;
  store: Store;
  cluster: Cluster;
  /** Steps for which earlier results stand. */
  done: string[];
}

/**
 * @throws NotebookError, PipelineErrors, BundleError or ParameterError about the notebook; ClusterError or StoreError
 * about what is around it
 */
export async function submitRun(options: SubmitOptions): Promise<Submitted> {
  const { deployment, directory, tell } = options;
  const time = timer(options.onPart);
  const connecting = connect(deployment);
  connecting.catch(() => undefined); // told where it is waited for
  const prepared = await prepareRun(options);
  time('analyse and bundle');
  const cluster = await connecting;
  const store = openDeployedStore(deployment, directory);
  const { cluster: settings = {} } = settingsOf(options.notebook);
  const images = await stepImages(prepared, { deployment, settings, directory, tell });
  const argo: ArgoOptions = {
    cluster: settings,
    deployment: { ...deployment, namespace: cluster.namespace },
    images: imageNames(images),
    branch: prepared.facts.git?.branch,
  };
  // The cluster may not take a pipeline as it is that runs here.
  refuseErrors(withArgoDiagnostics(prepared.plan.pipeline, argo));
  time('image');
  // As long before its Workflow as may be: Argo hears of both on two ways, and refuses a Workflow for good whose
  // template it has not heard of yet.
  const { template } = exportArgo(prepared.plan.pipeline, argo);
  await createObject(cluster, 'workflowtemplates', template, true);
  time('template');
  const named = new Set(
    prepared.plan.pipeline.steps.flatMap(({ name, settings: { image } }) =>
      image === undefined ? [] : [name],
    ),
  );
  tell('Putting the run into the store');
  const placed = await placeRun(prepared.plan, {
    ...prepared.facts,
    store,
    directory,
    programOf: prepared.programOf,
    images: placedImages(prepared.plan.pipeline, images),
    cache: options.cache,
    cluster: (run) => ({
      ...(cluster.context === undefined ? {} : { context: cluster.context }),
      namespace: cluster.namespace,
      workflow: workflowName(prepared.plan.pipeline.name, run),
    }),
    isSamePlace: (step) => !named.has(step) && isLikeHere(images[step]!),
  });
  time('store');
  try {
    const { start, done } = placed;
    const workflow = submittedWorkflow(template, prepared.plan.pipeline.name, { run: start.id, done });
    await createObject(cluster, 'workflows', workflow, false);
  } catch (error) {
    // A run that nobody will carry out has an end.
    const message = error instanceof Error ? error.message : String(error);
    await endRun(store, placed.start.id, { status: 'Error', failures: [], message });
    throw error;
  }
  time('submit');
  return { start: placed.start, store, cluster, done: placed.done };
}

async function createObject(
  cluster: Cluster,
  plural: string,
  body: object,
  mayExist: boolean,
): Promise<void> {
  try {
    await cluster.custom.createNamespacedCustomObject({
      ...GROUP,
      namespace: cluster.namespace,
      plural,
      body,
    });
  } catch (error) {
    if (mayExist && statusOf(error) === 409) return;
    throw clusterError(error, cluster, `create ${plural}`);
  }
}

/** Whether cache keys of its pods can be known here. */
function isLikeHere({ node, platform }: StepImage): boolean {
  const { os, cpu } = machineOf(platform);
  return (
    node === Number(process.versions.node.split('.')[0]) && os === process.platform && cpu === process.arch
  );
}

function timer(onPart: SubmitOptions['onPart']): (part: string) => void {
  let since = performance.now();
  return (part) => {
    const now = performance.now();
    onPart?.(part, now - since);
    since = now;
  };
}
