/** `tagflow export` as a process: the files it writes, and what it refuses. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { openRegistry } from '../kernel/lib/cluster/registry.js';
import { getBlob } from '../kernel/lib/store/content.js';
import { findGarbage } from '../kernel/lib/store/garbage.js';
import { openStoreAt } from '../kernel/lib/store/location.js';
import { type Cell, type Ended, runTagflow, writeNotebook } from './command/tagflow.ts';
import { IMAGE } from './export/documents.ts';
import { pushBase } from './images/base.ts';
import { hasRegistry, startRegistry } from './images/registry.ts';
import { BUCKET, KEYS, S3Server, hasS3 } from './s3/server.ts';

/** What runs begin from lies in the store. */
const withS3 = hasS3 ? test : test.skip;
let server: S3Server | undefined;
beforeAll(async () => {
  server = hasS3 ? await S3Server.start() : undefined;
  Object.assign(process.env, KEYS);
});
afterAll(() => server?.stop());

let folder: string;
const place = (): string => `s3://${BUCKET}/${basename(folder)}`;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-export-'));
  project({ store: { url: place(), endpoint: server?.endpoint ?? 'http://127.0.0.1:9' } });
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

withS3('files that a cluster runs it from, the same each time', async () => {
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

withS3('files that are committed do not change with their commit', async () => {
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
    });
  writeNotebook(folder, 'sums.ipynb', CELLS);
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  await exported();
  const written = files();
  git('add', '.');
  git('commit', '-q', '-m', 'deploy');
  await exported();
  expect(files()).toEqual(written);
});

withS3('a start that a removal of old runs leaves alone, for a schedule may be slow', async () => {
  writeNotebook(folder, 'sums.ipynb', CELLS);
  await exported();
  const start = /[0-9a-f]{64}/.exec(/name: start\n.*value: (.*)/.exec(files()['workflow.yaml']!)![1]!)![0];
  const store = openStoreAt(place(), { ...KEYS, AWS_ENDPOINT_URL_S3: server!.endpoint });
  const { placement, document, source } = JSON.parse(Buffer.from(await getBlob(store, start)).toString());
  const { steps } = JSON.parse(Buffer.from(await getBlob(store, placement)).toString());
  const programs = Object.values<any>(steps).flatMap((step) =>
    step.programs.map((each: any) => each.program),
  );
  const needed = [start, placement, document, source, ...programs];
  const gone = async (olderThan?: number): Promise<{ exports: number; needed: string[] }> => {
    const { exports, blobs } = await findGarbage(store, { grace: -60_000, olderThan });
    const lost = needed.filter((digest) => blobs.some((key) => key.endsWith(digest)));
    return { exports: exports.length, needed: lost };
  };
  const nothing = { exports: 0, needed: [] };
  expect([await gone(), await gone(-60_000)]).toEqual([nothing, nothing]);
  // Of several, the newest of the pipeline.
  writeNotebook(folder, 'sums.ipynb', [...CELLS, ['step:more', 'const more = total + 1;']]);
  await exported();
  expect(await gone()).toEqual(nothing);
  const late = await gone(-60_000);
  expect([late.exports, late.needed]).toEqual([
    1,
    expect.arrayContaining([start, placement, document, source]),
  ]);
});

test('rights alone need nothing but settings', async () => {
  project({ namespace: 'team' });
  writeNotebook(folder, 'sums.ipynb', CELLS, { tagflow: { cluster: { serviceAccount: 'runner' } } });
  const { code, out } = await runTagflow(folder, ['export', 'sums.ipynb', '--to', 'rbac', '--out', 'deploy']);
  expect([code, out]).toEqual([0, 'deploy/rbac.yaml\n']);
  expect(files()['rbac.yaml']).toMatch(/name: runner\n[\s\S]*namespace: team/);
});

test.each<[string, string[], string]>([
  ['rbac', ['deploy/rbac.yaml'], 'deploy/rbac.yaml'],
  ['argo', ['deploy/template.yaml'], 'deploy/template.yaml'],
  ['dockerfile', ['deploy/load/app/index.ts'], 'deploy/load/app'],
  ['dockerfile', ['deploy/load/Dockerfile', 'deploy/load/programs/x'], 'deploy/load/Dockerfile'],
  ['oci', ['deploy/index.json'], 'deploy/index.json'],
  ['oci', ['deploy/blobs/x'], 'deploy/blobs'],
])('what others wrote is in the way of --to %s: %p', async (to, paths, named) => {
  writeNotebook(folder, 'sums.ipynb', CELLS);
  for (const path of paths) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), 'of others');
  }
  const args = ['export', 'sums.ipynb', '--to', to, '--out', 'deploy'];
  const { code, out, err } = await runTagflow(folder, args);
  expect([code, out, err]).toEqual([
    2,
    '',
    expect.stringMatching(`^${named} is there already.*another folder`),
  ]);
  const all = readdirSync(join(folder, 'deploy'), { recursive: true, withFileTypes: true });
  expect(all.filter((each) => each.isFile())).toHaveLength(paths.length);
});

test.each<[string, object, object, RegExp]>([
  ['an unknown key', { cluster: { serviceAcount: 'runner' } }, {}, /TF109: .*serviceAcount.* is not known/],
  ['no name of a service account', { cluster: { serviceAccount: 'The One' } }, {}, /TF802: .*serviceAccount/],
  ['no name of a namespace', {}, { namespace: 'The Team' }, /TF803: .*namespace.* package\.json/],
])('rights do not follow from wrong settings: %s', async (_, settings, deployment, said) => {
  project(deployment);
  writeNotebook(folder, 'sums.ipynb', CELLS, { tagflow: settings });
  const rights = await runTagflow(folder, ['export', 'sums.ipynb', '--to', 'rbac', '--out', 'deploy']);
  expect([rights.code, rights.out]).toEqual([2, '']);
  expect(rights.err).toMatch(said);
  expect(readdirSync(folder)).not.toContain('deploy');
  const found = await runTagflow(folder, ['doctor', 'sums.ipynb']);
  expect([found.code, found.err]).toEqual([2, rights.err]);
});

test('folders for `docker build` without a registry', async () => {
  writeNotebook(folder, 'sums.ipynb', CELLS);
  const { code, out } = await runTagflow(folder, [
    ...['export', 'sums.ipynb', '--to', 'dockerfile', '--out', 'images'],
  ]);
  expect([code, out]).toEqual([0, 'docker build images/load  # load, sum\n']);
  const again = await runTagflow(folder, [
    ...['export', 'sums.ipynb', '--to', 'dockerfile', '--out', 'images'],
  ]);
  expect(again).toEqual({ code, out, err: '' });
  expect(readFileSync(join(folder, 'images', 'load', 'Dockerfile'), 'utf8')).toMatch(
    /^# Made by `tagflow export`.*\nFROM node:\d+-slim\n/,
  );
});

withS3('a schedule that is no more is taken away; what others wrote there stays', async () => {
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
  ['an image for no step', () => undefined, ['--image', `train=${IMAGE}`], /no step train/],
  ['no image', () => undefined, ['--image', 'a=b=c'], /step=image/],
])('refused: %s', async (_, prepare, more, said) => {
  writeNotebook(folder, 'sums.ipynb', CELLS);
  prepare();
  const { code, out, err } = await exported(...more);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(said);
  expect(readdirSync(folder)).not.toContain('deploy');
});

(hasS3 && hasRegistry ? test : test.skip)('a tag is replaced by what it stands for now', async () => {
  writeNotebook(folder, 'sums.ipynb', CELLS);
  const registry = await startRegistry();
  const image = `${registry.name}/team/app`;
  await pushBase(openRegistry(registry.name), 'team/app', '1');
  const { code, err } = await exported('--image', `${image}:1`, '--json');
  expect([code, err]).toEqual([0, `Asking for the digest of ${image}:1 …\n`]);
  const digest = await openRegistry(registry.name).digestOf('team/app', '1');
  expect(files()['template.yaml']).toContain(`image: ${image}@${digest}\n`);
  await registry.stop();
});

withS3('without an image it wants a registry to build for; an image without a digest is told', async () => {
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
  const named = await exported('--image', 'tagflow.invalid/team/app:1', '--json');
  expect([named.code, JSON.parse(named.out)]).toEqual([
    0,
    {
      files: ['deploy/template.yaml', 'deploy/workflow.yaml', 'deploy/rbac.yaml'],
      diagnostics: [expect.objectContaining({ code: 'TF805', severity: 'warning' })],
    },
  ]);
});
