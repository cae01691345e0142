/** One program of a step, with its retries: from inputs to a recorded end. */
import type { AttemptEnd } from '@tagflow/schema';
import { type AttemptId, writeAttemptEnd, writeAttemptStart } from '../store/journal.js';
import { failedEnd } from './failure.js';
import { attemptStart } from './attempt-start.js';
import { inPlace, programFile, type ProgramRun, type StepContext } from './program-run.js';
import type { StepReply } from './step-request.js';

/** Makes attempts until one succeeds or none is left. Throws StoreError if the store cannot be written. */
export async function runProgram(run: ProgramRun, context: StepContext): Promise<AttemptEnd> {
  const retries = run.step.settings.retries ?? 0;
  for (let attempt = 1; ; attempt++) {
    const end = await context.places.during(() => runAttempt(run, attempt, context));
    if (end.state !== 'failed' || attempt > retries || context.signal?.aborted) return end;
  }
}

async function runAttempt(run: ProgramRun, attempt: number, context: StepContext): Promise<AttemptEnd> {
  const { step, program, inputs } = run;
  const { store } = context;
  if (context.signal?.aborted) return stoppedEnd();
  const id: AttemptId = { run: context.run, step: step.name, segment: program.segment, attempt };
  const file = await programFile(run, context);
  const start = attemptStart(id, file, inputs);
  await writeAttemptStart(store, start);
  context.onAttempt({ start });
  const { end, recorded } = await inPlace(run, id, file, context, (execution) =>
    context.executor.execute(execution),
  ).catch((error: unknown): StepReply => ({ end: failedEnd(error, []), recorded: false }));
  if (!recorded) await writeAttemptEnd(store, id, end);
  context.onAttempt({ start, end });
  return end;
}

/** Of what was not begun. */
export function stoppedEnd(): AttemptEnd {
  return { format: 1, state: 'stopped', ended: new Date().toISOString(), outputs: [], notKept: [] };
}
