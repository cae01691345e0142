/** From a notebook to a run on a cluster: what `tagflow submit` and the extension call. */
import {
  type ClusterSettings,
  type Deployment,
  type Pipeline,
  type RunStart,
  type Step,
  validateNotebookSettings,
} from '@tagflow/schema';
import type { KubernetesDocument } from '../export/argo-documents.js';
import { workflow, workflowTemplate } from '../export/argo.js';
import { checkArgo } from '../export/argo-limits.js';
import { workflowName } from '../export/names.js';
import { parseNotebook } from '../pipeline/notebook.js';
import { endRun } from '../run/cluster-end.js';
import { type PlacedRun, placeRun } from '../run/placed-run.js';
import { type Prepared, type RunRequest, prepareRun } from '../run/prepare.js';
import { projectSurroundings } from '../run/surroundings.js';
import { openDeployedStore } from '../store/location.js';
import type { Store } from '../store/store.js';
import { type StepImage, buildImages } from './images.js';
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
  const settings = clusterSettings(options.notebook);
  const images = await imagesOf(prepared, settings, options);
  time('image');
  tell('Putting the run into the store');
  const placed = await placeRun(prepared.plan, {
    ...prepared.facts,
    store,
    directory,
    programOf: prepared.programOf,
    images: Object.fromEntries(
      Object.entries(images).map(([step, { image, base }]) => [step, { image, ...(base ? { base } : {}) }]),
    ),
    cache: options.cache,
    cluster: (run) => ({
      ...(cluster.context === undefined ? {} : { context: cluster.context }),
      namespace: cluster.namespace,
      workflow: workflowName(prepared.plan.pipeline.name, run),
    }),
    isSamePlace: (step) => isLikeHere(images[step]!),
  });
  time('store');
  try {
    await create(placed, prepared.plan.pipeline, settings, images, deployment, cluster);
  } catch (error) {
    // A run that nobody will carry out has an end.
    const message = error instanceof Error ? error.message : String(error);
    await endRun(store, placed.start.id, { status: 'Error', failures: [], message });
    throw error;
  }
  time('submit');
  return { start: placed.start, store, cluster, done: placed.done };
}

async function create(
  { start, done }: PlacedRun,
  pipeline: Pipeline,
  settings: ClusterSettings,
  images: Readonly<Record<string, StepImage>>,
  deployment: Deployment,
  cluster: Cluster,
): Promise<void> {
  const template = workflowTemplate(pipeline, {
    deployment,
    settings,
    images: Object.fromEntries(Object.entries(images).map(([step, { image }]) => [step, image])),
    document: start.document,
    placement: start.cluster!.placement,
  });
  const run = workflow(pipeline, template, { run: start.id, done });
  checkArgo([template, run]);
  await createObject(cluster, 'workflowtemplates', template, true);
  await createObject(cluster, 'workflows', run, false);
}

async function createObject(
  cluster: Cluster,
  plural: string,
  body: KubernetesDocument,
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

async function imagesOf(
  { plan, programOf }: Prepared,
  settings: ClusterSettings,
  { deployment, directory, tell }: SubmitOptions,
): Promise<Record<string, StepImage>> {
  const surroundings = projectSurroundings(directory);
  const { digestOf } = await import('../export/image.js');
  const programs = new Map(
    plan.steps.flatMap(({ step }) =>
      step.programs.map((program): [string, string] => {
        const code = programOf(program);
        return [digestOf(Buffer.from(code)).slice('sha256:'.length), code];
      }),
    ),
  );
  return buildImages(plan.pipeline, {
    deployment,
    directory,
    specifiersOf: async (step: Step) => {
      const files = await Promise.all(step.programs.map((program) => surroundings.localFiles(program)));
      return step.programs.flatMap(({ packages }, i) => [...packages, ...files[i]!.packages]);
    },
    ...(settings.program === 'image' ? { programs } : {}),
    tell,
  });
}

/** Whether cache keys of its pods can be known here. */
function isLikeHere({ node, platform, base }: StepImage): boolean {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return (
    base === undefined &&
    node === Number(process.versions.node.split('.')[0]) &&
    platform === `${process.platform}/${architecture}`
  );
}

function clusterSettings(notebook: string): ClusterSettings {
  const { settings } = parseNotebook(notebook);
  return validateNotebookSettings(settings) ? (settings.cluster ?? {}) : {};
}

function timer(onPart: SubmitOptions['onPart']): (part: string) => void {
  let since = performance.now();
  return (part) => {
    const now = performance.now();
    onPart?.(part, now - since);
    since = now;
  };
}
