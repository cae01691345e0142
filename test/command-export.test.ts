/** `tagflow export` as a process: the files it writes, and what it refuses. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Cell, type Ended, runTagflow, writeNotebook } from './command/tagflow.ts';
import { IMAGE } from './export/documents.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-export-'));
  project({ store: { url: 's3://bucket/runs' } });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const project = (tagflow: unknown): void =>
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ tagflow }));
const CELLS: Cell[] = [
  ['step:load', 'const rows = [1, 2, 3].map((n) => n * n);'],
  ['step:sum', 'const total = rows.reduce((a, b) => a + b, 0);'],
];
const exported = (...more: string[]): Promise<Ended> =>
  runTagflow(folder, ['export', 'sums.ipynb', '--to', 'argo', '--out', 'deploy', '--image', IMAGE, ...more]);
const files = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, 'deploy')).map((name) => [
      name,
      readFileSync(join(folder, 'deploy', name), 'utf8'),
    ]),
  );
const kinds = (text: string): string[] =>
  parseAllDocuments(text).map((document) => (document.toJS() as { kind: string }).kind);

test('files that a cluster runs it from, the same each time', async () => {
  writeNotebook(folder, 'sums.ipynb', CELLS, {
    tagflow: { cluster: { schedule: { cron: '0 6 * * 1' } }, defaults: { secrets: ['API_KEY'] } },
  });
  const first = await exported();
  expect(first).toEqual({
    code: 0,
    err: '',
    out: 'deploy/template.yaml\ndeploy/workflow.yaml\ndeploy/schedule.yaml\ndeploy/rbac.yaml\n',
  });
  const written = files();
  expect(Object.fromEntries(Object.entries(written).map(([name, text]) => [name, kinds(text)]))).toEqual({
    'template.yaml': ['WorkflowTemplate'],
    'workflow.yaml': ['Workflow'],
    'schedule.yaml': ['CronWorkflow'],
    'rbac.yaml': ['ServiceAccount', 'Role', 'RoleBinding', 'Role'],
  });
  for (const text of Object.values(written)) {
    expect(text).toMatch(/^# .*\n# Made by `tagflow export`/);
    expect(text).toContain('\n# kubectl ');
    expect(text).not.toContain(folder);
  }
  expect(written['template.yaml']).toContain('secrets API_KEY');
  await exported();
  expect(files()).toEqual(written);
});

test('a schedule that is no more is taken away; what others wrote there stays', async () => {
  writeNotebook(folder, 'sums.ipynb', CELLS, { tagflow: { cluster: { schedule: { cron: '@daily' } } } });
  await exported();
  writeFileSync(join(folder, 'deploy', 'kustomization.yaml'), 'resources: []\n');
  writeNotebook(folder, 'sums.ipynb', CELLS);
  const { out } = await exported('--namespace', 'team', '--branch', 'feature/x');
  expect(out).not.toContain('schedule.yaml');
  const written = files();
  expect(Object.keys(written).sort()).toEqual([
    'kustomization.yaml',
    'rbac.yaml',
    'template.yaml',
    'workflow.yaml',
  ]);
  for (const name of ['rbac.yaml', 'template.yaml', 'workflow.yaml'])
    expect(written[name]).toContain('namespace: team\n');
  expect(written['template.yaml']).toMatch(/name: sums--feature-x-[0-9a-f]{8}-[0-9a-f]{10}\n/);
});

test.each<[string, () => void, string[], RegExp]>([
  [
    'a notebook with errors',
    () => writeNotebook(folder, 'sums.ipynb', [['step:a', 'const n: number = "one";']]),
    [],
    /TS2322[\s\S]*Nothing was written/,
  ],
  [
    'settings that a cluster refuses',
    () => writeNotebook(folder, 'sums.ipynb', CELLS, { tagflow: { cluster: { serviceAccount: 'The One' } } }),
    [],
    /TF802[\s\S]*Nothing was written/,
  ],
  ['no store', () => project({}), [], /TF803[\s\S]*store\.url/],
  [
    'a wrong project',
    () => project({ platform: 'windows' }),
    [],
    /`tagflow` in .*package\.json, platform must match/,
  ],
  [
    'a package.json that is none',
    () => writeFileSync(join(folder, 'package.json'), '{'),
    [],
    /cannot be read/,
  ],
  ['no such notebook', () => rmSync(join(folder, 'sums.ipynb')), [], /There is no file sums\.ipynb/],
  ['another engine', () => undefined, ['--to', 'make'], /Allowed choices are argo/],
])('refused: %s', async (_, prepare, more, said) => {
  writeNotebook(folder, 'sums.ipynb', CELLS);
  prepare();
  const { code, out, err } = await exported(...more);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(said);
  expect(readdirSync(folder)).not.toContain('deploy');
});

test('without an image it wants a registry to build for; an image without a digest is told', async () => {
  writeNotebook(folder, 'sums.ipynb', CELLS);
  const without = await runTagflow(folder, [
    'export',
    'sums.ipynb',
    '--to',
    'argo',
    '--out',
    'deploy',
    '--json',
  ]);
  expect([without.code, JSON.parse(without.out).error]).toEqual([
    3,
    expect.stringContaining('registry.push'),
  ]);
  const named = await exported('--image', 'node:22', '--json');
  expect([named.code, JSON.parse(named.out)]).toEqual([
    0,
    {
      files: ['deploy/template.yaml', 'deploy/workflow.yaml', 'deploy/rbac.yaml'],
      diagnostics: [expect.objectContaining({ code: 'TF805', severity: 'warning' })],
    },
  ]);
});
