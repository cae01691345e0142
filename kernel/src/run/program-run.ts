/** What a program needs around it when it runs: its file, its place, its log. */
import { randomBytes } from 'node:crypto';
import type { Program, Step } from '@tagflow/schema';
import type { AttemptId } from '../store/place-in-step.js';
import { LogWriter, type LogStream } from '../store/log.js';
import type { Store } from '../store/store.js';
import type { AttemptRecord } from '../store/state.js';
import type { RunCache } from './key/cache.js';
import type { Executor } from './executor.js';
import { StepFailure } from './failure.js';
import { keepLimitOf } from './keep-limit.js';
import { MarkedOutput } from './step/mark.js';
import { Mask } from './secrets.js';
import type { Places } from './places.js';
import { bytesOf, milliseconds } from '../pipeline/quantity.js';
import type { Recorded } from './recorded.js';
import type { Execution } from './step-process.js';
import type { StepInput, StepRequest } from './step-request.js';
import { environmentOf, makeWorkingDirectory, removeWorkingDirectory } from './workplace.js';

export interface StepContext {
  run: string;
  /** As of which moment steps see earlier runs. */
  asOf: string;
  store: Store;
  executor: Executor;
  places: Places;
  /** The notebook's directory. */
  directory: string;
  /** Where declared files are copied from: the notebook's directory, if absent. */
  filesFrom?: string;
  /** Declared variables are read from here; from the environment of this process, if absent. */
  env?: Readonly<NodeJS.ProcessEnv>;
  /** What to do about a secret that is not there, where it is not as on a person's own machine. */
  adviceOn?: (secret: string) => string;
  fileOf: (program: Program) => Promise<ProgramFile>;
  cache: RunCache;
  /** What this run has recorded of a program or an item already, where others may have worked on it before. */
  recorded?: (place: Omit<AttemptId, 'attempt'>, retries: number) => Promise<Recorded>;
  signal?: AbortSignal;
  /** Called with the names of values that another run made differently from the same code and inputs. */
  onDifference: (step: string, names: readonly string[]) => void;
  /** Called when an attempt begins and when it has ended. */
  onAttempt: (record: AttemptRecord) => void;
  onOutput: (attempt: AttemptId, stream: LogStream, text: string) => void;
}

/** A program with what it is given. */
export interface ProgramRun {
  step: Step;
  program: Program;
  /** By variable. */
  inputs: Record<string, StepInput>;
  /** What the body before it returned. */
  results?: StepInput[];
  /** Of a loop in a loop: the items around it, and what its body uses of the bodies around it. */
  within?: number[];
  locals?: Record<string, StepInput>;
  /** Inputs of the step's other programs at this place, for loops in this one. */
  inputsOf?: (program: Program) => Record<string, StepInput>;
}

/** A program's code as a file and as a blob. */
export interface ProgramFile {
  path: string;
  digest: string;
}

/**
 * Gives a program its place and does something with it there.
 * @throws StepFailure if what the step declares is not there
 */
export async function inPlace<T>(
  { step, program, inputs, results, locals }: ProgramRun,
  id: AttemptId,
  file: ProgramFile,
  context: StepContext,
  work: (execution: Execution, log: ProgramLog) => Promise<T>,
): Promise<T> {
  const { settings } = step;
  const { env, secrets } = await environmentOf(
    settings,
    context.env ?? process.env,
    context.directory,
    context.adviceOn,
  );
  const workingDirectory = await makeWorkingDirectory(
    context.filesFrom ?? context.directory,
    settings.files ?? [],
  );
  try {
    if (settings.files?.length) refuseChanged(await context.cache.keys.changedFiles(step, program));
    const request: StepRequest = {
      id,
      store: context.store.location,
      ...(context.store.access ? { access: context.store.access } : {}),
      directory: context.directory,
      workingDirectory,
      program: file.path,
      programDigest: file.digest,
      inputs,
      ...(results ? { results } : {}),
      ...(locals ? { locals } : {}),
      outputs: step.produces,
      keep: settings.keep ?? 'all',
      keepLimit: keepLimitOf(settings),
      env,
      asOf: context.asOf,
      secrets,
      ...(program.kind === 'body' || program.kind === 'nested'
        ? { mark: `\u0000${randomBytes(9).toString('base64url')}\u0000` }
        : {}),
    };
    const log = new ProgramLog(request, context);
    const execution: Execution = {
      request,
      timeout: settings.timeout === undefined ? undefined : milliseconds(settings.timeout),
      memory: settings.memory === undefined ? undefined : bytesOf(settings.memory),
      signal: context.signal,
      onOutput: (stream, text) => log.take(stream, text),
    };
    try {
      return await work(execution, log);
    } finally {
      await log.end();
    }
  } finally {
    await removeWorkingDirectory(workingDirectory);
  }
}

/** What was copied is what the key says, or nothing runs: its result would stand for other files later. */
function refuseChanged(files: readonly string[]): void {
  if (files.length === 0) return;
  const names = files.map((file) => JSON.stringify(file)).join(', ');
  throw new StepFailure(
    'ChangedFile',
    `Declared files have changed since the step began: ${names}. Run it again when nothing writes to them.`,
  );
}

/** What a program writes, with secrets masked: into the log of the attempt, or of the item, that wrote it. */
export class ProgramLog {
  private readonly writers = new Map<string, LogWriter>();
  private readonly streams: Record<LogStream, { take(text: string): void; end(): void }>;

  constructor(
    private readonly request: StepRequest,
    private readonly context: StepContext,
  ) {
    this.streams = { stdout: this.streamOf('stdout'), stderr: this.streamOf('stderr') };
  }

  take(stream: LogStream, text: string): void {
    this.streams[stream].take(text);
  }

  /** Writes what is left. Throws StoreError if any of it could not be written. */
  async end(): Promise<void> {
    this.streams.stdout.end();
    this.streams.stderr.end();
    await Promise.all([...this.writers.values()].map((writer) => writer.end()));
  }

  private streamOf(stream: LogStream): { take(text: string): void; end(): void } {
    const mask = new Mask(this.request.secrets);
    const { mark, id } = this.request;
    if (mark === undefined) {
      const write = (text: string): void => this.write(id, stream, text);
      return { take: (text) => write(mask.take(text)), end: () => write(mask.end()) };
    }
    const marked = new MarkedOutput(mark, stream, (item, _stream, text) =>
      this.write({ ...id, ...(item ?? { index: 0 }) }, stream, text),
    );
    return {
      take: (text) => marked.take(mask.take(text)),
      end: () => {
        marked.take(mask.end());
        marked.end();
      },
    };
  }

  private write(id: AttemptId, stream: LogStream, text: string): void {
    if (text === '') return;
    const key = `${id.index ?? ''}.${id.attempt}`;
    const writer = this.writers.get(key) ?? new LogWriter(this.context.store, id);
    this.writers.set(key, writer);
    writer.write(stream, text);
    this.context.onOutput(id, stream, text);
  }
}
