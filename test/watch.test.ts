/** Who follows a run on a cluster hears when that is away and when it is back. The cluster is made up. */
import { expect, test } from '@jest/globals';
import type { RunStart } from '@tagflow/schema';
import { rmSync } from 'node:fs';
import type { Cluster } from '../kernel/lib/cluster/kubernetes.js';
import { waitingPods } from '../kernel/lib/cluster/waiting.js';
import { settleRun, watchRun } from '../kernel/lib/cluster/watch.js';
import type { WorkflowNode } from '../kernel/lib/cluster/workflow.js';
import { STEP_LABEL } from '../kernel/lib/export/names.js';
import { FolderStore, putBlob } from '../kernel/lib/store/index.js';
import { readRun } from '../kernel/lib/store/records.js';
import { writeAttemptEnd, writeAttemptStart, writeRunStart } from '../kernel/lib/store/journal.js';
import { newRunId } from '../kernel/lib/store/run-id.js';
import { temporary } from './jupyter/client.ts';
import { pipelineFrom } from './pipeline/notebook.ts';
import { recordsOf, writeRun } from './store/records.ts';

const ID = newRunId();
const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const goesOn = { metadata: { name: 'w' }, status: { phase: 'Running' } };

test('told once that it is away, with a time, and that it is back', async () => {
  const folder = temporary();
  const store = new FolderStore(folder);
  await writeRun(store, { id: ID, steps: [{ step: 'a' }] });
  const answers = [refused, refused, goesOn];
  const cluster = {
    server: 'https://made.up',
    namespace: 'n',
    custom: {
      getNamespacedCustomObject: async () => {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
  } as unknown as Cluster;
  const start = { id: ID, cluster: { namespace: 'n', workflow: 'w' } } as RunStart;
  const heard: string[] = [];
  const run = await watchRun(store, cluster, start, {
    onEvent: () => undefined,
    onAway: ({ message }, until) => {
      expect(until.getTime()).toBeGreaterThan(Date.now() + 60_000);
      heard.push(message);
    },
    onBack: () => heard.push('back'),
  });
  const away = 'The cluster at https://made.up cannot be reached: connect ECONNREFUSED.';
  expect(heard).toEqual([expect.stringContaining(away), 'back']);
  expect(run?.ended).toBeDefined();
  rmSync(folder, { recursive: true, force: true });
});

test.each<[string, boolean, string]>([
  ['its own step', false, 'load'],
  ['the step whose items it divides, where its own has ended', true, 'fit'],
])('a pod that waits is told of %s', async (_, hasEnded, told) => {
  const folder = temporary();
  const store = new FolderStore(folder);
  const pipeline = pipelineFrom([
    ['none', 'import { foreach } from "tagflow"'],
    ['step:load', 'const xs = [1].map((x) => x)'],
    ['step:fit', 'const ys = await foreach(xs, (x) => x)'],
  ]);
  const { digest: document } = await putBlob(store, Buffer.from(JSON.stringify(pipeline)));
  const { start, attempts } = recordsOf({ id: ID, steps: hasEnded ? [{ step: 'load' }] : [] });
  const cluster = { namespace: 'n', workflow: 'w', placement: document };
  const begun = { ...start, document, cluster };
  await writeRunStart(store, begun);
  for (const attempt of attempts) {
    await writeAttemptStart(store, attempt.start);
    await writeAttemptEnd(store, attempt.start, attempt.end);
  }
  const conditions = [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes: Insufficient cpu.' }];
  const pod = { metadata: { labels: { [STEP_LABEL]: 'load' } }, status: { phase: 'Pending', conditions } };
  const made = {
    custom: { getNamespacedCustomObject: async () => goesOn },
    core: { listNamespacedPod: async () => ({ items: [pod] }) },
  } as unknown as Cluster;
  const enough = new AbortController();
  const heard: string[] = [];
  await watchRun(store, made, begun, {
    signal: enough.signal,
    onEvent: (event) => {
      if (event.type !== 'waiting') return;
      heard.push(event.step);
      enough.abort();
    },
  });
  expect(heard).toEqual([told]);
  rmSync(folder, { recursive: true, force: true });
});

test.each<[string, number, boolean, string]>([
  ['that was recorded a moment ago goes on: its Workflow may be on its way', 0, false, ''],
  ['of which a pod has begun something', 0, true, 'Its Workflow was deleted.'],
  ['that was recorded long ago', 600_000, false, 'submitting the run was broken off.'],
])('without a Workflow, a run %s', async (_, age, hasBegun, said) => {
  const folder = temporary();
  const store = new FolderStore(folder);
  const pipeline = pipelineFrom([['step:a', 'const x = Math.random()']]);
  const { digest: document } = await putBlob(store, Buffer.from(JSON.stringify(pipeline)));
  const { start, attempts } = recordsOf({ id: ID, steps: [{ step: 'a' }] });
  const created = new Date(Date.now() - age).toISOString();
  const cluster = { namespace: 'n', workflow: 'w', placement: document };
  await writeRunStart(store, { ...start, created, document, cluster });
  if (hasBegun) await writeAttemptStart(store, attempts[0]!.start);
  const body = JSON.stringify({ message: 'workflows.argoproj.io "w" not found' });
  const made = {
    custom: {
      getNamespacedCustomObject: () => Promise.reject(Object.assign(new Error(), { code: 404, body })),
    },
  } as unknown as Cluster;
  const run = await settleRun(store, made, await readRun(store, ID));
  expect([run.state, run.steps[0]!.failure?.message ?? '']).toEqual([
    said === '' ? 'running' : 'failed',
    expect.stringContaining(said),
  ]);
  rmSync(folder, { recursive: true, force: true });
});

const node = (given: Partial<WorkflowNode>): WorkflowNode => ({
  ...{ id: 'n', displayName: 'fit', templateName: 'fit', type: 'Pod', phase: 'Pending' },
  ...given,
});
const FAILED = { id: 'n1', phase: 'Failed', message: 'main: Error (exit code 75): The store is away.' };
test.each<[string, WorkflowNode[], string | undefined]>([
  ['is made ready', [node({ message: 'ContainerCreating' })], undefined],
  [
    'nobody may make',
    [node({ message: 'pods "x" is forbidden: exceeded quota: q' })],
    'waits: the namespace\'s quota is used up (pods "x" is forbidden: exceeded quota: q). Wait for other pods, or ask for more.',
  ],
  [
    'ended, and is made again',
    [
      node({ id: 'n0', phase: 'Failed', message: 'main: Error (exit code 75): Something else.' }),
      node(FAILED),
      node({ type: 'Retry', phase: 'Running', message: 'Backoff for 20 seconds', children: ['n0', 'n1'] }),
    ],
    'is begun again after 20 seconds: The store is away.',
  ],
  [
    'has ended for good',
    [
      node(FAILED),
      node({ type: 'Retry', phase: 'Failed', message: 'No more retries left', children: ['n1'] }),
    ],
    undefined,
  ],
])('what is said of a pod that %s', (_, nodes, text) => {
  const told = waitingPods(
    [],
    nodes,
    () => undefined,
    ({ templateName }) => templateName,
    Date.now(),
  );
  expect(told).toEqual(text === undefined ? [] : [{ step: 'fit', text }]);
});
