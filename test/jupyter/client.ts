/** A kernel of its own for a test, spoken to as a frontend does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as zmq from 'zeromq';

export interface Message {
  header: { msg_id: string; msg_type: string; subshell_id?: string };
  parent: { msg_id?: string };
  content: Record<string, any>;
}

/** A cell's reply, and what was published while it ran, without states. */
export interface Execution {
  reply: Record<string, any>;
  outputs: { type: string; content: Record<string, any> }[];
}

export const KERNEL = fileURLToPath(new URL('../../kernel/lib/jupyter/process.js', import.meta.url));
const KEY = 'a key for tests';
const PORTS = ['shell', 'control', 'stdin', 'iopub', 'hb'] as const;
const DELIMITER = '<IDS|MSG>';

type Wanted = (message: Message) => boolean;

/** Messages of a channel, kept until someone asks for them. */
class Inbox {
  private readonly messages: Message[] = [];
  private waiting: { wanted: Wanted; resolve: (message: Message) => void }[] = [];

  put(message: Message): void {
    const index = this.waiting.findIndex(({ wanted }) => wanted(message));
    if (index < 0) this.messages.push(message);
    else this.waiting.splice(index, 1)[0]!.resolve(message);
  }

  take(wanted: Wanted): Promise<Message> {
    const index = this.messages.findIndex(wanted);
    if (index >= 0) return Promise.resolve(this.messages.splice(index, 1)[0]!);
    return new Promise((resolve) => this.waiting.push({ wanted, resolve }));
  }

  /** What has come and no one has asked for. */
  all(): Message[] {
    return [...this.messages];
  }
}

export class TestKernel {
  readonly inbox = { shell: new Inbox(), control: new Inbox(), stdin: new Inbox(), iopub: new Inbox() };
  private readonly session = randomUUID();

  private constructor(
    readonly process: ChildProcess,
    readonly directory: string,
    private readonly sockets: Record<'shell' | 'control' | 'stdin', zmq.Dealer> & { iopub: zmq.Subscriber },
  ) {
    for (const name of ['shell', 'control', 'stdin', 'iopub'] as const) void this.receive(name);
  }

  /** Starts a kernel in the directory; without one, in a temporary directory that goes with the kernel. */
  static async start({
    directory = temporary(),
    env = {},
  }: { directory?: string; env?: object } = {}): Promise<TestKernel> {
    const ports = await freePorts();
    const connection = {
      transport: 'tcp',
      ip: '127.0.0.1',
      key: KEY,
      signature_scheme: 'hmac-sha256',
      ...ports,
    };
    const file = join(directory, 'connection.json');
    writeFileSync(file, JSON.stringify(connection));
    const child = spawn(process.execPath, [KERNEL, file], {
      cwd: directory,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const routingId = randomUUID(); // one for all: input is asked of whom a cell was received from
    const dealer = () => new zmq.Dealer({ routingId, linger: 0 });
    const sockets = {
      shell: dealer(),
      control: dealer(),
      stdin: dealer(),
      iopub: new zmq.Subscriber({ linger: 0 }),
    };
    const kernel = new TestKernel(child, directory, sockets);
    for (const name of ['shell', 'control', 'stdin', 'iopub'] as const) {
      sockets[name].connect(`tcp://127.0.0.1:${ports[`${name}_port`]}`);
    }
    sockets.iopub.subscribe();
    await kernel.inbox.iopub.take(({ header }) => header.msg_type === 'iopub_welcome');
    await kernel.ask('kernel_info_request');
    return kernel;
  }

  /** Sends a request and gives its reply. */
  async ask(
    type: string,
    content: object = {},
    channel: 'shell' | 'control' = 'shell',
    header: object = {},
  ): Promise<Record<string, any>> {
    const id = this.send(type, content, channel, header);
    const reply = await this.inbox[channel].take(({ parent }) => parent.msg_id === id);
    return reply.content;
  }

  /** Runs a cell and waits for its reply and `idle`. */
  async execute(
    code: string,
    options: object = {},
    header: object = {},
    metadata: object = {},
  ): Promise<Execution> {
    return this.executed(this.startCell(code, options, header, metadata));
  }

  /** Sends a cell: `executed` waits for it. */
  startCell(code: string, options: object = {}, header: object = {}, metadata: object = {}): string {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: true,
      stop_on_error: true,
    };
    return this.send('execute_request', { ...content, ...options }, 'shell', header, metadata);
  }

  async executed(id: string): Promise<Execution> {
    const outputs: Execution['outputs'] = [];
    for (;;) {
      const { header, content } = await this.inbox.iopub.take(({ parent }) => parent.msg_id === id);
      if (header.msg_type === 'status' && content['execution_state'] === 'idle') break;
      if (header.msg_type !== 'status') outputs.push({ type: header.msg_type, content });
    }
    const { content: reply } = await this.inbox.shell.take(({ parent }) => parent.msg_id === id);
    return { reply, outputs };
  }

  /** @returns the message's id */
  send(
    type: string,
    content: object,
    channel: 'shell' | 'control' | 'stdin' = 'shell',
    header: object = {},
    metadata: object = {},
    parent: object = {},
  ): string {
    const id = randomUUID();
    const date = new Date().toISOString();
    const full = {
      msg_id: id,
      msg_type: type,
      session: this.session,
      username: 'test',
      date,
      version: '5.5',
      ...header,
    };
    const parts = [full, parent, metadata, content].map((part) => JSON.stringify(part));
    void this.sendFrames(channel, [DELIMITER, sign(parts), ...parts]);
    return id;
  }

  async sendFrames(channel: 'shell' | 'control' | 'stdin', frames: string[]): Promise<void> {
    const former = this.sending;
    this.sending = (async () => {
      await former;
      await this.sockets[channel].send(frames);
    })();
    await this.sending;
  }
  private sending: Promise<void> = Promise.resolve();

  interrupt(): Promise<object> {
    return this.ask('interrupt_request', {}, 'control');
  }

  async end(): Promise<void> {
    const ended =
      this.process.exitCode === null && this.process.signalCode === null
        ? new Promise((resolve) => this.process.once('exit', resolve))
        : undefined;
    if (ended) this.send('shutdown_request', { restart: false }, 'control');
    await ended;
    for (const socket of Object.values(this.sockets)) socket.close();
    if (this.directory.startsWith(tmpdir())) rmSync(this.directory, { recursive: true, force: true });
  }

  private async receive(name: 'shell' | 'control' | 'stdin' | 'iopub'): Promise<void> {
    for await (const frames of this.sockets[name]) {
      const parts = frames.slice(frames.findIndex((frame) => frame.toString() === DELIMITER) + 1).map(String);
      if (parts[0] !== sign(parts.slice(1, 5))) throw new Error('The kernel signed a message wrongly.');
      const [header, parent, , content] = parts.slice(1, 5).map((part) => JSON.parse(part));
      this.inbox[name].put({ header, parent, content });
    }
  }
}

export function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'tagflow-kernel-'));
}

/** Text that a cell printed. */
export function printed({ outputs }: Execution, name?: 'stdout' | 'stderr'): string {
  const streams = outputs.filter(
    ({ type, content }) => type === 'stream' && (!name || content['name'] === name),
  );
  return streams.map(({ content }) => content['text']).join('');
}

/** Data of the cell's result. */
export function resultOf({ outputs }: Execution): Record<string, any> | undefined {
  return outputs.find(({ type }) => type === 'execute_result')?.content['data'];
}

function sign(parts: string[]): string {
  const hmac = createHmac('sha256', KEY);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

async function freePorts(): Promise<Record<string, number>> {
  const servers = await Promise.all(
    PORTS.map(async (name) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return [`${name}_port`, server] as const;
    }),
  );
  const ports = servers.map(([name, server]) => [name, (server.address() as AddressInfo).port] as const);
  for (const [, server] of servers) server.close();
  return Object.fromEntries(ports);
}
