/**
 * A thread of the user process beside its main thread. The kernel tells it of interrupts over a pipe of its own; when
 * the main thread does not take one up, it terminates what runs there (`interrupt-signals.ts` says how).
 */
import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers';
import { workerData } from 'node:worker_threads';
import { endAll } from './end.js';
import { read, signal, UNWIND, waitForChange } from './interrupt-signals.js';
import { DESCRIPTOR } from './messages.js';

const COOPERATION = 40; // ms for the event loop to take up an interrupt by itself
const AFTER_TERMINATION = 300; // ms for the event loop to turn once code was terminated
const RETRY = 1; // ms, when it was not user code that ran
const ANSWER = 20_000; // ms for the main thread to come to the evaluation: native code may keep it

const { signals } = workerData as { signals: Int32Array };
const session = new Session();
let connected = false;
let attempts = 0;

const isAnswered = (interrupt: number) => read(signals, 'answered') >= interrupt;

function waitForAnswer(interrupt: number, timeout: number): boolean {
  if (!isAnswered(interrupt)) waitForChange(signals, 'answered', read(signals, 'answered'), timeout);
  return isAnswered(interrupt);
}

function stop(interrupt: number, patience: number): void {
  if (waitForAnswer(interrupt, patience)) return;
  if (!connected) session.connectToMainThread();
  connected = true;
  const attempt = ++attempts;
  const expression = `globalThis[Symbol.for(${JSON.stringify(UNWIND)})]?.(${attempt}, ${interrupt})`;
  session.post('Runtime.evaluate', { expression }, () => undefined);
  const answer = awaitUnwinding(interrupt, attempt);
  if (answer === attempt) {
    // Asked for while the main thread still waits inside the evaluation: both belong to one dispatch.
    session.post('Runtime.terminateExecution', () => undefined);
    signal(signals, 'terminating', attempt);
    setImmediate(stop, interrupt, AFTER_TERMINATION);
  } else if (answer === -attempt) setTimeout(stop, RETRY, interrupt, RETRY);
}

/** The main thread's answer to the attempt; undefined when the event loop turns after all, or native code keeps it. */
function awaitUnwinding(interrupt: number, attempt: number): number | undefined {
  const end = Date.now() + ANSWER;
  for (;;) {
    const answer = read(signals, 'stopped');
    if (Math.abs(answer) === attempt) return answer;
    if (Date.now() > end || isAnswered(interrupt)) return undefined;
    waitForChange(signals, 'stopped', answer, 5);
  }
}

const pipe = new Socket({ fd: DESCRIPTOR.interrupt, readable: true, writable: false });
let received = '';
pipe.on('data', (chunk: Buffer) => {
  const lines = (received + chunk.toString()).split('\n');
  received = lines.pop()!;
  for (const line of lines) stop(Number(line), COOPERATION);
});
// The kernel is gone. The main thread may be busy for ever, so nothing less than this ends the process.
pipe.on('end', endAll);
pipe.on('error', endAll);
