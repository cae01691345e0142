/** Pipelines and runs as the kernel sends them. */
import type { Diagnostic, Parameter, Pipeline, Program, Run, Step, StepRun } from '@tagflow/schema';

/** A step that takes `consumes` (`name` from `step`) and makes `produces` (`name: type`). */
export function step(
  name: string,
  consumes: Record<string, string> = {},
  produces: Record<string, string> = {},
): Step {
  return {
    name,
    cells: [`cell-${name}`],
    consumes: Object.entries(consumes).map(([value, from]) => ({
      name: value,
      variable: `cell-${from}#${value}`,
      from,
    })),
    produces: Object.entries(produces).map(([value, type]) => ({
      name: value,
      variable: `cell-${name}#${value}`,
      type,
      consumed: true,
      cell: `cell-${name}`,
    })),
    after: [],
    settings: {},
    programs: [],
  };
}

export function program(kind: Program['kind'], segment = 0): Program {
  return { kind, segment, source: '', inputs: [], outputs: [], packages: [], localFiles: [] };
}

export function pipeline(
  steps: Step[],
  more: { parameters?: Parameter[]; diagnostics?: Diagnostic[] } = {},
): Pipeline {
  const cells = steps.map(({ name, cells: [id] }, index) => ({
    id: id!,
    index,
    role: 'step' as const,
    step: name,
  }));
  return { format: 1, name: 'sample', parameters: [], diagnostics: [], steps, cells, ...more };
}

export function parameter(name: string, value: unknown, schema?: Record<string, unknown>): Parameter {
  const made = {
    name,
    variable: `p#${name}`,
    type: typeof value,
    value,
    cell: 'p',
    ...(schema ? { schema } : {}),
  };
  return made as Parameter;
}

export const flowers = pipeline([
  step('load', {}, { rows: 'Row[]', labels: 'string[]' }),
  step('train', { rows: 'load', labels: 'load' }, { model: 'Forest' }),
  step('evaluate', { model: 'train' }, { score: 'number' }),
]);

export function run(state: Run['state'], steps: Partial<StepRun>[], more: Partial<Run> = {}): Run {
  return {
    id: 'r1',
    pipeline: 'sample',
    document: '0'.repeat(64),
    state,
    created: '2026-01-02T03:04:05.000Z',
    parameters: {},
    trigger: 'notebook',
    user: 'me',
    steps: steps.map((one) => ({
      name: 'load',
      state: 'pending',
      attempts: 0,
      outputs: [],
      notKept: [],
      ...one,
    })),
    ...more,
  };
}
