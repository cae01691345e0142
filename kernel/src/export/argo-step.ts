/** A step as templates: one pod, or the graph of its segments. Pure. */
import type { Program, Step } from '@tagflow/schema';
import type { Task, Template } from './argo-documents.js';
import { type PodOptions, podTemplate } from './argo-pod.js';
import { programTemplate } from './names.js';

/** The templates of a step; the first is the one to call. */
export function stepTemplates(step: Step, options: PodOptions): [Template, ...Template[]] {
  // A loop in a loop runs in the pod of the body around it.
  const programs = step.programs.filter(({ kind }) => kind !== 'nested');
  const pods = programs.map((program) => podOf(step, program, options));
  const [only] = pods;
  if (pods.length === 1) return [only!];
  return [{ name: step.name, dag: { failFast: false, tasks: tasksOf(step, programs) } }, ...pods];
}

function podOf({ name }: Step, { segment, kind, splits }: Program, options: PodOptions): Template {
  const template = programTemplate(name, segment);
  const place = [name, String(segment)];
  if (kind === 'body') {
    const args = ['items', ...place, '{{inputs.parameters.chunk}}'];
    return podTemplate(template, name, args, options, { takesChunk: true });
  }
  const tells = splits ? 'chunks' : kind === 'condition' ? 'branch' : undefined;
  return podTemplate(template, name, ['program', ...place], options, { tells });
}

function tasksOf({ name }: Step, programs: readonly Program[]): Task[] {
  return programs.map((program, i): Task => {
    const { kind, segment } = program;
    const task = { name: taskName(segment), template: programTemplate(name, segment) };
    if (i === 0) return task;
    const before = programs[kind === 'branch' ? 0 : i - 1]!;
    const told = `tasks.${taskName(before.segment)}.outputs.parameters`;
    // A loop over no items, or over items that all have results, is skipped by the engine.
    const depends = doneOf(taskName(before.segment));
    if (kind === 'branch')
      return { ...task, depends, when: `'{{${told}.branch}}' == '${segment - before.segment - 1}'` };
    if (kind === 'body')
      return {
        ...task,
        depends,
        withParam: `{{${told}.chunks}}`,
        arguments: { parameters: [{ name: 'chunk', value: '{{item}}' }] },
      };
    return { ...task, depends };
  });
}

function taskName(segment: number): string {
  return `segment-${segment}`;
}

/** Whether a task is done, or needs not be. */
export function doneOf(task: string): string {
  return `(${task}.Succeeded || ${task}.Skipped)`;
}
