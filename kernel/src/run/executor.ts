/** Where attempts of steps run: here, in processes of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { type ItemEvents, ItemProcess, type ItemWorker } from './item-process.js';
import { ProcessGroups, signalGroup } from '../interpreter/process-groups.js';
import { stepEnvironment } from './step-environment.js';
import { stepFile } from './step-file.js';
import { type Execution, StepProcess } from './step-process.js';
import type { StepReply } from './step-request.js';

export interface Executor {
  /** Gets ready for so many attempts, ahead of time; where few will be made, for so many at first. */
  prepare(attempts: number, atFirst?: number): void;
  execute(execution: Execution): Promise<StepReply>;
  /** A process that works on items of a `foreach`. */
  open(execution: Execution, events: ItemEvents): ItemWorker;
  /** Ends what is still there. */
  close(): void;
}

/** Processes kept ready: each holds some 20 MB that it shares with no other. */
const SPARES = 6;
/** The rest of a step's memory is for buffers, code and the process itself. */
const HEAP_SHARE = 0.75;

export class LocalExecutor implements Executor {
  private readonly spares: ChildProcess[] = [];
  private readonly running = new Set<ChildProcess>();
  private readonly groups = new ProcessGroups();
  private wanted = 0;
  /** How many are kept ready at present. */
  private limit: number;
  /** Whether a process is being started ahead: one at a time, so as to leave the other processors alone. */
  private starting = false;

  /**
   * @param atOnce how many processes are kept ready at most
   * @param entry finds the file that they run
   */
  constructor(
    private readonly atOnce = SPARES,
    private readonly entry: () => string = stepFile,
  ) {
    this.limit = atOnce;
  }

  prepare(attempts: number, atFirst = this.atOnce): void {
    this.wanted = attempts;
    this.limit = atFirst;
    this.refill();
  }

  execute(execution: Execution): Promise<StepReply> {
    return this.begin(execution).result;
  }

  open(execution: Execution, events: ItemEvents): ItemWorker {
    return new ItemProcess(this.begin(execution), execution, events);
  }

  close(): void {
    this.wanted = 0;
    for (const each of [...this.spares.splice(0), ...this.running]) signalGroup(each, 'SIGKILL');
    this.groups.close();
  }

  private begin(execution: Execution): StepProcess {
    const child = this.take(execution.memory);
    this.running.add(child);
    const process = new StepProcess(child, execution);
    void process.result.finally(() => this.running.delete(child));
    return process;
  }

  private take(memory: number | undefined): ChildProcess {
    this.wanted--;
    this.limit = this.atOnce;
    // The heap's limit can only be set when a process starts.
    if (memory !== undefined) return this.start(memory);
    const spare = this.spares.shift();
    // The next one starts a little later, so as not to slow this one's first moments.
    setTimeout(() => this.refill(), 20).unref();
    return spare?.connected ? spare : this.start();
  }

  private start(memory?: number): ChildProcess {
    const child = start(this.entry(), memory);
    // Who waits for it hears of its errors by a listener of their own; nobody does of those after its end.
    child.on('error', () => undefined);
    this.groups.add(child);
    return child;
  }

  private refill(): void {
    if (this.starting || this.spares.length >= Math.min(this.limit, this.wanted)) return;
    this.starting = true;
    const spare = this.start();
    this.spares.push(spare);
    const started = (): void => {
      spare.off('message', started).off('exit', started).off('error', failed);
      this.starting = false;
      this.refill();
    };
    // The system refuses another process: whoever needs one now will hear of it.
    const failed = (): void => {
      this.spares.splice(this.spares.indexOf(spare), 1);
      this.starting = false;
    };
    spare.on('message', started).on('exit', started).on('error', failed);
  }
}

function start(entry: string, memory?: number): ChildProcess {
  const heap =
    memory === undefined
      ? []
      : [`--max-old-space-size=${Math.max(16, Math.floor((memory / 2 ** 20) * HEAP_SHARE))}`];
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...heap, entry], {
    cwd: tmpdir(),
    env: stepEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: a terminal's Ctrl-C is for the runner, which says which steps stop.
    detached: true,
  });
}
