/** What the runner says to a process of items reaches it: nothing is said before it listens. */
import { ItemProcess } from '../kernel/lib/run/item-process.js';
import type { StepProcess } from '../kernel/lib/run/step-process.js';

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
