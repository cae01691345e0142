/** What goes wrong in a run and is no step's doing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '@tagflow/schema';
import type { Executor } from '../kernel/lib/run/executor.js';
import { planRun } from '../kernel/lib/run/plan.js';
import { runPipeline } from '../kernel/lib/run/runner.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { listRuns } from '../kernel/lib/store/records.js';
import { FOLDER, pipelineFrom } from './pipeline/notebook.ts';

const pipeline = pipelineFrom([
  ['step:odd', 'const x = [1]'],
  ['step:slow', 'const y = [2]'],
  ['step:last', 'const z = [...x, ...y]'],
]);

/** A step goes on until it is stopped. */
const executor: Executor = {
  prepare: () => undefined,
  close: () => undefined,
  open: () => {
    throw new Error('There are no loops.');
  },
  execute: ({ signal }) =>
    new Promise((resolve) => {
      const ended = new Date().toISOString();
      const stop = (): void =>
        resolve({ end: { format: 1, state: 'stopped', ended, outputs: [], notKept: [] }, recorded: false });
      if (signal!.aborted) stop();
      else signal!.addEventListener('abort', stop);
    }),
};

/** What should be the code of a step cannot be had. */
function programOf(program: Program): string {
  if (pipeline.steps[0]!.programs.includes(program)) throw new Error('no such thing');
  return 'export default async () => undefined';
}

test('it ends the run, with a record that says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-broken-'));
  const store = new FolderStore(join(folder, 'store'));
  const running = runPipeline(planRun(pipeline), {
    ...{ store, executor, directory: FOLDER, trigger: 'command' },
    programOf,
  });
  await expect(running).rejects.toThrow('no such thing');
  const [run] = await listRuns(store);
  expect(run).toMatchObject({ state: 'failed', ended: expect.any(String) });
  expect(run!.steps.map(({ name, state, failure }) => [name, state, failure?.message])).toEqual([
    ['odd', 'failed', 'no such thing'],
    ['slow', expect.stringMatching(/stopped|omitted/), undefined],
    ['last', 'omitted', undefined],
  ]);
  rmSync(folder, { recursive: true, force: true });
});
