/** Runs programs in this process: everything as in a run but the processes, so that thousands of runs are quick. */
import { pathToFileURL } from 'node:url';
import type { AttemptEnd } from '@tagflow/schema';
import type { Executor } from '../../kernel/lib/run/executor.js';
import { failedEnd } from '../../kernel/lib/run/failure.js';
import type { ItemEvents, ItemWorker } from '../../kernel/lib/run/item-process.js';
import { workOnItems } from '../../kernel/lib/run/step/items.js';
import type { Execution } from '../../kernel/lib/run/step-process.js';
import type { ItemReply, ItemRequest, StepMessage, StepReply } from '../../kernel/lib/run/step-request.js';
import { type Each, type Spread, StepRuntime } from '../../kernel/lib/run/step/runtime.js';
import { FolderStore } from '../../kernel/lib/store/file.js';

let imports = 0;

/** What marks in the output where an item begins is for whoever reads a process's output. */
const MARK = /^\u0000[^\u0000]*\u0000\d+\.\d+\u0000[^\u0000]*\u0000$/;
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => (MARK.test(String(args[0])) ? true : write(...args));
}

export class InProcessExecutor implements Executor {
  prepare(): void {}
  close(): void {}

  async execute(execution: Execution): Promise<StepReply> {
    const none = (): Each => () => Promise.reject(new Error('This program has no items.'));
    return { end: await runProgram(execution, none), recorded: false };
  }

  open(execution: Execution, events: ItemEvents): ItemWorker {
    return new InProcessWorker(execution, events);
  }
}

async function runProgram(
  { request }: Execution,
  each: (runtime: StepRuntime) => Each,
  spread?: Spread,
): Promise<AttemptEnd> {
  const runtime: StepRuntime = new StepRuntime(
    new FolderStore(request.store),
    request,
    (body) => each(runtime)(body),
    spread,
  );
  try {
    await runtime.prepare();
    const url = `${pathToFileURL(request.program).href}?${imports++}`;
    const program = (await import(url)) as { default: (runtime: StepRuntime) => Promise<void> };
    await program.default(runtime);
    return { format: 1, state: 'succeeded', ended: new Date().toISOString(), ...runtime.kept! };
  } catch (error) {
    return failedEnd(error, request.secrets);
  }
}

class InProcessWorker implements ItemWorker {
  ended: AttemptEnd | undefined;
  private readonly batches: ItemRequest[][] = [];
  private wake: () => void = () => undefined;
  private answer: (replies: ItemReply[]) => void = () => undefined;
  private readonly done: Promise<void>;

  constructor(execution: Execution, events: ItemEvents) {
    let attempt = 0;
    const send = (message: StepMessage): void => {
      if ('began' in message) {
        ({ attempt } = message.began);
        events.onBegin(message.began);
      }
      if ('items' in message) this.answer(message.items);
    };
    const strays = { met: false, promise: new Promise<never>(() => undefined) };
    const each =
      (runtime: StepRuntime): Each =>
      (body) =>
        workOnItems(runtime, body, { batches: this.waiting(), send, strays });
    const spread: Spread = (loop) => events.onNested(loop, attempt);
    this.done = runProgram(execution, each, spread).then((end) => {
      this.ended = end;
      this.answer([]);
    });
  }

  work(batch: readonly ItemRequest[]): Promise<ItemReply[]> {
    const answer = new Promise<ItemReply[]>((resolve) => (this.answer = resolve));
    if (this.ended) return Promise.resolve([]);
    this.batches.push([...batch]);
    this.wake();
    return answer;
  }

  close(): Promise<void> {
    this.batches.push([]);
    this.wake();
    return this.done;
  }

  private async *waiting(): AsyncGenerator<ItemRequest[]> {
    for (;;) {
      const batch = this.batches.shift();
      if (batch?.length === 0) return;
      if (batch) yield batch;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
