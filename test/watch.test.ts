/** Who follows a run on a cluster hears when that is away and when it is back. The cluster is made up. */
import { expect, test } from '@jest/globals';
import type { RunStart } from '@tagflow/schema';
import { rmSync } from 'node:fs';
import type { Cluster } from '../kernel/lib/cluster/kubernetes.js';
import { watchRun } from '../kernel/lib/cluster/watch.js';
import { FolderStore } from '../kernel/lib/store/index.js';
import { newRunId } from '../kernel/lib/store/run-id.js';
import { temporary } from './jupyter/client.ts';
import { writeRun } from './store/records.ts';

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
