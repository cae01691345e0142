/** Where attempts of steps run: here, in processes of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { AttemptEnd } from '@tagflow/schema';
import { placeOf } from '../interpreter/place.js';
import type { LogStream } from '../store/log.js';
import type { StepMessage, StepReply, StepRequest } from './step-request.js';

export interface Execution {
  request: StepRequest;
  /** Longest time, in milliseconds. */
  timeout?: number;
  /** Memory of the step, in bytes: its heap gets most of it. */
  memory?: number;
  signal?: AbortSignal;
  onOutput: (stream: LogStream, text: string) => void;
}

export interface Executor {
  /** Gets ready for so many attempts, ahead of time. */
  prepare(attempts: number): void;
  execute(execution: Execution): Promise<StepReply>;
  /** Ends what is still there. */
  close(): void;
}

const STEP = fileURLToPath(new URL('./step.js', import.meta.url));
/** What Node itself and the programs it starts need; everything else a step declares. */
const NEEDED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LD_LIBRARY_PATH', 'SystemRoot'];
/** Processes kept ready: each holds some 20 MB that it shares with no other. */
const SPARES = 6;
/** The rest of a step's memory is for buffers, code and the process itself. */
const HEAP_SHARE = 0.75;
/** A stopped process may end by itself for so long, in milliseconds. */
const GRACE = 1_500;
/** Output may still come for so long after a process ended, in milliseconds. */
const DRAIN = 500;

export class LocalExecutor implements Executor {
  private readonly spares: ChildProcess[] = [];
  private readonly running = new Set<ChildProcess>();
  private wanted = 0;
  /** Whether a process is being started ahead: one at a time, so as to leave the other processors alone. */
  private starting = false;

  /** @param atOnce how many processes are kept ready at most */
  constructor(private readonly atOnce = SPARES) {}

  prepare(attempts: number): void {
    this.wanted = attempts;
    this.refill();
  }

  execute(execution: Execution): Promise<StepReply> {
    const process = this.take(execution.memory);
    this.running.add(process);
    return new Attempt(process, execution).result.finally(() => this.running.delete(process));
  }

  close(): void {
    this.wanted = 0;
    for (const each of [...this.spares.splice(0), ...this.running]) each.kill('SIGKILL');
  }

  private take(memory: number | undefined): ChildProcess {
    this.wanted--;
    // The heap's limit can only be set when a process starts.
    if (memory !== undefined) return start(memory);
    const spare = this.spares.shift();
    // The next one starts a little later, so as not to slow this one's first moments.
    setTimeout(() => this.refill(), 20).unref();
    return spare?.connected ? spare : start();
  }

  private refill(): void {
    if (this.starting || this.spares.length >= Math.min(this.atOnce, this.wanted)) return;
    this.starting = true;
    const spare = start();
    this.spares.push(spare);
    const started = (): void => {
      spare.off('message', started).off('exit', started);
      this.starting = false;
      this.refill();
    };
    spare.on('message', started).on('exit', started);
  }
}

function start(memory?: number): ChildProcess {
  const heap =
    memory === undefined
      ? []
      : [`--max-old-space-size=${Math.max(16, Math.floor((memory / 2 ** 20) * HEAP_SHARE))}`];
  const needed = NEEDED.filter((name) => process.env[name] !== undefined).map((name) => [
    name,
    process.env[name],
  ]);
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...heap, STEP], {
    cwd: tmpdir(),
    env: placeOf(Object.fromEntries(needed) as NodeJS.ProcessEnv),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** One attempt in one process, until both have ended. */
class Attempt {
  readonly result: Promise<StepReply>;
  private reply: StepReply | undefined;
  private stopped = false;
  private timedOut = false;
  private lastWords = '';

  constructor(
    private readonly process: ChildProcess,
    private readonly execution: Execution,
  ) {
    const { timeout, signal } = execution;
    this.listen('stdout');
    this.listen('stderr');
    const timer = timeout === undefined ? undefined : setTimeout(() => this.end('timeout'), timeout);
    const stop = (): void => this.end('stop');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    process.on('message', (message: StepMessage) => {
      if ('end' in message) this.reply = message;
    });
    this.result = this.closed().then((how) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      return this.outcome(how);
    });
    process.send(execution.request, (error) => error && process.kill('SIGKILL'));
  }

  private listen(stream: LogStream): void {
    const source = this.process[stream]!;
    source.setEncoding('utf8');
    source.on('data', (text: string) => {
      if (stream === 'stderr') this.lastWords = (this.lastWords + text).slice(-4000);
      this.execution.onOutput(stream, text);
    });
  }

  private end(why: 'timeout' | 'stop'): void {
    if (why === 'timeout') this.timedOut = true;
    else this.stopped = true;
    this.process.kill(why === 'timeout' ? 'SIGKILL' : 'SIGTERM');
    setTimeout(() => this.process.kill('SIGKILL'), GRACE).unref();
  }

  /** Waits for the process and its output; a process that it left behind may keep the output open. */
  private closed(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('close', (code, signal) => resolve({ code, signal }));
      this.process.on('exit', (code, signal) => setTimeout(() => resolve({ code, signal }), DRAIN).unref());
    });
  }

  private outcome({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }): StepReply {
    if (this.reply) return this.reply;
    const { timeout, memory } = this.execution;
    if (this.stopped) return ended('stopped', 'Stopped', 'The run was stopped.');
    if (this.timedOut)
      return ended('failed', 'Timeout', `The step took longer than its timeout of ${timeout! / 1000} s.`);
    if (this.lastWords.includes('heap out of memory')) {
      const limit = memory === undefined ? '' : ` of ${Math.round(memory / 2 ** 20)}Mi`;
      return ended(
        'failed',
        'OutOfMemory',
        `The step ran out of memory${limit}. Raise its setting \`memory\`.`,
      );
    }
    const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
    const end = ended('failed', 'ProcessEnded', `The step's process ${how} before its last statement.`);
    Object.assign(end.end.failure!, signal ? { signal } : { exitCode: code ?? -1 });
    return end;
  }
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
