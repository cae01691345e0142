/** The steps of a run, and what they kept, by their names. */
import type { Artifact, StepRun } from '@tagflow/schema';
import { StoreError } from './store.js';

/** The run has no step, or the step no artifact, of the name; the message says what there is. */
export class UnknownNameError extends StoreError {}

/** @throws UnknownNameError */
export function stepOf<Step extends { name: string }>(
  { id, steps }: { id: string; steps: readonly Step[] },
  name: string,
): Step {
  const step = steps.find((each) => each.name === name);
  if (step) return step;
  throw new UnknownNameError(
    `Run ${id} has no step ${name}: there are ${steps.map((each) => each.name).join(', ')}.`,
  );
}

/**
 * @param name of the value, or its variable where several have that name
 * @throws UnknownNameError, which also says why a value was not kept
 */
export function artifactOf(
  { name: step, outputs, notKept }: Pick<StepRun, 'name' | 'outputs' | 'notKept'>,
  name: string,
): Artifact {
  const artifact =
    outputs.find((output) => output.name === name) ?? outputs.find((output) => output.variable === name);
  if (artifact) return artifact;
  const reason = notKept.find((each) => each.name === name)?.reason;
  if (reason !== undefined) throw new UnknownNameError(`${name} of step ${step} was not kept. ${reason}`);
  const names = outputs.map((output) => output.name).join(', ');
  throw new UnknownNameError(
    `Step ${step} kept no ${name}: ${names ? `there are ${names}` : 'it kept nothing'}.`,
  );
}
