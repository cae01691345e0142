/** Execute requests: compile, run, publish, reply. */
import type { ErrorContent } from '../interpreter/messages.js';
import type { Compiled } from '../language/messages.js';
import type { Compiler } from './compiler.js';
import { History } from './history.js';
import type { Publisher } from './publisher.js';
import type { CellEnd } from './running-cell.js';
import type { UserSession } from './user-session.js';
import type { Content, Message } from './wire.js';

/** Content of an `execute_reply`. */
export type ExecuteReply = Content & { status: 'ok' | 'error' };

interface Settings {
  code: string;
  silent: boolean;
  storeHistory: boolean;
  allowStdin: boolean;
  expressions: Record<string, string>;
}

export const INTERRUPTED: ErrorContent = {
  ename: 'KeyboardInterrupt',
  evalue: 'The cell was interrupted.',
  traceback: ['KeyboardInterrupt: The cell was interrupted.'],
};

export class Execution {
  readonly history = new History();
  /** Number of the last execution that counts. */
  count = 0;
  private cells = 0;
  private readonly compiling = new Set<() => void>();

  constructor(
    private readonly compiler: Compiler,
    private readonly user: UserSession,
    private readonly publisher: Publisher,
  ) {}

  async execute(message: Message): Promise<ExecuteReply> {
    const settings = settingsOf(message.content);
    const { code, silent, storeHistory } = settings;
    if (storeHistory) this.count++;
    const execution_count = this.count;
    if (!silent) this.publisher.publish('execute_input', { code, execution_count }, message.header);
    const end = await this.compileAndRun(message, settings);
    if (storeHistory) this.history.add(execution_count, code, textOf(end));
    if (end.error) {
      if (!silent) this.publisher.publish('error', end.error, message.header);
      const { error, payload } = end;
      return { status: 'error', execution_count, ...error, user_expressions: {}, payload };
    }
    if (end.result && !silent) {
      this.publisher.publish('execute_result', { execution_count, ...end.result }, message.header);
    }
    const user_expressions = await this.evaluateAll(settings.expressions);
    return { status: 'ok', execution_count, user_expressions, payload: end.payload };
  }

  /** Interrupts what is compiled and what runs. */
  interrupt(): void {
    for (const interrupt of this.compiling) interrupt();
    this.user.interrupt();
  }

  private async compileAndRun(message: Message, settings: Settings): Promise<CellEnd> {
    const id = moduleOf(message, ++this.cells);
    let compiled: Compiled | undefined;
    try {
      compiled = await this.compile(id, settings.code);
    } catch (error) {
      return failed(brokenCompiler(error));
    }
    if (!compiled) return failed(INTERRUPTED);
    if (!compiled.ok) return failed(compilerError(compiled));
    if (!settings.silent) this.warn(compiled, message);
    const { header, identities } = message;
    const { script, fresh, names } = compiled;
    const { silent, allowStdin } = settings;
    const label = settings.storeHistory ? `In [${this.count}]` : 'cell';
    const end = await this.user.run({
      module: id,
      label,
      script,
      fresh,
      names,
      header,
      identities,
      silent,
      allowStdin,
    });
    if (!end.lost) this.compiler.commit(id, end.unreached);
    return end;
  }

  /** @returns undefined when it is interrupted first */
  private compile(id: string, source: string): Promise<Compiled | undefined> {
    return new Promise((resolve, reject) => {
      const interrupt = () => resolve(undefined);
      this.compiling.add(interrupt);
      this.compiler
        .compile(id, source)
        .then(resolve, reject)
        .finally(() => this.compiling.delete(interrupt));
    });
  }

  private warn({ diagnostics }: Compiled, message: Message): void {
    const warnings = diagnostics.filter(
      ({ severity, code }) => severity === 'warning' && code.startsWith('TF'),
    );
    for (const { code, message: text, advice } of warnings) {
      this.publisher.stream(
        'stderr',
        `${code}: ${[text, advice].filter(Boolean).join(' ')}\n`,
        message.header,
      );
    }
  }

  private async evaluateAll(expressions: Record<string, string>): Promise<Content> {
    const values: Content = {};
    for (const [name, source] of Object.entries(expressions)) values[name] = await this.evaluate(source);
    return values;
  }

  private async evaluate(source: string): Promise<Content> {
    try {
      const compiled = await this.compiler.ask('compile', { id: 'user_expression', source });
      if (!compiled.ok) return { status: 'error', ...compilerError(compiled) };
      const evaluation = await this.user.evaluate(compiled.script);
      if ('error' in evaluation) return { status: 'error', ...evaluation.error };
      return { status: 'ok', data: evaluation.data, metadata: {} };
    } catch (error) {
      return { status: 'error', ...brokenCompiler(error) };
    }
  }
}

function settingsOf(content: Content): Settings {
  const silent = content['silent'] === true;
  return {
    code: String(content['code'] ?? ''),
    silent,
    storeHistory: !silent && content['store_history'] !== false,
    allowStdin: content['allow_stdin'] === true,
    expressions: (content['user_expressions'] ?? {}) as Record<string, string>,
  };
}

/** The document's cell, where the frontend tells it; else each execution is a cell of its own. */
function moduleOf(message: Message, count: number): string {
  const { cellId } = message.metadata;
  return typeof cellId === 'string' && cellId ? cellId : `cell-${count}`;
}

const failed = (error: ErrorContent): CellEnd => ({ error, unreached: [], payload: [] });

function brokenCompiler(error: unknown): ErrorContent {
  const { message } = error as Error;
  return { ename: 'CompilerError', evalue: message, traceback: [`CompilerError: ${message}`] };
}

function compilerError({ diagnostics, report }: Compiled): ErrorContent {
  const first = diagnostics.find(({ severity }) => severity === 'error');
  return {
    ename: first?.code.startsWith('TF') ? 'CellError' : 'TypeScriptError',
    evalue: first ? `${first.code}: ${first.message}` : 'The cell does not compile.',
    traceback: [report],
  };
}

function textOf({ result }: CellEnd): string | undefined {
  const text = result?.data['text/plain'];
  return typeof text === 'string' ? text : undefined;
}
