/** The kernel's handle of a user process. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { encodeFrame, FrameReader } from './frames.js';
import { DESCRIPTOR, type FromUser, type StreamName, type ToUser } from './messages.js';
import { placeOf } from './place.js';
import { ProcessGroups, signalGroup } from './process-groups.js';
import { RawOutput } from './raw-output.js';

export interface UserProcessEvents {
  message(message: FromUser): void;
  /** Text on a raw descriptor. */
  raw(name: StreamName, text: string): void;
  /** A cell's mark on a raw descriptor: nothing that it wrote there comes later. */
  mark(nonce: string): void;
  /** The kernel and it do not understand each other any more: it is being ended. */
  unreadable(): void;
  /** The process has ended and all that it had written has been read. */
  end(code: number | null, signal: NodeJS.Signals | null): void;
}

export interface UserProcessOptions {
  /** Limit of the JavaScript heap in MB; without it, Node's own. */
  heap?: number;
}

/** How long the pipes of a dead process are read when another process holds them open, in ms. */
const LINGER = 300;

const ENTRY = fileURLToPath(new URL('./child.js', import.meta.url));

const groups = new ProcessGroups();

export class UserProcess {
  private readonly process: ChildProcess;
  private readonly readers: Duplex[] = [];

  constructor(events: UserProcessEvents, { heap }: UserProcessOptions = {}) {
    const limits = heap === undefined ? [] : [`--max-old-space-size=${heap}`];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...limits, ENTRY], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: placeOf(process.env),
      detached: true, // a group of its own: a terminal's Ctrl-C is for the kernel, and a kill takes its children along
    });
    this.process = child;
    groups.add(child);
    const frames = new FrameReader<FromUser>((message) => events.message(message));
    let readable = true;
    const giveUp = () => {
      readable = false;
      events.unreadable();
      this.kill();
    };
    this.read(DESCRIPTOR.fromUser, (chunk) => {
      try {
        if (readable) frames.push(chunk);
      } catch (error) {
        // A line that is no message is user code's doing; anything else is the kernel's.
        if (!(error instanceof SyntaxError)) process.stderr.write(`${(error as Error).stack}\n`);
        giveUp();
      }
    });
    const endIfAlive = () => {
      if (child.exitCode === null && child.signalCode === null) giveUp();
    };
    for (const descriptor of Object.values(DESCRIPTOR)) {
      // Closed by user code, unless the process ends.
      this.stream(descriptor)
        .resume()
        .on('close', () => setTimeout(endIfAlive, LINGER).unref());
    }
    for (const [descriptor, name] of [
      [1, 'stdout'],
      [2, 'stderr'],
    ] as const) {
      const output = new RawOutput((text) => events.raw(name, text), events.mark);
      this.read(descriptor, (chunk) => output.push(chunk));
    }
    for (const stream of child.stdio) stream?.on('error', () => undefined); // `close` follows
    let ended = false;
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      if (!ended) events.end(code, signal);
      ended = true;
    };
    child.on('error', () => end(null, null));
    child.on('close', end); // when its pipes have been read to the end
    child.on('exit', (code, signal) => {
      setTimeout(end, LINGER, code, signal).unref();
    });
  }

  send(message: ToUser): void {
    this.stream(DESCRIPTOR.toUser).write(encodeFrame(message));
  }

  /** Asks for the end of all cells: by the event loop, and by the interrupt worker in case that does not turn. */
  interrupt(id: number): void {
    this.stream(DESCRIPTOR.interrupt).write(`${id}\n`);
    this.send({ type: 'interrupt', id });
  }

  /** While the kernel does not read, the process waits with its next output. */
  pause(): void {
    for (const reader of this.readers) reader.pause();
  }

  resume(): void {
    for (const reader of this.readers) reader.resume();
  }

  /** Ends the process, and what it has started, at once. */
  kill(): void {
    signalGroup(this.process, 'SIGKILL');
  }

  private read(descriptor: number, receive: (chunk: Buffer) => void): void {
    const reader = this.stream(descriptor);
    reader.on('data', receive);
    this.readers.push(reader);
  }

  private stream(descriptor: number): Duplex {
    return this.process.stdio[descriptor] as Duplex;
  }
}
