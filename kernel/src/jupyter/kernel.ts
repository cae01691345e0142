/** The protocol: a table of what each message does. */
import { CommRouter } from './comm-router.js';
import { Compiler } from './compiler.js';
import { Execution } from './execution.js';
import { InputRequests } from './input-requests.js';
import { kernelInfo } from './kernel-info.js';
import { toCodePoints, toUtf16 } from './offsets.js';
import { PastRuns } from './past-runs.js';
import { Publisher } from './publisher.js';
import type { RequestChannel, Server } from './server.js';
import { Subshells } from './subshells.js';
import { UserSession } from './user-session.js';
import type { Content, Header, Message } from './wire.js';

/** Gives the content of the reply; undefined for messages without one. */
type Handler = (message: Message) => Content | undefined | Promise<Content | undefined>;

const SHUTDOWN_LIMIT = 4000; // ms; Jupyter kills a kernel after 5 s

export interface KernelOptions {
  /** The notebook's directory. */
  directory: string;
  /** Ends the process; called when everything is sent. */
  exit: () => void;
}

export class Kernel {
  private readonly publisher: Publisher;
  private readonly input: InputRequests;
  private readonly user: UserSession;
  private readonly compiler: Compiler;
  private readonly execution: Execution;
  private readonly comms: CommRouter;
  private readonly past: PastRuns;
  private readonly subshells = new Subshells();
  /** The request that the main shell executes. */
  private executing: Header | undefined;

  constructor(
    private readonly server: Server,
    private readonly options: KernelOptions,
  ) {
    this.publisher = new Publisher(server);
    this.input = new InputRequests(server);
    this.compiler = new Compiler(options.directory);
    this.past = new PastRuns(options.directory);
    this.user = new UserSession(this.publisher, this.input, {
      lost: () => this.compiler.reset(),
      comm: (kind, id, target) => this.comms.noteUserComm(kind, id, target),
    });
    this.execution = new Execution(this.compiler, this.user, this.publisher);
    this.comms = new CommRouter({
      directory: options.directory,
      compiler: this.compiler,
      send: (type, content, parent) => this.publisher.publish(type, content, parent),
      toUser: (kind, content) => this.user.send({ type: 'comm', kind, content }),
    });
    server.watchOutput({ full: () => this.user.pause(), drained: () => this.user.resume() });
  }

  private readonly table: Readonly<Record<string, Handler>> = {
    kernel_info_request: () => kernelInfo(),
    is_complete_request: async ({ content }) => {
      const { status, indent } = await this.compiler.ask('isComplete', { code: String(content['code']) });
      return status === 'incomplete' ? { status, indent } : { status };
    },
    complete_request: ({ content }) => this.complete(content),
    inspect_request: ({ content }) => this.inspect(content),
    history_request: ({ content }) => ({ status: 'ok', history: this.execution.history.find(content) }),
    comm_info_request: ({ content }) => ({ status: 'ok', comms: this.comms.list(content['target_name']) }),
    comm_open: (message) => this.comms.open(message),
    comm_msg: (message) => this.comms.message(message),
    comm_close: (message) => this.comms.close(message),
    create_subshell_request: () => ({ status: 'ok', subshell_id: this.subshells.create() }),
    delete_subshell_request: ({ content }) => this.deleteSubshell(String(content['subshell_id'])),
    list_subshell_request: () => ({ status: 'ok', subshell_id: this.subshells.list() }),
    interrupt_request: () => {
      this.interrupt();
      return { status: 'ok' };
    },
    debug_request: ({ content }) => ({
      type: 'response',
      success: false,
      message: 'This kernel has no debugger.',
      command: content['command'],
      request_seq: content['seq'],
      seq: 1,
      body: {},
    }),
    shutdown_request: ({ content }) => ({ status: 'ok', restart: content['restart'] === true }),
  };

  /** Listens, and starts what the first cell needs: the user process, and the compiler in its thread. */
  start(): void {
    this.publisher.status('starting');
    this.server.serve((channel, message) => this.receive(channel, message));
    this.user.start();
    this.compiler.start();
  }

  interrupt(): void {
    this.execution.interrupt();
  }

  /** Ends runs, the user process and, when everything is sent, this one. */
  async shutDown(): Promise<void> {
    setTimeout(this.options.exit, SHUTDOWN_LIMIT);
    await this.comms.end();
    this.end();
    await this.server.close();
    this.options.exit();
  }

  /** Ends the user process at once; its variables are gone. */
  end(): void {
    this.user.kill();
  }

  private receive(channel: RequestChannel, message: Message): void {
    if (channel === 'stdin') return this.input.reply(String(message.content['value'] ?? ''), message.parent);
    if (message.header.msg_type !== 'execute_request') {
      const { msg_type: type } = message.header;
      void this.handle(channel, message, Object.hasOwn(this.table, type) ? this.table[type] : undefined);
      return;
    }
    const queue = this.subshells.queueOf(message);
    queue.push((aborted) => this.handle(channel, message, aborted ? this.abort : this.execute));
  }

  private readonly abort: Handler = () => ({ status: 'aborted', execution_count: this.execution.count });

  private readonly execute: Handler = async (message) => {
    const queue = this.subshells.queueOf(message);
    const isMain = queue === this.subshells.main;
    if (isMain) this.executing = message.header;
    try {
      const reply = await this.execution.execute(message);
      if (reply.status === 'error' && message.content['stop_on_error'] !== false) queue.abort();
      return reply;
    } finally {
      if (isMain) this.executing = undefined;
    }
  };

  /** Every request stands between `busy` and `idle`; its reply is sent before `idle`. */
  private async handle(channel: RequestChannel, message: Message, handler?: Handler): Promise<void> {
    const { header } = message;
    this.publisher.status('busy', header);
    const content = await this.answer(message, handler);
    this.publisher.flush();
    if (content) this.reply(channel, message, content);
    this.publisher.status('idle', header);
    // The last state that a frontend hears is the one it shows.
    if (this.executing) this.publisher.status('busy', this.executing);
    if (header.msg_type === 'shutdown_request') await this.shutDown();
  }

  private async answer(message: Message, handler: Handler | undefined): Promise<Content | undefined> {
    try {
      return await handler?.(message);
    } catch (error) {
      const { name, message: text } = error as Error;
      return { status: 'error', ename: name, evalue: text, traceback: [`${name}: ${text}`] };
    }
  }

  private reply(channel: RequestChannel, { header, identities }: Message, content: Content): void {
    const type = header.msg_type.replace(/_request$/, '_reply');
    this.server.send(channel, { identities, type, content, parent: header });
  }

  private async complete(content: Content): Promise<Content> {
    const code = String(content['code']);
    const offset = toUtf16(code, Number(content['cursor_pos'] ?? Infinity));
    const { kinds, past, ...range } = await this.compiler.ask('complete', { code, offset });
    const names = past ? await this.past.complete(past, code.slice(range.start, offset)) : [];
    const [start, end] = [toCodePoints(code, range.start), toCodePoints(code, range.end)];
    // Where a member is written, a call of it with all it needs is one choice more; else names are what is wanted.
    const all = past?.kind === 'call' ? [...kinds, ...names] : [...names, ...kinds];
    const matches = all.map(({ text }) => text);
    const metadata = { _jupyter_types_experimental: all.map((each) => ({ ...each, start, end })) };
    return { status: 'ok', matches, cursor_start: start, cursor_end: end, metadata };
  }

  private async inspect(content: Content): Promise<Content> {
    const code = String(content['code']);
    const offset = toUtf16(code, Number(content['cursor_pos'] ?? Infinity));
    const detail = Number(content['detail_level'] ?? 0);
    const { past, ...inspected } = await this.compiler.ask('inspect', { code, offset, detail });
    const { found, text, markdown } = (past && (await this.past.inspect(past))) ?? inspected;
    return {
      status: 'ok',
      found,
      data: found ? { 'text/plain': text, 'text/markdown': markdown } : {},
      metadata: {},
    };
  }

  private deleteSubshell(id: string): Content {
    if (this.subshells.delete(id)) return { status: 'ok' };
    return {
      status: 'error',
      ename: 'UnknownSubshell',
      evalue: `There is no subshell ${id}.`,
      traceback: [],
    };
  }
}
