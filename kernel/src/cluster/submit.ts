/** From a notebook to a run on a cluster: what `tagflow submit` and the extension call. */
import { createHash } from 'node:crypto';
import {
  type ClusterSettings,
  type Deployment,
  type Pipeline,
  type RunStart,
  sizeText,
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
import { openDeployedStore } from '../store/location.js';
import type { Store } from '../store/store.js';
import { type ProgramFile, planImages } from './image-plan.js';
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
    images: Object.fromEntries(
      prepared.plan.pipeline.steps.map(({ name, settings }) => {
        const { reference, base } = images[name]!;
        return [name, { image: reference, ...(settings.image === undefined ? {} : { base }) }];
      }),
    ),
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
    images: Object.fromEntries(Object.entries(images).map(([step, { reference }]) => [step, reference])),
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
  const programs = Object.fromEntries(
    plan.steps.map(({ step }) => [
      step.name,
      step.programs.map((program) => programFile(programOf(program))),
    ]),
  );
  const plans = await planImages(plan.pipeline, deployment, directory, {
    ...(settings.program === 'image' ? { programs } : {}),
  });
  const begun = new Set<string>();
  return buildImages(plans, {
    registry: deployment.registry,
    onProgress(event) {
      if (event.kind === 'install')
        tell(`Installing ${event.packages} packages for ${event.steps.join(', ')}`);
      if (event.kind !== 'upload' || event.size < TOLD || begun.has(event.digest)) return;
      begun.add(event.digest);
      tell(`Pushing a layer of ${sizeText(event.size)}`);
    },
  });
}

/** A smaller layer is there before one could read of it; in bytes. */
const TOLD = 4_000_000;

function programFile(code: string): ProgramFile {
  return { digest: createHash('sha256').update(code).digest('hex'), code };
}

/** Whether cache keys of its pods can be known here. */
function isLikeHere({ node, platform }: StepImage): boolean {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return (
    node === Number(process.versions.node.split('.')[0]) && platform === `${process.platform}/${architecture}`
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
