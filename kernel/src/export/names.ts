/**
 * Names on a cluster. Kubernetes takes lower-case letters, digits and single hyphens, at most 63 characters, where
 * Tagflow takes more: a name that is changed or cut ends with a digest of what it was, so that no two become one.
 */
import { createHash } from 'node:crypto';
import { unaccented } from '../pipeline/name.js';

/** Longest value of a label, and so of the name of a Workflow, which Argo puts on its pods as a label. */
const LABEL = 63;
/** Argo appends the time of a run to the name of a CronWorkflow. */
const CRON_WORKFLOW = 52;
const DIGEST = 8;
/** Of a document's content: versions of one pipeline are many. */
const CONTENT_DIGEST = 10;
/** A run's id: `20260131-142501-037k2m9x`. */
const RUN_ID = 24;

/** Where a pipeline is deployed: several of one name live side by side, each of a branch or variant. */
export interface Deployed {
  pipeline: string;
  branch?: string;
}

/** A DNS label of at most so many characters that begins with a letter; a name that is one already stays as it is. */
export function dnsLabel(name: string, longest = LABEL): string {
  const safe = unaccented(name)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  if (safe === name && name.length <= longest) return name;
  const start = (safe || 'x').slice(0, longest - DIGEST - 1).replace(/-+$/, '');
  return `${start}-${digest(name)}`;
}

/** Of a WorkflowTemplate: it changes with whatever is in it, so that a run never sees it change. */
export function templateName({ pipeline, branch }: Deployed, content: string): string {
  return `${joined(dnsLabel(pipeline, 32), branch && dnsLabel(branch, 18))}-${digest(content, CONTENT_DIGEST)}`;
}

/** Of the Workflow of a run. */
export function workflowName(pipeline: string, run: string): string {
  return `${dnsLabel(pipeline, LABEL - RUN_ID - 1)}-${run}`;
}

/** What Kubernetes makes the name of a Workflow from that somebody creates by hand. */
export function generatedName(pipeline: string): string {
  return `${dnsLabel(pipeline, 40)}-`;
}

/** Of the CronWorkflow: one a pipeline and branch, which goes on to the next version in place. */
export function scheduleName({ pipeline, branch }: Deployed): string {
  return branch === undefined
    ? dnsLabel(pipeline, CRON_WORKFLOW)
    : joined(dnsLabel(pipeline, 32), dnsLabel(branch, CRON_WORKFLOW - 34));
}

/** No name of a pipeline or branch holds two hyphens together: `a-b` and branch `b` of `a` stay apart. */
function joined(pipeline: string, branch: string | undefined): string {
  return branch ? `${pipeline}--${branch}` : pipeline;
}

/** The service account of pods, where the notebook names no other. */
export const SERVICE_ACCOUNT = 'tagflow';
/** The Secret with the store's keys, where the project names no other. */
export const STORE_SECRET = 'tagflow-store';
/** The Secret with what steps declare as secrets, where the project names no other. */
export const STEP_SECRET = 'tagflow-secrets';

/** Label of a pod: the step that it works for. */
export const STEP_LABEL = 'tagflow.dev/step';

/** Template of the whole pipeline. No step's name holds two hyphens together. */
export const PIPELINE_TEMPLATE = 'run--steps';
/** Template of the exit handler. */
export const END_TEMPLATE = 'run--end';

/** Of the task of a segment in its step, and with the step before it of its template: `train--body-1`. */
export function segmentName(kind: string, segment: number): string {
  return `${kind}-${segment}`;
}

export function segmentTemplate(step: string, kind: string, segment: number): string {
  return `${step}--${segmentName(kind, segment)}`;
}

/** The step that a template belongs to; undefined of those that belong to none. */
export function stepOfTemplate(template: string): string | undefined {
  return template === PIPELINE_TEMPLATE || template === END_TEMPLATE ? undefined : template.split('--')[0];
}

/** Parameter of a Workflow: whether earlier results stand for the whole step, so that it starts no pod. */
export function doneParameter(step: string): string {
  return `done-${step}`;
}

function digest(text: string, length = DIGEST): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
