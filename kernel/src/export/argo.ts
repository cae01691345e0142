/** A pipeline as documents for Argo Workflows, 3.6 to 4. Pure: the same pipeline gives the same documents. */
import { edgesOf, type ClusterSettings, type Deployment, type Digest, type Pipeline } from '@tagflow/schema';
import { milliseconds } from '../pipeline/quantity.js';
import { mostChunks, secondsOf } from './argo-limits.js';
import { POD_SECURITY, POD_SPEC_PATCH, volumesOf } from './argo-place.js';
import { podTemplate } from './argo-pod.js';
import { cronWorkflow, workflowToCreate } from './argo-run.js';
import { stepTask, stepTemplates } from './argo-step.js';
import type { CronWorkflow, Template, Workflow, WorkflowSpec, WorkflowTemplate } from './argo-types.js';
import { earlySplits } from './early-split.js';
import {
  dnsLabel,
  doneParameter,
  END_TEMPLATE,
  PIPELINE_TEMPLATE,
  SERVICE_ACCOUNT,
  templateName,
} from './names.js';

export interface ArgoOptions {
  /** The notebook's settings for clusters. */
  cluster?: ClusterSettings;
  deployment?: Deployment;
  /** By step: the image of its pods, with its digest. */
  images: Readonly<Record<string, string>>;
  /** A branch or variant: pipelines of one name live side by side. */
  branch?: string;
  /** What runs that nobody submits begin from: blob of what is known of their start. */
  start?: Digest;
}

export interface ArgoDocuments {
  /** Never changed: its name follows from its content. */
  template: WorkflowTemplate;
  /** To be created, not applied: each time a run begins. */
  workflow: Workflow;
  /** Where the notebook has a schedule. */
  schedule?: CronWorkflow;
}

/** Throws RangeError if a step has no image. */
export function exportArgo(pipeline: Pipeline, options: ArgoOptions): ArgoDocuments {
  const { cluster = {}, deployment = {}, branch, start } = options;
  const deployed = { pipeline: pipeline.name, branch };
  const spec = templateSpec(pipeline, options);
  const { namespace } = deployment;
  const template: WorkflowTemplate = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTemplate',
    metadata: {
      name: templateName(deployed, JSON.stringify(spec)),
      ...(namespace === undefined ? {} : { namespace }),
      labels: labelsOf(pipeline.name, branch),
    },
    spec,
  };
  return {
    template,
    workflow: workflowToCreate(template, pipeline.name, start),
    ...(cluster.schedule ? { schedule: cronWorkflow(template, deployed, cluster.schedule, start) } : {}),
  };
}

function templateSpec(
  pipeline: Pipeline,
  { cluster = {}, deployment = {}, images, branch }: ArgoOptions,
): WorkflowSpec {
  const labels = labelsOf(pipeline.name, branch);
  const { parallelism, timeout, mutex, priorityClass, pullSecrets = [] } = cluster;
  return {
    entrypoint: PIPELINE_TEMPLATE,
    onExit: END_TEMPLATE,
    arguments: { parameters: parametersOf(pipeline) },
    serviceAccountName: cluster.serviceAccount ?? SERVICE_ACCOUNT,
    ...(pullSecrets.length > 0 ? { imagePullSecrets: pullSecrets.map((name) => ({ name })) } : {}),
    ...(priorityClass ? { podPriorityClassName: priorityClass } : {}),
    ...(parallelism ? { parallelism } : {}),
    ...(timeout ? { activeDeadlineSeconds: secondsOf(milliseconds(timeout)) } : {}),
    // `mutexes` and not `mutex`: Argo 3.6 began with the one, 4.0 ended the other.
    ...(mutex ? { synchronization: { mutexes: [{ name: mutex }] } } : {}),
    ttlStrategy: { secondsAfterCompletion: secondsOf(milliseconds(cluster.ttl ?? '1d')) },
    podGC: { strategy: cluster.podGC ?? 'OnPodSuccess' },
    workflowMetadata: { labels },
    podMetadata: { labels: { ...labels, 'tagflow.dev/run': '{{workflow.parameters.run}}' } },
    securityContext: POD_SECURITY,
    podSpecPatch: POD_SPEC_PATCH,
    volumes: volumesOf(deployment),
    templates: templatesOf(pipeline, deployment, images),
  };
}

function templatesOf(pipeline: Pipeline, deployment: Deployment, images: ArgoOptions['images']): Template[] {
  const { steps } = pipeline;
  const edges = edgesOf(pipeline);
  const needs = (name: string) => edges.filter(({ to }) => to === name).map(({ from }) => from);
  const chunks = mostChunks(pipeline);
  const image = (step: string): string => {
    const reference = images[step];
    if (reference === undefined) throw new RangeError(`There is no image for step ${step}.`);
    return reference;
  };
  const early = earlySplits(pipeline, images, deployment);
  return [
    {
      name: PIPELINE_TEMPLATE,
      // What does not depend on a step that failed goes on, as in a run on one machine.
      dag: {
        failFast: false,
        tasks: steps.map((step) => stepTask(step, needs(step.name), early)),
      },
    },
    ...steps.flatMap((step) =>
      stepTemplates(step, { image: image(step.name), deployment, chunks, early: early(step.name) }),
    ),
    endTemplate(deployment, mostUsed(steps.map(({ name }) => image(name)))),
  ];
}

/**
 * What failed, as JSON: the first few that say why, since a variable of a process holds 128 kB. Argo gives all, as JSON
 * of JSON or of null; with `??` for the null, Argo 4.1 would look for it before it is there. Two braces may not stand
 * together in it.
 */
const FAILURES =
  '{{=toJson(fromJSON(workflow.failures) == "null" ? [] : filter(fromJSON(fromJSON(workflow.failures)), ' +
  '.message != "" && not (.message matches "^(retry|No more retries)"))[:20])}}';

/** Writes the run's end, also of one that failed or was stopped. */
function endTemplate(deployment: Deployment, image: string): Template {
  return podTemplate(
    {
      name: END_TEMPLATE,
      image,
      args: ['end'],
      settings: {},
      // With them, Argo 3.7 would hold it to the deadline of the run, which may be over.
      retries: false,
      env: { TAGFLOW_STATUS: '{{workflow.status}}', TAGFLOW_FAILURES: FAILURES },
    },
    deployment,
  );
}

/** All have defaults, so that a Workflow gives those that matter to it. */
function parametersOf({ steps }: Pipeline): { name: string; value: string; description: string }[] {
  return [
    { name: 'run', value: '', description: 'Id of the run, where its start is recorded already.' },
    { name: 'start', value: '', description: 'Else: blob of what is known of its start.' },
    { name: 'parameters', value: '{}', description: "Else: values of the pipeline's parameters, as JSON." },
    ...steps.map(({ name }) => ({
      name: doneParameter(name),
      value: 'false',
      description: `Whether earlier results stand for step ${name}.`,
    })),
  ];
}

function labelsOf(pipeline: string, branch: string | undefined): Record<string, string> {
  const name = dnsLabel(pipeline);
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': 'tagflow',
    'app.kubernetes.io/managed-by': 'tagflow',
    'tagflow.dev/pipeline': name,
    ...(branch === undefined ? {} : { 'tagflow.dev/branch': dnsLabel(branch) }),
  };
}

/** A node that ran steps has it. */
function mostUsed(images: readonly string[]): string {
  const count = (image: string) => images.filter((other) => other === image).length;
  return images.reduce((most, image) => (count(image) > count(most) ? image : most), images[0]!);
}
