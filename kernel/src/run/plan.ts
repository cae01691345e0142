/** What a run will do: which steps, after which others, with which parameters. Pure. */
import { edgesOf, type Pipeline, type Step } from '@tagflow/schema';
import { ParameterError, checkParameter } from './parameter.js';

export interface Plan {
  pipeline: Pipeline;
  /** Value of each parameter by name: given, or the default. */
  parameters: Record<string, unknown>;
  /** In notebook order. */
  steps: PlannedStep[];
}

export interface PlannedStep {
  step: Step;
  /** Names of the steps that must have succeeded. */
  needs: string[];
}

/**
 * @param given values for some of the parameters, by name
 * @throws ParameterError if a name is unknown or a value does not fit
 */
export function planRun(pipeline: Pipeline, given: Record<string, unknown> = {}): Plan {
  const known = new Map(pipeline.parameters.map((parameter) => [parameter.name, parameter]));
  for (const [name, value] of Object.entries(given)) {
    const parameter = known.get(name);
    if (!parameter) throw new ParameterError(unknownParameter(name, [...known.keys()]));
    checkParameter(parameter, value);
  }
  const edges = edgesOf(pipeline);
  return {
    pipeline,
    parameters: Object.fromEntries(
      pipeline.parameters.map(({ name, value }) => [name, Object.hasOwn(given, name) ? given[name] : value]),
    ),
    steps: pipeline.steps.map((step) => ({
      step,
      needs: [...new Set(edges.filter((edge) => edge.to === step.name).map((edge) => edge.from))],
    })),
  };
}

/** Says which parameters there are instead. */
export function unknownParameter(name: string, known: readonly string[]): string {
  const others = known.length === 0 ? 'the notebook has none' : `there are ${known.join(', ')}`;
  return `There is no parameter ${name}: ${others}.`;
}
