/** What the runner says to a process of items reaches it: nothing is said before it listens. */
import { failureOf, NestedFailure } from '../kernel/lib/run/failure.js';
import { ItemProcess } from '../kernel/lib/run/item-process.js';
import type { StepProcess } from '../kernel/lib/run/step-process.js';
import { StoreError } from '../kernel/lib/store/store.js';

test('a process that has nothing to do is closed once it listens', async () => {
  const sent: unknown[] = [];
  let hear!: (message: unknown) => void;
  let end!: (result: unknown) => void;
  const process = {
    result: new Promise((resolve) => (end = resolve)),
    onMessage: (listener: typeof hear) => (hear = listener),
    send(message: unknown) {
      sent.push(message);
      end({ end: {}, recorded: true });
    },
  } as unknown as StepProcess;
  const items = new ItemProcess(process, {} as never, {} as never);
  const closed = items.close();
  await new Promise(setImmediate);
  expect(sent).toEqual([]);
  hear({ waiting: true });
  await closed;
  expect(sent).toEqual([{ items: [] }]);
});

test('a body whose loop cannot be spread is told why, and the runner goes on', async () => {
  const sent: { nestedEnd?: { failure?: object } }[] = [];
  const heard: ((message: unknown) => void)[] = [];
  const process = {
    result: new Promise(() => undefined),
    onMessage: (listener: (message: unknown) => void) => heard.push(listener),
    send: (message: object) => void sent.push(message),
    limit: () => undefined,
  } as unknown as StepProcess;
  const full = new StoreError('The store is full.');
  new ItemProcess(process, {} as never, {
    onBegin: () => undefined,
    onNested: () => Promise.reject(full),
  });
  for (const message of [{ began: { attempt: 1 } }, { nested: {} }]) heard[0]!(message);
  await new Promise(setImmediate);
  expect(sent).toEqual([{ nestedEnd: { failure: { name: 'StoreError', message: 'The store is full.' } } }]);
  const thrown = new NestedFailure(sent[0]!.nestedEnd!.failure as never);
  expect(failureOf(thrown)).toEqual({ name: 'StoreError', message: 'The store is full.' });
});
