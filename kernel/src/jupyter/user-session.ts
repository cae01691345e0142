/** The user process across its replacements: runs cells in it and publishes what they say. */
import type {
  DoneMessage,
  ErrorContent,
  FromUser,
  RunnableScript,
  StreamName,
  ToUser,
} from '../interpreter/messages.js';
import { UserProcess } from '../interpreter/user-process.js';
import type { MimeBundle } from '../library/mime.js';
import type { InputRequests } from './input-requests.js';
import { ProcessDeath } from './process-death.js';
import type { Publisher } from './publisher.js';
import { RunningCell, type CellEnd, type CellRequest } from './running-cell.js';
import type { Header } from './wire.js';

export interface UserSessionEvents {
  /** The process ended and was replaced: no cell has a value any more. */
  lost(): void;
  /** User code opened or closed a comm. */
  comm(kind: 'comm_open' | 'comm_close', id: string, target: string): void;
}

export type Evaluation = { data: MimeBundle } | { error: ErrorContent };

const GRACE = 3000; // ms that what is interrupted has to end before its process is replaced
const UNREADABLE =
  'The kernel and its user process do not understand each other any more: code used the file descriptors 3, 4 or 5, which are theirs, or changed built-in objects.';
const REMEMBERED = 5000; // ended cells whose late output still finds its parent

export class UserSession {
  private process: UserProcess | undefined;
  private death = new ProcessDeath();
  private isUp = false;
  private cells = new Map<number, RunningCell>();
  private readonly headers = new Map<number, Header>();
  private readonly evaluations = new Map<string, (evaluation: Evaluation) => void>();
  /** Ends the process when it does not take up an interrupt that came while no cell ran. */
  private killer: NodeJS.Timeout | undefined;
  private count = 0;
  private interrupts = 0;
  private questions = 0;

  constructor(
    private readonly publisher: Publisher,
    private readonly input: InputRequests,
    private readonly events: UserSessionEvents,
  ) {}

  /** Starts the process ahead of the first cell. */
  start(): UserProcess {
    if (this.process) return this.process;
    const death = (this.death = new ProcessDeath());
    this.isUp = false;
    const heap = Number(process.env['TAGFLOW_HEAP']) || undefined;
    const started = new UserProcess(
      {
        message: (message) => this.receive(message),
        raw: (name, text) => this.publishStream(name, death.filter(name, text), this.latest()?.number),
        mark: (nonce) => this.mark(nonce),
        unreadable: () => (death.reason = UNREADABLE),
        end: (code, signal) => this.replace(death.describe(code, signal)),
      },
      { heap },
    );
    return (this.process = started);
  }

  run(request: CellRequest): Promise<CellEnd> {
    const cell = new RunningCell(++this.count, request);
    const { module, label, script, fresh, names } = request;
    this.cells.set(cell.number, cell);
    this.remember(cell);
    this.send({ type: 'run', cell: cell.number, module, label, script, fresh, names, nonce: cell.nonce });
    return cell.ended;
  }

  /** Evaluates an expression; what it writes belongs to the cell that ran last. */
  evaluate(script: RunnableScript): Promise<Evaluation> {
    const id = String(++this.questions);
    return new Promise((resolve) => {
      this.evaluations.set(id, resolve);
      this.send({ type: 'evaluate', id, cell: this.count, script });
    });
  }

  /** Interrupts all cells that run; without one, what keeps the process busy although its cell has ended. */
  interrupt(): void {
    const { process } = this;
    const isIdle = this.cells.size === 0 && this.evaluations.size === 0;
    if (!process || (isIdle && !this.isUp)) return;
    process.interrupt(++this.interrupts);
    this.input.clear(); // the process ends its questions too
    for (const cell of this.cells.values()) cell.killer ??= this.killLater('The cell', process);
    if (this.cells.size > 0) return;
    this.killer ??= this.killLater(isIdle ? 'What a cell had left running' : 'An expression', process);
  }

  private killLater(what: string, process: UserProcess): NodeJS.Timeout {
    const { death } = this;
    return setTimeout(() => {
      death.reason = `${what} did not stop within ${GRACE / 1000} s, so its process was replaced.`;
      process.kill();
    }, GRACE);
  }

  private keep(): void {
    clearTimeout(this.killer);
    this.killer = undefined;
  }

  send(message: ToUser): void {
    this.start().send(message);
  }

  /** While paused, user code that writes waits. */
  pause(): void {
    this.process?.pause();
  }

  resume(): void {
    this.process?.resume();
  }

  kill(): void {
    this.process?.kill();
    this.process = undefined;
  }

  private receive(message: FromUser): void {
    switch (message.type) {
      case 'up':
        this.isUp = true;
        break;
      case 'stream':
        this.publishStream(message.name, message.text, message.cell);
        break;
      case 'interrupted':
        this.keep();
        break;
      case 'output': {
        const { message: type, content } = message;
        if (type === 'comm_open' || type === 'comm_close') {
          this.events.comm(type, String(content['comm_id']), String(content['target_name'] ?? ''));
        }
        if (!this.isSilent(message.cell)) this.publisher.publish(type, content, this.headerOf(message.cell));
        break;
      }
      case 'input': {
        const cell = (message.cell === undefined ? undefined : this.cells.get(message.cell)) ?? this.latest();
        this.publisher.flush(); // the prompt follows what was printed before it
        this.input.ask(message, cell?.request, (answer) => this.send(answer));
        break;
      }
      case 'evaluated': {
        const { id, data = {}, error } = message;
        this.evaluations.get(id)?.(error ? { error } : { data });
        this.evaluations.delete(id);
        break;
      }
      case 'done':
        this.done(message);
        break;
      default:
        throw new SyntaxError('This is no message of a user process.');
    }
  }

  private done(message: DoneMessage): void {
    const cell = this.cells.get(message.cell);
    if (cell?.setDone(message)) this.end(cell);
  }

  private mark(nonce: string): void {
    const cell = [...this.cells.values()].find((candidate) => candidate.nonce === nonce);
    if (cell?.addMark()) this.end(cell);
  }

  private end(cell: RunningCell): void {
    this.cells.delete(cell.number);
    this.input.drop(cell.request);
  }

  /** The process has ended: what ran is lost, and the next one starts at once. */
  private replace(reason: string): void {
    if (!this.process) return; // the kernel shuts down
    const error: ErrorContent = {
      ename: 'ProcessLost',
      evalue: reason,
      traceback: [`ProcessLost: ${reason} All variables are lost: run the cells again.`],
    };
    const { cells } = this;
    const [evaluations, wasUp] = [[...this.evaluations.values()], this.isUp];
    this.cells = new Map();
    this.evaluations.clear();
    this.input.clear();
    this.process = undefined;
    this.keep();
    if (wasUp) this.start(); // else the next cell tries again
    this.events.lost();
    for (const cell of cells.values()) cell.lose(error);
    for (const settle of evaluations) settle({ error });
    if (cells.size === 0) this.publishStream('stderr', `${error.traceback[0]}\n`, this.count);
  }

  private publishStream(name: StreamName, text: string, cell: number | undefined): void {
    if (text && !this.isSilent(cell)) this.publisher.stream(name, text, this.headerOf(cell));
  }

  private isSilent(cell: number | undefined): boolean {
    return cell !== undefined && this.cells.get(cell)?.request.silent === true;
  }

  /** The header of the cell's request, also when it has ended; without a cell, that of the last one. */
  private headerOf(cell: number | undefined): Header | undefined {
    return this.headers.get(cell ?? this.count) ?? this.headers.get(this.count);
  }

  private latest(): RunningCell | undefined {
    return [...this.cells.values()].at(-1);
  }

  private remember(cell: RunningCell): void {
    this.headers.set(cell.number, cell.request.header);
    if (this.headers.size > REMEMBERED) this.headers.delete(this.headers.keys().next().value!);
  }
}
