/** What commands about clusters say where nothing is set up: a sentence with what to do, and no stack trace. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTagflow, writeNotebook } from './command/tagflow.ts';

let folder: string;
const { HOME, KUBECONFIG, AWS_ACCESS_KEY_ID } = process.env;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-newcomer-'));
  process.env['HOME'] = join(folder, 'home');
  delete process.env['KUBECONFIG'];
  delete process.env['AWS_ACCESS_KEY_ID'];
  mkdirSync(process.env['HOME']);
});
afterAll(() => {
  for (const [name, value] of Object.entries({ HOME, KUBECONFIG, AWS_ACCESS_KEY_ID }))
    if (value !== undefined) process.env[name] = value;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const NO_CLUSTER = /No cluster is configured: .*kubeconfig.*KUBECONFIG/;
const NO_STORE = /`tagflow\.store\.url` in package\.json to s3:/;
const BUCKET = { store: { url: 's3://bucket/runs', endpoint: 'http://127.0.0.1:9' } };
const ELSEWHERE = { base: 'tagflow.invalid/node:22' };

test.each<[command: string, settings: object, code: number, said: RegExp[]]>([
  ['doctor', {}, 3, [NO_CLUSTER, NO_STORE, /Set registry\.push/, /cannot be submitted yet/]],
  ['doctor --context team', {}, 3, [NO_CLUSTER]],
  ['submit a.ipynb', {}, 3, [NO_CLUSTER]],
  ['watch latest', {}, 3, [NO_STORE]],
  ['stop latest', {}, 3, [NO_STORE]],
  ['gc --cluster', {}, 3, [NO_STORE]],
  ['watch latest', BUCKET, 3, [/no credentials for S3: set AWS_ACCESS_KEY_ID/]],
  ['logs latest load', {}, 1, [/no run yet.*`tagflow run NOTEBOOK` makes one/]],
  ['lineage latest', {}, 2, [/no digest.*tagflow lineage RUN STEP ARTIFACT/]],
  ['lineage abcdef', {}, 1, [/`tagflow show RUN STEP` says the digests/]],
  ['export a.ipynb --to oci --out out --image x', {}, 2, [/--image is for --to argo.*Leave it out/]],
  ['export a.ipynb --to oci --out out', ELSEWHERE, 3, [/base image tagflow\.invalid.*no host.*"base"/]],
  ['export a.ipynb --to argo --out out', {}, 2, [/TF803.*store\.url/]],
  ['export a.ipynb --to rbac --out a.ipynb', {}, 2, [/a\.ipynb is a file: --out takes a folder/]],
  ['export a.ipynb --to dockerfile --out a.ipynb/x', {}, 2, [/a\.ipynb is a file: --out takes a folder/]],
])('tagflow %s (%j)', async (command, settings, code, said) => {
  writeNotebook(folder, 'a.ipynb', [['step:load', 'const rows = [1, 2, 3];']]);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ tagflow: settings }));
  const ended = await runTagflow(folder, command.split(' '));
  const text = ended.out + ended.err;
  expect([ended.code, text]).toEqual([code, expect.not.stringMatching(/inside tagflow|^ +at /m)]);
  for (const each of said) expect(text).toMatch(each);
  expect(readdirSync(folder).sort()).toEqual(['a.ipynb', 'home', 'package.json']);
});
