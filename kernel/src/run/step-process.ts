/** The process of one program of a step, seen from the runner. */
import type { ChildProcess } from 'node:child_process';
import type { AttemptEnd } from '@tagflow/schema';
import type { LogStream } from '../store/log.js';
import { outOfMemory } from './failure.js';
import { memoryKills } from './step/memory-kills.js';
import { signalGroup } from '../interpreter/process-groups.js';
import { Reads } from './step/reads.js';
import type { RunnerMessage, StepMessage, StepReply, StepRequest } from './step-request.js';

export interface Execution {
  request: StepRequest;
  /** Longest time, in milliseconds; of a body, for each item. */
  timeout?: number;
  /** Memory of the step, in bytes: its heap gets most of it. */
  memory?: number;
  signal?: AbortSignal;
  onOutput: (stream: LogStream, text: string) => void;
}

/** How a process ended, or that it never began. */
interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  error?: Error;
}

/** A stopped process may end by itself for so long, in milliseconds. */
const GRACE = 1_500;
/** Output may still come for so long after a process ended, in milliseconds. */
const DRAIN = 500;

/** A program in a process, until both have ended. */
export class StepProcess {
  readonly result: Promise<StepReply>;
  /** For the record of an attempt that cannot write its own. */
  private readonly reads = new Reads();
  private reply: StepReply | undefined;
  private stopped = false;
  private timedOut = false;
  private lastWords = '';
  private timer: NodeJS.Timeout | undefined;
  private readonly killsBefore: number;

  /** @param kills how often the system has ended a process for the memory that was used */
  constructor(
    private readonly process: ChildProcess,
    private readonly execution: Execution,
    private readonly kills: () => number = memoryKills,
  ) {
    this.killsBefore = kills();
    const { request, signal } = execution;
    this.listen('stdout');
    this.listen('stderr');
    const stop = (): void => this.stop();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    this.onMessage((message) => {
      if ('end' in message) this.reply = message;
      else if ('read' in message) this.reads.note(message.read);
      else if ('began' in message) this.reads.beginItem();
    });
    this.result = this.closed().then((how) => {
      this.limit(undefined);
      signal?.removeEventListener('abort', stop);
      const { end, recorded } = this.outcome(how);
      return { end: recorded ? end : { ...end, ...this.reads.record() }, recorded };
    });
    // An item has its own time.
    if (request.mark === undefined) this.limit(execution.timeout);
    this.send({ request });
  }

  send(message: RunnerMessage): void {
    if (this.process.connected)
      this.process.send(message, (error) => error && signalGroup(this.process, 'SIGKILL'));
  }

  /** Code that has spoiled built-in objects may make anything of a message: only objects are some. */
  onMessage(listener: (message: StepMessage) => void): void {
    this.process.on('message', (message: StepMessage | null) => {
      if (typeof message === 'object' && message !== null) listener(message);
    });
  }

  /** From now on it may go on for so many milliseconds; without a number as long as it likes. */
  limit(timeout: number | undefined): void {
    clearTimeout(this.timer);
    this.timer = timeout === undefined ? undefined : setTimeout(() => this.timeOut(), timeout);
  }

  private listen(stream: LogStream): void {
    const source = this.process[stream]!;
    source.setEncoding('utf8');
    source.on('data', (text: string) => {
      if (stream === 'stderr') this.lastWords = (this.lastWords + text).slice(-4000);
      this.execution.onOutput(stream, text);
    });
  }

  private timeOut(): void {
    this.timedOut = true;
    signalGroup(this.process, 'SIGKILL');
  }

  private stop(): void {
    this.stopped = true;
    signalGroup(this.process, 'SIGTERM');
    setTimeout(() => signalGroup(this.process, 'SIGKILL'), GRACE).unref();
  }

  /** Waits for the process and its output; a process that it left behind may keep the output open. */
  private closed(): Promise<Exit> {
    return new Promise((resolve) => {
      this.process.on('error', (error) => resolve({ code: null, signal: null, error }));
      this.process.on('close', (code, signal) => resolve({ code, signal }));
      this.process.on('exit', (code, signal) => setTimeout(() => resolve({ code, signal }), DRAIN).unref());
    });
  }

  private outcome({ code, signal, error }: Exit): StepReply {
    if (this.reply) return this.reply;
    const { timeout, memory } = this.execution;
    if (this.stopped) return ended('stopped', 'Stopped', 'The run was stopped.');
    if (this.timedOut)
      return ended('failed', 'Timeout', `The step took longer than its timeout of ${timeout! / 1000} s.`);
    if (error) return ended('failed', 'NotStarted', notStarted(error));
    // Buffers lie outside the heap: of them the system knows alone.
    const isKilled = signal === 'SIGKILL' && this.kills() > this.killsBefore;
    if (isKilled || this.lastWords.includes('heap out of memory')) {
      const { name, message } = outOfMemory(memory);
      return ended('failed', name, message);
    }
    const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
    const end = ended('failed', 'ProcessEnded', `The step's process ${how} before its last statement.`);
    Object.assign(end.end.failure!, signal ? { signal } : { exitCode: code ?? -1 });
    return end;
  }
}

function notStarted({ message }: Error): string {
  return `No process could be started for the step (${message}). If Node was updated meanwhile, restart what runs it; else the system may have no more processes to give.`;
}

function ended(state: AttemptEnd['state'], name: string, message: string): StepReply {
  const failure = state === 'stopped' ? undefined : { name, message };
  const end: AttemptEnd = {
    format: 1,
    state,
    ended: new Date().toISOString(),
    outputs: [],
    notKept: [],
    ...(failure && { failure }),
  };
  return { end, recorded: false };
}
