/** What starts a run of a WorkflowTemplate. It says which, and gives parameters: a strict installation allows no more. */
import type { ClusterSettings, Digest } from '@tagflow/schema';
import type { CronWorkflow, Workflow, WorkflowTemplate } from './argo-types.js';
import { type Deployed, doneParameter, generatedName, scheduleName, workflowName } from './names.js';

const API = 'argoproj.io/v1alpha1';

export interface SubmittedRun {
  /** Its id: its start is recorded already. */
  run: string;
  /** Steps for which earlier results stand. */
  done?: readonly string[];
}

/** The Workflow of a run that is submitted. Its name follows from the run's id, so that sending it twice starts it once. */
export function submittedWorkflow(
  template: WorkflowTemplate,
  pipeline: string,
  { run, done = [] }: SubmittedRun,
): Workflow {
  return workflow(template, { name: workflowName(pipeline, run) }, { 'tagflow.dev/run': run }, [
    { name: 'run', value: run },
    ...done.map((step) => ({ name: doneParameter(step), value: 'true' })),
  ]);
}

/**
 * A Workflow for `kubectl create`: its pods record the start of the run themselves.
 * @param start blob of what is known of the run's start beforehand
 */
export function workflowToCreate(
  template: WorkflowTemplate,
  pipeline: string,
  start: Digest | undefined,
): Workflow {
  return workflow(template, { generateName: generatedName(pipeline) }, {}, startParameters(start));
}

/** The same at set times. `schedules` and not `schedule`: Argo 3.6 began with the one, 4.0 ended the other. */
export function cronWorkflow(
  template: WorkflowTemplate,
  deployed: Deployed,
  { cron, timezone = 'UTC' }: NonNullable<ClusterSettings['schedule']>,
  start: Digest | undefined,
): CronWorkflow {
  const { metadata, spec } = workflowToCreate(template, deployed.pipeline, start);
  return {
    apiVersion: API,
    kind: 'CronWorkflow',
    metadata: { ...ofNamespace(template), name: scheduleName(deployed), labels: metadata.labels },
    spec: {
      schedules: [cron.trim()],
      timezone,
      concurrencyPolicy: 'Allow',
      workflowMetadata: { labels: metadata.labels },
      workflowSpec: spec,
    },
  };
}

function workflow(
  template: WorkflowTemplate,
  name: { name?: string; generateName?: string },
  labels: Record<string, string>,
  parameters: { name: string; value: string }[],
): Workflow {
  return {
    apiVersion: API,
    kind: 'Workflow',
    metadata: { ...name, ...ofNamespace(template), labels: { ...template.metadata.labels, ...labels } },
    spec: {
      workflowTemplateRef: { name: template.metadata.name! },
      ...(parameters.length > 0 ? { arguments: { parameters } } : {}),
    },
  };
}

function ofNamespace({ metadata: { namespace } }: WorkflowTemplate): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

function startParameters(start: Digest | undefined): { name: string; value: string }[] {
  return start === undefined ? [] : [{ name: 'start', value: start }];
}
