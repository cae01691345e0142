import { hostname } from 'node:os';
import type { AttemptStart } from '@tagflow/schema';
import { instant } from '../store/clock.js';
import type { AttemptId } from '../store/place-in-step.js';
import type { StepInput } from './step-request.js';

/** Stands for the item among the inputs of an attempt. */
export const ITEM_INPUT = '#item';

/** The record of an attempt that begins now. */
export function attemptStart(
  id: AttemptId,
  { digest: program }: { digest: string },
  inputs: Record<string, StepInput>,
  rest: Pick<AttemptStart, 'key' | 'parts'> = {},
): AttemptStart {
  const entries = Object.entries(inputs);
  const identities = entries.flatMap(([variable, { identity }]) => (identity ? [[variable, identity]] : []));
  return {
    format: 1,
    ...id,
    created: instant(),
    program,
    inputs: Object.fromEntries(entries.map(([variable, { digest }]) => [variable, digest])),
    sources: Object.fromEntries(entries.map(([variable, { source }]) => [variable, source])),
    ...(identities.length > 0
      ? { identities: Object.fromEntries(identities) as Record<string, string> }
      : {}),
    host: hostname(),
    ...rest,
  };
}
