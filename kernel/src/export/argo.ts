/** A pipeline as documents of Argo Workflows: the template that says all, and the runs that only name it. Pure. */
import { type ClusterSettings, type Deployment, type Pipeline, edgesOf } from '@tagflow/schema';
import type { KubernetesDocument, Parameter, Task, Template } from './argo-documents.js';
import { RESTRICTED, type PodOptions, endTemplate } from './argo-pod.js';
import { doneOf, stepTemplates } from './argo-step.js';
import { END, MAIN, PIPELINE_LABEL, RUN_LABEL, cut, templateName, workflowName } from './names.js';

export interface ArgoOptions {
  deployment: Deployment;
  settings: ClusterSettings;
  /** By step: with its digest. */
  images: Readonly<Record<string, string>>;
  /** Blobs of the Pipeline and of its Placement. */
  document: string;
  placement: string;
}

const API = 'argoproj.io/v1alpha1';
/** A Workflow lies in one object of the cluster, which may have a megabyte: about so many nodes fit without more ado. */
const MOST_NODES = 1_000;
const DAY = 86_400;
/** In seconds. */
const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: DAY };

/** Its name is that of its contents: what a run uses is never changed. */
export function workflowTemplate(pipeline: Pipeline, options: ArgoOptions): KubernetesDocument {
  const spec = specOf(pipeline, options);
  return {
    apiVersion: API,
    kind: 'WorkflowTemplate',
    metadata: {
      name: templateName(pipeline.name, JSON.stringify(spec)),
      labels: labelsOf(pipeline),
    },
    spec,
  };
}

export interface WorkflowOptions {
  /** Id of the run. */
  run: string;
  /** Steps for which earlier results stand: no pod is begun for them. */
  done: readonly string[];
}

export function workflow(
  pipeline: Pipeline,
  template: KubernetesDocument,
  { run, done }: WorkflowOptions,
): KubernetesDocument {
  const parameters: Parameter[] = [
    { name: 'run', value: run },
    ...done.map((step) => ({ name: doneParameter(step), value: 'true' })),
  ];
  return {
    apiVersion: API,
    kind: 'Workflow',
    metadata: {
      name: workflowName(pipeline.name, run),
      labels: { ...labelsOf(pipeline), [RUN_LABEL]: run },
    },
    spec: { arguments: { parameters }, workflowTemplateRef: { name: template.metadata.name } },
  };
}

/** Undefined where the settings name no schedule. */
export function cronWorkflow(
  pipeline: Pipeline,
  template: KubernetesDocument,
  { schedule }: ClusterSettings,
): KubernetesDocument | undefined {
  if (!schedule) return undefined;
  return {
    apiVersion: API,
    kind: 'CronWorkflow',
    metadata: { name: cut(pipeline.name, 52), labels: labelsOf(pipeline) },
    spec: {
      schedules: [schedule.cron],
      timezone: schedule.timezone ?? 'UTC',
      concurrencyPolicy: 'Forbid',
      workflowSpec: { workflowTemplateRef: { name: template.metadata.name } },
    },
  };
}

function specOf(
  pipeline: Pipeline,
  { deployment, settings, images, document, placement }: ArgoOptions,
): object {
  const chunks = mostChunks(pipeline);
  const podOptions = (step: string, own: PodOptions['settings']): PodOptions => ({
    deployment,
    image: images[step]!,
    settings: own,
    document,
    placement,
    chunks,
  });
  const steps = pipeline.steps.map((step) => stepTemplates(step, podOptions(step.name, step.settings)));
  const tasks = pipeline.steps.map((step, i) => taskOf(pipeline, step.name, steps[i]![0].name));
  const main: Template = { name: MAIN, dag: { failFast: false, tasks } };
  const end = endTemplate(END, podOptions(pipeline.steps[0]!.name, {}));
  const done = pipeline.steps.map(({ name }) => ({ name: doneParameter(name), value: 'false' }));
  const {
    serviceAccount = 'tagflow',
    pullSecrets,
    parallelism,
    timeout,
    ttl,
    podGC,
    mutex,
    priorityClass,
  } = settings;
  return {
    entrypoint: MAIN,
    onExit: END,
    arguments: { parameters: [{ name: 'run', value: '' }, ...done] },
    workflowMetadata: { labels: labelsOf(pipeline) },
    podMetadata: { labels: { ...labelsOf(pipeline), [RUN_LABEL]: '{{workflow.parameters.run}}' } },
    serviceAccountName: serviceAccount,
    ...(pullSecrets ? { imagePullSecrets: pullSecrets.map((name) => ({ name })) } : {}),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(timeout === undefined ? {} : { activeDeadlineSeconds: seconds(timeout) }),
    ttlStrategy: { secondsAfterCompletion: ttl === undefined ? DAY : seconds(ttl) },
    podGC: { strategy: podGC ?? 'OnPodSuccess' },
    ...(mutex === undefined ? {} : { synchronization: { mutexes: [{ name: mutex }] } }),
    ...(priorityClass === undefined ? {} : { podPriorityClassName: priorityClass }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // The engine's own containers in the pod have to be as restricted as ours.
    podSpecPatch: JSON.stringify({
      initContainers: [{ name: 'init', securityContext: RESTRICTED }],
      containers: [{ name: 'wait', securityContext: RESTRICTED }],
    }),
    templates: [main, ...steps.flat(), end],
  };
}

function taskOf(pipeline: Pipeline, step: string, template: string): Task {
  const needs = edgesOf(pipeline).filter(({ to }) => to === step);
  const names = [...new Set(needs.map(({ from }) => from))];
  return {
    name: step,
    template,
    ...(names.length > 0 ? { depends: names.map(doneOf).join(' && ') } : {}),
    when: `'{{workflow.parameters.${doneParameter(step)}}}' != 'true'`,
  };
}

/** So that all loops together stay within what a Workflow can hold. */
export function mostChunks({ steps }: Pick<Pipeline, 'steps'>): number {
  const programs = steps.flatMap((step) => step.programs);
  const loops = programs.filter(({ kind }) => kind === 'body').length;
  if (loops === 0) return 1;
  // Each pod is two nodes: itself, and its tries.
  const others = 2 * programs.length + steps.length;
  return Math.max(1, Math.floor((MOST_NODES - others) / (2 * loops)));
}

function doneParameter(step: string): string {
  return `done-${step}`;
}

function labelsOf({ name }: Pipeline): Record<string, string> {
  const label = cut(name, 63);
  return { 'app.kubernetes.io/name': label, 'app.kubernetes.io/part-of': 'tagflow', [PIPELINE_LABEL]: label };
}

function seconds(duration: string): number {
  const [, number, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(duration)!;
  return Math.ceil(Number(number) * UNITS[unit!]!);
}
