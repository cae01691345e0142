/** Commands around runs on a cluster: doctor, export, stop. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readRun } from '../../kernel/lib/store/records.js';
import { api } from './api.mjs';
import { Project, bed, states, until } from './cluster.ts';
import type { Row } from '../pipeline/notebook.ts';

const ARGO = `/apis/argoproj.io/v1alpha1/namespaces/${bed.namespace}`;
const PLURALS: Record<string, string> = {
  WorkflowTemplate: `${ARGO}/workflowtemplates`,
  Workflow: `${ARGO}/workflows`,
  CronWorkflow: `${ARGO}/cronworkflows`,
  ServiceAccount: `/api/v1/namespaces/${bed.namespace}/serviceaccounts`,
  Role: `/apis/rbac.authorization.k8s.io/v1/namespaces/${bed.namespace}/roles`,
  RoleBinding: `/apis/rbac.authorization.k8s.io/v1/namespaces/${bed.namespace}/rolebindings`,
};

test('doctor: all is well here, and what is not is named with what to do', async () => {
  const well = await new Project('well').tagflow(['doctor']);
  expect([well.code, well.out]).toEqual([0, expect.stringContaining('✓ round trip: a pod ran')]);
  const ill = await new Project('ill', { registry: {}, namespace: 'kube-system' }).tagflow(['doctor']);
  expect(ill.code).toBe(3);
  expect(ill.out).toMatch(/✗ rights: In namespace kube-system you may not create workflows/);
  expect(ill.out).toMatch(/✗ registry: .*Set registry\.push/);
  expect(ill.out).not.toContain('round trip:');
});

test('exported files: the same bytes twice, taken by the API server, and a run that nobody submitted', async () => {
  const project = new Project('exported');
  const rows: Row[] = [
    ['none', 'import { foreach } from "tagflow"'],
    ['parameters', 'const n = 3'],
    ['step:load', 'const xs = Array.from({ length: n }, (_, i) => i)'],
    ['step:fit', 'const ys = await foreach(xs, (x) => x * 2); const sum = ys.length'],
  ];
  project.notebook(rows, { tagflow: { cluster: { schedule: { cron: '0 6 * * 1' } } } });
  const files = async (out: string): Promise<Record<string, string>> => {
    const { code, err } = await project.tagflow(['export', 'notebook.ipynb', '--to', 'argo', '--out', out]);
    expect([code, err]).toEqual([0, expect.any(String)]);
    const folder = join(project.folder, out);
    return Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  };
  const written = await files('one');
  expect(await files('two')).toEqual(written);
  const documents = Object.values(written).flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as { kind: string; metadata: any; spec: any }),
  );
  for (const document of documents) {
    const path = `${PLURALS[document.kind]}?dryRun=All`;
    const answer = await api('POST', path, document).catch((error: Error) => error.message);
    // What is there already was taken before.
    expect([document.kind, answer]).toEqual([
      document.kind,
      typeof answer === 'string' ? expect.stringContaining('409') : expect.anything(),
    ]);
  }
  const [template, workflow] = ['WorkflowTemplate', 'Workflow'].map((kind) =>
    documents.find((document) => document.kind === kind)!,
  );
  await api('POST', PLURALS['WorkflowTemplate']!, template);
  const parameters = [...workflow!.spec.arguments.parameters, { name: 'parameters', value: '{"n": 4}' }];
  const { metadata } = await api('POST', PLURALS['Workflow']!, {
    ...workflow,
    spec: { ...workflow!.spec, arguments: { parameters } },
  });
  const [run] = await until(
    'it has ended',
    async () => {
      const list = await project.json('runs');
      return list.length > 0 && list[0].ended !== undefined ? list : undefined;
    },
    180,
  ).catch(async ({ message }: Error) => {
    // Nobody follows such a run: what kept it from its end, only the Workflow tells.
    const { status } = await api('GET', `${PLURALS['Workflow']}/${metadata.name}`);
    throw new Error(`${message}: ${JSON.stringify(status, null, 1)}`);
  });
  expect(run).toMatchObject({ state: 'succeeded', trigger: 'schedule', parameters: { n: 4 } });
  expect((await project.json('show', run.id, 'fit', 'sum')).value).toBe(4);
});

test('stop: pods end, and the record says so', async () => {
  const project = new Project('stop');
  project.notebook([
    ['none', 'const pause = (ms: number) => new Promise<void>((done) => setTimeout(() => done(), ms))'],
    ['step:a', 'const x = Math.abs(1)'],
    ['step:b', 'await pause(60_000); const y = x + 1'],
    ['step:c', 'const z = y + 1'],
  ]);
  const { run } = await project.json('submit', 'notebook.ipynb');
  await until('b is at work', async () => {
    const { steps } = await readRun(project.store, run);
    return steps[1]!.state === 'running';
  });
  expect((await project.tagflow(['stop', run])).code).toBe(0);
  const { code } = await project.tagflow(['watch', run]);
  const ended = await readRun(project.store, run);
  expect([code, ended.state, states(ended)]).toEqual([1, 'stopped', 'a succeeded, b stopped, c stopped']);
});
