/** A pipeline as the extension gets it. */
import type { Pipeline } from '@tagflow/schema';

/** The extension shows pipelines and does not run them. */
export function withoutSources(pipeline: Pipeline): Pipeline {
  const steps = pipeline.steps.map((step) => ({
    ...step,
    programs: step.programs.map((program) => ({ ...program, source: '' })),
  }));
  return { ...pipeline, steps };
}
