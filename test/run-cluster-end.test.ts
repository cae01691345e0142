/** How a run on a cluster ended, by its records and by what Argo says. */
import type { Attempt, RunStart } from '@tagflow/schema';
import { stepOfTemplate } from '../kernel/lib/export/names.js';
import { engineEnd } from '../kernel/lib/cluster/workflow.js';
import { nodeFailures, runEnd } from '../kernel/lib/run/pod/cluster-end.js';
import { pipelineFrom } from './pipeline/notebook.ts';

const pipeline = pipelineFrom([
  ['step:a', 'const x = Math.random()'],
  ['step:b', 'const y = x + 1', { memory: '32Mi' }],
  ['step:c', 'const z = y + 1'],
]);
const start = { id: 'r', pipeline: 'notebook' } as RunStart;

/** One attempt of a step; one without a state was at work when it was heard of last. */
function attempt(step: string, state?: Exclude<Attempt['state'], 'running' | 'lost'>) {
  const begun = {
    format: 1,
    run: 'r',
    step,
    segment: 0,
    attempt: 1,
    created: '',
    program: '',
    inputs: {},
    host: '',
  };
  const end = state && { format: 1 as const, state, ended: '', outputs: [], notKept: [] };
  return { start: begun as never, ...(end ? { end } : {}) };
}

const retry = '`tagflow retry` runs what is missing.';
const workflow = (status: object) => engineEnd({ metadata: { name: 'w' }, status }, stepOfTemplate);
const pod = (templateName: string, message: string) => ({
  nodes: { n: { id: 'n', displayName: 'n', type: 'Pod', phase: 'Failed', templateName, message } },
});

const looping = pipelineFrom([
  ['none', 'import { foreach } from "tagflow"'],
  ['step:a', 'const xs = [Math.random()]'],
  ['step:b', 'const ys = await foreach(xs, (x) => x)', { memory: '32Mi' }],
]);

test.each([
  [
    'a',
    'a was done',
    [attempt('a', 'succeeded'), attempt('b')],
    'b failed: The step ran out of memory of 32Mi',
  ],
  ['a', 'a was not done', [attempt('a')], 'b omitted'],
  [
    'b',
    'a was done',
    [attempt('a', 'succeeded'), attempt('b')],
    'b failed: The step ran out of memory of 32Mi',
  ],
])('a pod of %s, which may divide the items of b, used up its memory when %s', (of, _, attempts, said) => {
  const engine = workflow({ phase: 'Failed', ...pod(of, 'main: OOMKilled (exit code 137)') });
  const { steps } = runEnd(start, looping, attempts, engine, new Date(0));
  const { name, state, failure } = steps[1]!;
  expect(`${name} ${state}${failure ? `: ${failure.message}` : ''}`).toContain(said);
});

test.each([
  [
    'nothing began',
    [],
    { phase: 'Error', message: 'workflowtemplates.argoproj.io "t" not found' },
    'failed',
    [
      `a failed: Argo could not run it: workflowtemplates.argoproj.io "t" not found. ${retry}`,
      'b omitted',
      'c omitted',
    ],
  ],
  [
    'a pod was killed, and said so',
    [attempt('a', 'succeeded'), attempt('b')],
    { phase: 'Failed', ...pod('b', 'main: Error (exit code 137)') },
    'failed',
    ['a succeeded', 'b failed: Its process was ended by SIGKILL and said nothing.', 'c omitted'],
  ],
  [
    'a pod ended, and Argo alone said so',
    [attempt('a', 'succeeded'), attempt('b')],
    {
      phase: 'Failed',
      ...pod(
        'b',
        'main: Error (exit code 3): time="2026-11-28T12:49:47.656Z" level=info msg="sub-process exited" argo=true error="<nil>"\nError: exit status 3\n',
      ),
    },
    'failed',
    ['a succeeded', 'b failed: Its process ended with exit code 3 and said nothing.', 'c omitted'],
  ],
  [
    'a pod said why it cannot go on',
    [attempt('a', 'succeeded')],
    {
      phase: 'Failed',
      ...pod(
        'b',
        'main: Error (exit code 75): The store cannot be used.\ntime="2026-11-28T10:18:16.614Z" level=info msg="sub-process exited" argo=true error="<nil>"\nError: exit status 75\n',
      ),
    },
    'failed',
    ['a succeeded', 'b failed: The store cannot be used.', 'c omitted'],
  ],
  [
    'a pod used up its memory',
    [attempt('a', 'succeeded'), attempt('b')],
    { phase: 'Failed', ...pod('b', 'main: OOMKilled (exit code 137)') },
    'failed',
    ['a succeeded', 'b failed: The step ran out of memory of 32Mi. Raise its setting `memory`.', 'c omitted'],
  ],
  [
    'a pod was killed without a word',
    [attempt('a', 'succeeded'), attempt('b')],
    { phase: 'Failed' },
    'failed',
    ['a succeeded', `b failed: Its pod ended without a record. ${retry}`, 'c omitted'],
  ],
  [
    'stopped by somebody',
    [attempt('a', 'succeeded'), attempt('b')],
    { phase: 'Failed', message: 'Stopped with strategy Terminate' },
    'stopped',
    ['a succeeded', 'b stopped', 'c stopped'],
  ],
  [
    'all is well',
    [attempt('a', 'succeeded'), attempt('b', 'succeeded'), attempt('c', 'succeeded')],
    { phase: 'Succeeded' },
    'succeeded',
    ['a succeeded', 'b succeeded', 'c succeeded'],
  ],
])('%s', (_name, attempts, status, state, told) => {
  const end = runEnd(start, pipeline, attempts, workflow(status), new Date());
  const steps = end.steps.map(
    ({ name, state, failure }) => `${name} ${state}${failure ? `: ${failure.message}` : ''}`,
  );
  expect([end.state, steps]).toEqual([state, told]);
});

test.each([
  ['', []],
  ['no JSON', []],
  ['{}', []],
  ['[{"templateName":"b","message":"killed"},{"message":""}]', [{ step: 'b', message: 'killed' }]],
  [JSON.stringify('[{"message":"quoted twice"}]'), [{ message: 'quoted twice' }]],
])('failures of nodes in %j', (text, expected) => {
  expect(nodeFailures(text, stepOfTemplate)).toEqual(expected);
});
