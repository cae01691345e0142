/** Names on a cluster: legal there, and never the same for two things. Pure. */
import { createHash } from 'node:crypto';

export const STEP_LABEL = 'tagflow.dev/step';
export const RUN_LABEL = 'tagflow.dev/run';
export const PIPELINE_LABEL = 'tagflow.dev/pipeline';

/** Of the whole graph, and of what runs at its end. Steps' names hold no `--`, so that none is like these. */
export const MAIN = 'main--dag';
export const END = 'end--handler';

/** Template of one of a step's programs. */
export function programTemplate(step: string, segment: number): string {
  return `${step}--${segment}`;
}

/** The step that a template belongs to, if any. */
export function stepOfTemplate(template: string): string | undefined {
  if (template === MAIN || template === END) return undefined;
  return template.replace(/--\d+$/, '') || undefined;
}

/**
 * A label's value, and a name with room for what others append. Cut names keep apart by a digest of the whole.
 * @param most characters
 */
export function cut(name: string, most: number): string {
  if (name.length <= most) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${name.slice(0, most - 7).replace(/-+$/, '')}-${digest}`;
}

/** A WorkflowTemplate's: equal contents of one pipeline share it, and no two others. */
export function templateName(pipeline: string, contents: string): string {
  return `${cut(pipeline, 40)}-${createHash('sha256').update(contents).digest('hex').slice(0, 10)}`;
}

/** A Workflow's; it stands in labels, which take 63 characters. */
export function workflowName(pipeline: string, run: string): string {
  return `${cut(pipeline, 62 - run.length)}-${run}`;
}
