import { hostname } from 'node:os';
import type { AttemptStart } from '@tagflow/schema';
import type { AttemptId } from '../store/journal.js';
import type { StepInput } from './step-request.js';

/** The record of an attempt that begins now. */
export function attemptStart(
  id: AttemptId,
  { digest: program }: { digest: string },
  inputs: Record<string, StepInput>,
): AttemptStart {
  const digests = Object.entries(inputs).map(([variable, { digest }]) => [variable, digest]);
  return {
    format: 1,
    ...id,
    created: new Date().toISOString(),
    program,
    inputs: Object.fromEntries(digests),
    host: hostname(),
  };
}
