/**
 * The process of one step: started ahead, it waits to be told which, runs the step's program, records the end and exits.
 */
import { pathToFileURL } from 'node:url';
import type { AttemptEnd } from '@tagflow/schema';
import { setPlace } from '../library/place.js';
import { FolderStore } from '../store/file.js';
import { writeAttemptEnd } from '../store/journal.js';
import { StepFailure, failureOf } from './failure.js';
import type { StepReply, StepRequest } from './step-request.js';
import { StepRuntime } from './step-runtime.js';

type Program = { default: (runtime: StepRuntime) => Promise<void> };

async function run(request: StepRequest): Promise<AttemptEnd> {
  Object.assign(process.env, request.env);
  process.chdir(request.workingDirectory);
  process.setSourceMapsEnabled(true);
  setPlace({ directory: request.directory, store: request.store });
  const runtime = new StepRuntime(new FolderStore(request.store), request);
  const stray = strayErrors();
  try {
    await runtime.prepare();
    const program = (await import(pathToFileURL(request.program).href)) as Program;
    await Promise.race([program.default(runtime), stray]);
    if (!runtime.kept) throw new StepFailure('NotFinished', 'The program ended without keeping its values.');
    return { format: 1, state: 'succeeded', ended: now(), ...runtime.kept };
  } catch (thrown) {
    return { format: 1, state: 'failed', ended: now(), outputs: [], notKept: [], failure: failureOf(thrown) };
  }
}

/** Rejects with what nobody caught: an error in a timer, a promise that nobody awaits. */
function strayErrors(): Promise<never> {
  const stray = new Promise<never>((_resolve, reject) => {
    process.on('uncaughtException', reject);
    process.on('unhandledRejection', reject);
  });
  // Once the step has ended nobody waits for it any more.
  stray.catch(() => undefined);
  return stray;
}

async function record(request: StepRequest, end: AttemptEnd): Promise<StepReply> {
  try {
    await writeAttemptEnd(new FolderStore(request.store), request.id, end);
    return { end, recorded: true };
  } catch (error) {
    const failed: AttemptEnd = { ...end, state: 'failed', outputs: [], failure: failureOf(error) };
    return { end: failed, recorded: false };
  }
}

function now(): string {
  return new Date().toISOString();
}

// Ctrl-C reaches every process of the terminal; the runner says which steps stop.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(1));
process.send?.({ ready: true });
process.once('message', (request: StepRequest) => {
  void run(request)
    .then((end) => record(request, end))
    .then((reply) => process.send!(reply, () => process.exit(reply.end.state === 'succeeded' ? 0 : 1)));
});
