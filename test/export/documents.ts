/** A notebook's documents, and what must hold of any. */
import type { Pipeline } from '@tagflow/schema';
import {
  CronWorkflow,
  Workflow,
  WorkflowTemplate,
} from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1';
import { type ArgoDocuments, type ArgoOptions, exportArgo } from '../../kernel/lib/export/argo.js';

export const DIGEST = 'a'.repeat(64);
export const IMAGE = `registry.example.com/team/notebook@sha256:${DIGEST}`;

export function imagesOf({ steps }: Pipeline): Record<string, string> {
  return Object.fromEntries(steps.map(({ name }) => [name, IMAGE]));
}

export function documentsOf(pipeline: Pipeline, options: Partial<ArgoOptions> = {}): ArgoDocuments {
  return exportArgo(pipeline, {
    images: imagesOf(pipeline),
    deployment: { store: { url: 's3://bucket/runs' } },
    ...options,
  });
}

/** Throws if Argo's schema does not take a document. */
export function validate({ template, workflow, schedule }: ArgoDocuments): void {
  new WorkflowTemplate(template as never).validate();
  new Workflow(workflow as never).validate();
  if (schedule) new CronWorkflow(schedule as never).validate();
}

/** What Argo puts in: all that it is asked for must be there wherever it is asked for. */
const KNOWN =
  /^(workflow\.(parameters\.[a-z0-9-]+|name|uid|creationTimestamp|status)|=.*workflow\.failures.*|item|inputs\.parameters\.chunks?|tasks\.[a-z0-9-]+\.outputs\.parameters\.(chunks|branch))$/;

/** What is wrong with a template's inner references; empty if nothing is. */
export function brokenReferences({ template }: ArgoDocuments): string[] {
  const { templates = [], entrypoint, onExit, arguments: given } = template.spec;
  const broken: string[] = [];
  const expect = (isRight: unknown, problem: string): void => void (isRight || broken.push(problem));
  const byName = new Map(templates.map((each) => [each.name, each]));
  expect(byName.size === templates.length, 'two templates of one name');
  expect(byName.has(entrypoint) && byName.has(onExit), 'no entry or no end');
  const parameters = new Set(given?.parameters?.map(({ name }) => name));
  for (const [, tag = ''] of JSON.stringify(template.spec).matchAll(/\{\{(.*?)\}\}/g)) {
    expect(KNOWN.test(tag), `unknown expression ${tag}`);
    const [, parameter] = /^workflow\.parameters\.(.*)$/.exec(tag) ?? [];
    expect(parameter === undefined || parameters.has(parameter), `unknown parameter ${parameter}`);
  }
  for (const { name, dag, outputs, inputs } of templates) {
    const tasks = dag?.tasks ?? [];
    for (const [i, task] of tasks.entries()) {
      const before = new Map(tasks.slice(0, i).map((each) => [each.name, each]));
      const target = byName.get(task.template);
      expect(target, `${name}: no template ${task.template}`);
      for (const [, needed = ''] of (task.depends ?? '').matchAll(/([a-z0-9-]+)\.Succeeded/g))
        expect(before.has(needed), `${name}: ${task.name} comes after ${needed}`);
      for (const [, other = '', output] of JSON.stringify(task).matchAll(
        /tasks\.([a-z0-9-]+)\.outputs\.parameters\.(\w+)/g,
      )) {
        const made = byName.get(before.get(other)?.template)?.outputs?.parameters;
        // Where its file is missing, there is a value all the same.
        expect(
          made?.some((each) => each.name === output && each.valueFrom?.default !== undefined),
          `${task.name}: no ${output} of ${other}`,
        );
        // Nothing is there of a task that was skipped: some versions of Argo wait for it for ever.
        expect(task.depends === `${other}.Succeeded`, `${task.name}: ${other} may be skipped`);
      }
      const asked = inputs === undefined ? (target?.inputs?.parameters ?? []).map((each) => each.name) : [];
      expect(
        asked.every((each) => task.arguments?.parameters?.some((one) => one.name === each)),
        `${task.name}: an argument is missing`,
      );
    }
    for (const output of outputs?.parameters ?? [])
      expect(output.valueFrom?.path?.startsWith('/tmp/'), `${name}: ${output.name} is not in /tmp`);
  }
  return broken;
}
