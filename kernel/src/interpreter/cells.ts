/** Runs cells: each is a module whose names are accessors on an object. */
import { constants, Script } from 'node:vm';
import { type MimeBundle, mimeBundle } from '../library/mime.js';
import { Rich } from '../library/rich.js';
import { startingCell, withinCell, type CellContext } from './cell-context.js';
import { type CellModule, dropUnreached, withdrawNames } from './cell-module.js';
import { noteShifts } from './cell-positions.js';
import { tell } from './kernel-pipe.js';
import type { Linker } from '../linker/linker.js';
import { LocalBindings, type Rebind } from './local-bindings.js';
import type { DoneMessage, ErrorContent, EvaluateMessage, RunMessage, RunnableScript } from './messages.js';
import type { NotebookClasses } from './notebook-classes.js';
import { writeAll } from './pipe.js';
import { errorContent } from './user-error.js';

/** What the script of a cell calls `$x`. */
interface Runtime {
  /** @param rebind given for a local file: binds the names to a fresh instance */
  import(specifier: string, rebind?: Rebind): Promise<object>;
  require: Linker['require'];
  /** Around each awaited value: what an interrupted cell has started goes no further. */
  check<T>(value: T): T;
  /** Value of the cell's last expression. */
  result: unknown;
}

type CellFunction = (runtime: Runtime, exported: CellModule, ...imported: CellModule[]) => Promise<void>;

/**
 * What becomes of a cell's code. Not a promise of an object that tells it: what user code gives to every object, such as
 * `then` or `error`, would speak for that too.
 */
interface Ends {
  /** Is given the result, and is still part of the cell: it shows the result by the user's code. */
  finish(result: unknown): Promise<void>;
  fail(error: unknown): void;
}

interface Execution {
  cell: number;
  label: string;
  script: RunnableScript;
  /** Whether local files begin anew. */
  fresh?: boolean;
  exported: CellModule;
}

const modules = new Map<string, CellModule>();
// Before timers are tracked, and whatever user code replaces them with.
const nextTurn = setImmediate;
const nextMicrotask = queueMicrotask;

function moduleOf(id: string): CellModule {
  let module = modules.get(id);
  if (!module) modules.set(id, (module = {}));
  return module;
}

export class Cells {
  private readonly localBindings: LocalBindings;

  constructor(
    private readonly linker: Linker,
    private readonly classes: NotebookClasses,
  ) {
    this.localBindings = new LocalBindings(linker);
  }

  /** Runs a cell and tells the kernel how it ended, after all that it has written. */
  async run(message: RunMessage): Promise<void> {
    try {
      await this.runToEnd(message);
    } catch (error) {
      // Code has spoiled what this needs itself, such as Array.prototype: the kernel still waits for the end.
      const { cell, names } = message;
      tell({ type: 'done', cell, unreached: names, payload: [], marks: 0, error: errorContent(error) });
    }
  }

  private async runToEnd({ cell, label, script, fresh, names, nonce, module }: RunMessage): Promise<void> {
    const exported = moduleOf(module);
    withdrawNames(exported, names);
    const before = Object.getOwnPropertyDescriptors(exported);
    // All is there from the start: a setter that user code gives to every object takes what is not.
    const done: DoneMessage = {
      ...{ type: 'done', cell, unreached: [], payload: [], marks: 0 },
      ...{ error: undefined, result: undefined },
    };
    await this.execute({ cell, label, script, fresh, exported }, done.payload, {
      async finish(result) {
        if (result === undefined) return;
        const metadata = result instanceof Rich ? result.metadata : {};
        await show(result, (data) => (done.result = { data, metadata }));
      },
      fail(error) {
        done.unreached = dropUnreached(exported, names, before);
        done.error = errorContent(error);
      },
    });
    for (const [name, digest] of Object.entries(script.classes ?? {})) {
      if (!done.unreached.includes(name)) this.classes.declare(name, digest, exported[name]);
    }
    done.marks = [1, 2].filter((descriptor) => mark(descriptor, nonce)).length;
    try {
      tell(done);
    } catch (error) {
      // Something in the result's metadata that JSON cannot hold, or that has changed since it was looked at.
      const { result: _, ...rest } = done;
      tell({ ...rest, payload: [], error: errorContent(error) });
    }
  }

  async evaluate(message: EvaluateMessage): Promise<void> {
    try {
      await this.evaluateToEnd(message);
    } catch (error) {
      tell({ type: 'evaluated', id: message.id, error: errorContent(error) }); // as above
    }
  }

  private async evaluateToEnd({ id, cell, script }: EvaluateMessage): Promise<void> {
    let data: MimeBundle = {};
    let error: ErrorContent | undefined;
    await this.execute({ cell, label: 'expression', script, exported: {} }, [], {
      async finish(result) {
        await show(result, (shown) => (data = shown));
      },
      fail(thrown) {
        error = errorContent(thrown);
      },
    });
    tell({ type: 'evaluated', id, data, error });
  }

  private execute(
    { cell, label, script, fresh = false, exported }: Execution,
    payload: DoneMessage['payload'],
    { finish, fail }: Ends,
  ): Promise<void> {
    const { promise: stopped, stop } = stopper();
    const context: CellContext = { cell, timers: new Map(), payload, interrupted: undefined, stop };
    const runtime: Runtime = {
      import: (specifier, rebind) => {
        if (rebind) this.localBindings.note(exported, { specifier, rebind });
        return this.linker.import(specifier);
      },
      require: (specifier) => this.linker.require(specifier),
      check(value) {
        // Not this cell's own context: another cell may call a function that an interrupted one has declared.
        const reason = startingCell()?.interrupted;
        if (reason) throw reason;
        return value;
      },
      result: undefined,
    };
    const code = async () => {
      this.localBindings.begin(exported);
      if (fresh) await this.localBindings.renew();
      await startInMicrotask(() => {
        runtime.check(undefined); // the interrupt may have come with the cell
        return compile(script, label)(runtime, exported, ...script.modules.map(moduleOf));
      });
      await finish(runtime.result);
      await turn(); // a promise that was rejected without a handler fails its cell
    };
    return withinCell(context, async () => {
      try {
        await Promise.race([code(), stopped]);
      } catch (error) {
        fail(error);
      }
    });
  }
}

function compile(script: RunnableScript, label: string): CellFunction {
  noteShifts(label, script.shifts);
  return new Script(`(${script.code}\n)`, {
    filename: label,
    columnOffset: -1, // of the parenthesis
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext() as CellFunction;
}

function stopper(): { promise: Promise<never>; stop: (reason: unknown) => void } {
  let stop!: (reason: unknown) => void;
  const promise = new Promise<never>((_, reject) => (stop = reject));
  promise.catch(() => undefined);
  return { promise, stop };
}

/** User code may be terminated: it gets a microtask of its own, so that nothing of ours ends with it. */
function startInMicrotask(run: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    nextMicrotask(() => {
      try {
        run().then(resolve, reject);
      } catch (error) {
        reject(error);
      }
    });
  });
}

const turn = () => new Promise<void>((resolve) => nextTurn(resolve));

async function show(value: unknown, shown: (data: MimeBundle) => void): Promise<void> {
  const data = mimeBundle(value);
  shown(data instanceof Promise ? await data : data);
}

/** Everything that was written to the descriptor stands before the mark. */
function mark(descriptor: number, nonce: string): boolean {
  try {
    writeAll(descriptor, Buffer.from(`\0${nonce}\0`));
    return true;
  } catch {
    return false; // user code has closed it
  }
}
