/**
 * The process of one program of a step: started ahead, it waits to be told which, runs it, records the end and exits.
 */
import { pathToFileURL } from 'node:url';
import type { AttemptEnd } from '@tagflow/schema';
import { setPlace } from '../../library/place.js';
import { instant } from '../../store/clock.js';
import { openStoreFor } from '../../store/location.js';
import type { Store } from '../../store/store.js';
import { writeAttemptEnd } from '../../store/journal.js';
import { StepFailure, failedEnd } from '../failure.js';
import { workOnItems } from './items.js';
import type {
  ItemRequest,
  NestedEnd,
  NestedLoop,
  RunnerMessage,
  StepMessage,
  StepReply,
  StepRequest,
} from '../step-request.js';
import { maskedEnd } from '../secrets.js';
import { blockOutput } from './output.js';
import { StepRuntime } from './runtime.js';
import { Strays } from './strays.js';

type Program = { default: (runtime: StepRuntime) => Promise<void> };

// The channel is ours: what user code would say on it, nobody could tell from our own words.
const channel = process.send!.bind(process) as (message: StepMessage, sent?: () => void) => boolean;
delete process.send;

async function run(request: StepRequest, store: Store): Promise<AttemptEnd> {
  Object.assign(process.env, request.env);
  process.chdir(request.workingDirectory);
  process.setSourceMapsEnabled(true);
  const strays = new Strays();
  const runtime: StepRuntime = new StepRuntime(
    store,
    request,
    (body) => workOnItems(runtime, body, { batches: batches(), send: channel, strays }),
    request.mark === undefined ? undefined : spread,
  );
  setPlace({
    directory: request.directory,
    store,
    asOf: request.asOf,
    classes: runtime.classes,
    onRead(read) {
      runtime.reads.note(read);
      channel({ read });
    },
  });
  try {
    await runtime.prepare();
    const program = (await import(pathToFileURL(request.program).href)) as Program;
    await Promise.race([program.default(runtime), strays.promise]);
    if (!runtime.kept) throw new StepFailure('NotFinished', 'The program ended without keeping its values.');
    return {
      format: 1,
      state: 'succeeded',
      ended: instant(),
      ...runtime.kept,
      ...runtime.reads.record(),
    };
  } catch (thrown) {
    return { ...failedEnd(thrown, request.secrets), ...runtime.reads.record() };
  }
}

/** Asks the runner to spread a loop, and waits. A body has one at a time. */
function spread(nested: NestedLoop): Promise<NestedEnd> {
  return new Promise((resolve) => {
    const answer = (message: RunnerMessage): void => {
      if (!('nestedEnd' in message)) return;
      process.off('message', answer);
      resolve(message.nestedEnd);
    };
    process.on('message', answer);
    channel({ nested });
  });
}

/** Batches of items as the runner sends them; an empty one is the last. */
async function* batches(): AsyncGenerator<ItemRequest[]> {
  const waiting: ItemRequest[][] = [];
  let wake = (): void => undefined;
  process.on('message', (message: RunnerMessage) => {
    if (!('items' in message)) return;
    waiting.push(message.items);
    wake();
  });
  channel({ waiting: true });
  for (;;) {
    const batch = waiting.shift();
    if (batch?.length === 0) return;
    if (batch) yield batch;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** Runs it and records its end. What is around it may fail too: the store, or the working directory. */
async function work(request: StepRequest): Promise<StepReply> {
  try {
    const store = openStoreFor(request.store, request.access);
    return await record(request, store, maskedEnd(await run(request, store), request.secrets));
  } catch (error) {
    return { end: failedEnd(error, request.secrets), recorded: false };
  }
}

/** Of a process of items each item has records of its own. */
async function record(request: StepRequest, store: Store, end: AttemptEnd): Promise<StepReply> {
  if (request.mark !== undefined) return { end, recorded: true };
  await writeAttemptEnd(store, request.id, end);
  return { end, recorded: true };
}

process.on('disconnect', () => process.exit(1));
// Kept from what user code may do to `process`.
const exit = process.exit.bind(process);
blockOutput();
channel({ ready: true });
process.once('message', (message: RunnerMessage) => {
  if (!('request' in message)) return;
  // Code may have spoiled what makes the reply: to the runner, a process that ends without one has failed.
  void work(message.request).then(
    (reply) => channel(reply, () => exit()),
    () => exit(1),
  );
});
