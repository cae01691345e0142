/** A step as Argo has it: a task of the pipeline, and the templates that it and its segments run. */
import type { CellSettings, Deployment, Program, Step } from '@tagflow/schema';
import { milliseconds } from '../pipeline/quantity.js';
import { secondsOf } from './argo-limits.js';
import { podTemplate } from './argo-pod.js';
import type { Task, Template } from './argo-types.js';
import type { EarlySplit } from './early-split.js';
import { STEP_LABEL, doneParameter, segmentName, segmentTemplate } from './names.js';

export interface StepPlace {
  image: string;
  deployment: Deployment;
  /** Most pods of a loop. */
  chunks: number;
  early: EarlySplit;
}

/**
 * @param needs names of the steps before it
 * @param early of each step by its name
 */
export function stepTask(
  { name }: Step,
  needs: readonly string[],
  early: (step: string) => EarlySplit,
): Task {
  const { next, before } = early(name);
  const lacksResults = [name, ...(next === undefined ? [] : [next])].map(
    (step) => `'{{workflow.parameters.${doneParameter(step)}}}' != 'true'`,
  );
  return {
    name,
    template: name,
    ...(needs.length > 0
      ? { depends: before === undefined ? allPassed(needs, early) : `${before}.Succeeded` }
      : {}),
    ...(before === undefined
      ? {}
      : {
          arguments: {
            parameters: [{ name: 'chunks', value: `{{tasks.${before}.outputs.parameters.chunks}}` }],
          },
        }),
    when: lacksResults.join(' || '),
  };
}

/** The template that has the step's name, first, and those of its segments. */
export function stepTemplates(step: Step, place: StepPlace): Template[] {
  const [first, ...others] = step.programs;
  if (others.length === 0 && first) return [programTemplate(step, first, step.name, place)];
  const { before } = place.early;
  const programs = step.programs.filter(({ kind }) => kind !== 'nested').slice(before === undefined ? 0 : 1);
  const tasks = programs.map((program, i) =>
    program.kind === 'branch'
      ? branchTask(step, program, programs[0]!)
      : segmentTask(step, program, programs[i - 1]),
  );
  return [
    {
      name: step.name,
      ...(before === undefined ? {} : { inputs: { parameters: [{ name: 'chunks' }] } }),
      dag: { failFast: false, tasks },
    },
    ...programs.map((program) => programTemplate(step, program, templateOf(step, program), place)),
  ];
}

/** One after the other; a body runs once a chunk of the items of the split, or join, before it. */
function segmentTask(step: Step, program: Program, before: Program | undefined): Task {
  // A body of whose items earlier results stand for all is skipped.
  const passed =
    before?.kind === 'body' ? allPassed([nameOf(before)]) : before && `${nameOf(before)}.Succeeded`;
  const task = {
    name: nameOf(program),
    template: templateOf(step, program),
    ...(passed === undefined ? {} : { depends: passed }),
  };
  if (program.kind !== 'body') return task;
  const divided = before ? `tasks.${nameOf(before)}.outputs` : 'inputs';
  return {
    ...task,
    arguments: { parameters: [{ name: 'chunk', value: '{{item}}' }] },
    withParam: `{{${divided}.parameters.chunks}}`,
  };
}

/** Branches are numbered in their order, after the condition. */
function branchTask(step: Step, program: Program, condition: Program): Task {
  const chosen = `{{tasks.${nameOf(condition)}.outputs.parameters.branch}}`;
  return {
    name: nameOf(program),
    template: templateOf(step, program),
    depends: `${nameOf(condition)}.Succeeded`,
    when: `${chosen} == ${program.segment - condition.segment - 1}`,
  };
}

function programTemplate(step: Step, program: Program, name: string, place: StepPlace): Template {
  const { kind, segment } = program;
  const isBody = kind === 'body';
  const { next } = place.early;
  const splits = program.splits || next !== undefined;
  return podTemplate(
    {
      name,
      image: place.image,
      args: [
        isBody ? 'items' : 'program',
        step.name,
        String(segment),
        ...(isBody ? ['{{inputs.parameters.chunk}}'] : []),
        ...(next === undefined ? [] : [next]),
      ],
      settings: step.settings,
      // How many items a pod works on is not known before they are.
      ...(isBody ? {} : { deadline: deadlineOf(step.settings) }),
      labels: {
        [STEP_LABEL]: step.name,
        'tagflow.dev/segment': String(segment),
        ...(isBody ? { 'tagflow.dev/chunk': '{{inputs.parameters.chunk}}' } : {}),
      },
      env: splits || isBody ? { TAGFLOW_CHUNKS: String(place.chunks) } : {},
      inputs: isBody ? ['chunk'] : [],
      // Argo looks for them also where a program failed and handed over nothing.
      outputs: { ...(splits ? { chunks: '[]' } : {}), ...(kind === 'condition' ? { branch: '-1' } : {}) },
    },
    place.deployment,
  );
}

/**
 * In seconds. The program itself keeps to the step's timeout, once for each attempt; this ends a pod that hangs besides,
 * with an hour for its image and all else.
 */
function deadlineOf({ timeout, retries = 0, backoff = '0s' }: CellSettings): number | undefined {
  if (timeout === undefined) return undefined;
  const waits = milliseconds(backoff) * (2 ** Math.min(retries, 16) - 1);
  return secondsOf(milliseconds(timeout) * (retries + 1) + waits + milliseconds('1h'));
}

/**
 * A task that is skipped has passed: earlier results stand for it. So has one that is left out because that before it,
 * whose output it takes, is skipped: some versions of Argo wait for ever for an output of what was skipped.
 */
function allPassed(tasks: readonly string[], early: (step: string) => EarlySplit = () => ({})): string {
  const passed = tasks.map((task) => {
    const { before } = early(task);
    const states = [
      `${task}.Succeeded`,
      `${task}.Skipped`,
      ...(before === undefined ? [] : [`${before}.Skipped`]),
    ];
    return states.join(' || ');
  });
  return passed.length === 1 ? passed[0]! : passed.map((each) => `(${each})`).join(' && ');
}

function nameOf({ kind, segment }: Program): string {
  return segmentName(kind, segment);
}

function templateOf({ name }: Step, { kind, segment }: Program): string {
  return segmentTemplate(name, kind, segment);
}
