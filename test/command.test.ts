import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ended as stepEnded } from './ended.ts';
import { decode } from '../kernel/lib/store/codec.js';
import { type Cell, type Ended, type OnOut, runTagflow, writeNotebook } from './command/tagflow.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-command-'));
  writeFileSync(join(folder, 'package.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tagflow = (parameters: string[], onOut?: OnOut): Promise<Ended> =>
  runTagflow(folder, parameters, onOut);
const notebook = (name: string, cells: Cell[], metadata?: object): void =>
  writeNotebook(folder, name, cells, metadata);

const THREE: Cell[] = [
  ['parameters', 'const size = 4;\nconst label = "first";'],
  [
    'step:load',
    'const rows = Array.from({ length: size }, (_, i) => ({ i, square: i * i }));\nconsole.log("loaded", rows.length);',
  ],
  ['step:train', 'const model = new Map(rows.map((row) => [row.i, row.square]));'],
  ['step:score', 'const score = { label, best: Math.max(...model.values()) };'],
];

const idOf = (ended: Ended): string => /run (\d{8}-\d{6}-\w+)/.exec(ended.out)?.[1] ?? '';

test('a notebook of three steps through check, run, runs, show and logs', async () => {
  notebook('three.ipynb', THREE);
  const before = readFileSync(join(folder, 'three.ipynb'));

  const check = await tagflow(['check', 'three.ipynb']);
  expect([check.code, check.err]).toEqual([0, '']);
  expect(check.out).toContain('model: Map<number, number>');

  const run = await tagflow(['run', 'three.ipynb', '--param', 'size=3', '--param', 'label=7']);
  expect([run.code, run.err]).toEqual([0, '']);
  expect(run.out).toMatch(/load: started\n\[load\] loaded 3\nload: succeeded after [\s\S]*train: started/);
  expect(run.out).toContain('3 values kept');
  expect(readFileSync(join(folder, 'three.ipynb'))).toEqual(before);
  const id = idOf(run);

  const runs = JSON.parse((await tagflow(['runs', '--json'])).out);
  expect(runs).toMatchObject([
    {
      id,
      state: 'succeeded',
      pipeline: 'three',
      notebook: 'three.ipynb',
      parameters: { size: 3, label: '7' },
    },
  ]);
  expect((await tagflow(['show', id.slice(0, 20)])).out).toMatch(/score +✓ succeeded/);
  expect((await tagflow(['show', 'latest', 'train'])).out).toContain('model: Map<number, number>');

  const shown = JSON.parse((await tagflow(['show', 'latest', 'score', 'score', '--json'])).out);
  expect(shown).toMatchObject({
    type: '{ label: string; best: number }',
    value: { label: '7', best: 4 },
    size: expect.any(Number),
    digest: expect.any(String),
  });
  const map = JSON.parse((await tagflow(['show', 'latest', 'train', 'model', '--json'])).out);
  expect(map).not.toHaveProperty('value');
  const out = await tagflow(['show', 'latest', 'train', 'model', '--out', 'model.cbor']);
  expect([out.code, decode(readFileSync(join(folder, 'model.cbor')))]).toEqual([
    0,
    new Map([
      [0, 0],
      [1, 1],
      [2, 4],
    ]),
  ]);

  expect((await tagflow(['logs', 'latest', 'load'])).out).toBe('loaded 3\n');
  const recorded = readFileSync(
    join(
      folder,
      '.tagflow/runs',
      `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}`,
      id,
      'notebook.ipynb',
    ),
    'utf8',
  );
  expect(recorded).not.toContain('old output');
});

test('the result as JSON alone on standard output; a failed step with its cell and line', async () => {
  notebook('bad.ipynb', [
    [null, '// exploration'],
    ['step:one', 'const x = 1;\nconsole.log("hello");'],
    [
      'step:two',
      'function fail(n: number): number {\n  if (n > 0) throw new RangeError(`no ${n}`);\n  return n;\n}\n\nconst y = fail(x);',
    ],
    ['step:three', 'const z = y;'],
  ]);
  const json = await tagflow(['run', 'bad.ipynb', '--json']);
  expect(json.code).toBe(1);
  const run = JSON.parse(json.out);
  expect(run.steps.map((step: { state: string }) => step.state)).toEqual(['succeeded', 'failed', 'omitted']);
  expect(run.steps[1].failure).toMatchObject({
    name: 'RangeError',
    message: 'no 1',
    cell: 'cell-2',
    line: 2,
  });
  expect(run.steps[1].failure.stack).not.toMatch(/node:internal|kernel\/lib/);
  const text = await tagflow(['run', 'bad.ipynb']);
  expect(text.out).toContain('two failed in cell 3, line 2: RangeError: no 1');
});

test('a notebook with a byte order mark runs', async () => {
  notebook('marked.ipynb', [['step:one', 'const x = 1;']]);
  const text = readFileSync(join(folder, 'marked.ipynb'), 'utf8');
  writeFileSync(join(folder, 'marked.ipynb'), `\uFEFF${text}`);
  const { code, err } = await tagflow(['run', 'marked.ipynb']);
  expect([code, err]).toEqual([0, '']);
});

test('who stops reading early gets no error', async () => {
  notebook('long.ipynb', [['step:one', 'for (let i = 0; i < 100_000; i++) console.log(`line ${i}`);']]);
  const run = await tagflow(['run', 'long.ipynb'], (_text, _interrupt, stop) => stop());
  expect([run.code, run.err]).toEqual([0, '']);
  const logs = await tagflow(['logs', 'latest', 'one'], (_text, _interrupt, stop) => stop());
  expect([logs.code, logs.err]).toEqual([0, '']);
});

test('a notebook with errors is not run', async () => {
  notebook('wrong.ipynb', [
    ['step:one', 'const x = 1;'],
    ['step:two', 'const y: string = x;'],
  ]);
  const run = await tagflow(['run', 'wrong.ipynb']);
  expect(run.code).toBe(2);
  expect(run.err).toMatch(/TS2322[\s\S]*Nothing was run/);
  expect((await tagflow(['check', 'wrong.ipynb'])).code).toBe(1);
  const json = await tagflow(['run', 'wrong.ipynb', '--json']);
  const told = JSON.parse(json.out);
  expect([json.code, told.error]).toEqual([2, expect.stringMatching(/^Nothing was run\. Type 'number'/)]);
  expect(told.diagnostics).toContainEqual(expect.objectContaining({ code: 'TS2322' }));
  expect(readdirSync(folder)).not.toContain('.tagflow');
});

test.each([
  ['Ctrl-C', ['SIGINT']],
  ['a terminal that is closed, which may say so twice,', ['SIGHUP', 'SIGHUP']],
] as const)('%s stops the run and leaves its records whole', async (_, signals) => {
  notebook('long.ipynb', [
    [
      'step:one',
      'console.log("working");\nawait new Promise((done) => setTimeout(done, 60_000));\nconst x = [1];',
    ],
    ['step:two', 'const y = x;'],
  ]);
  let interrupted = false;
  const run = await tagflow(['run', 'long.ipynb'], (out, signal) => {
    if (interrupted || !out.includes('working')) return;
    interrupted = true;
    for (const each of signals) signal(each);
  });
  expect(run.code).toBe(1);
  expect(run.out).toMatch(/one: stopped[\s\S]*■ stopped/);
  const shown = JSON.parse((await tagflow(['show', 'latest', '--json'])).out);
  expect([shown.state, ...shown.steps.map((step: { state: string }) => step.state)]).toEqual([
    'stopped',
    'stopped',
    'pending',
  ]);
});

test('a command that is killed leaves no step running, however busy it is', async () => {
  const source = 'process.stdout.write(`pid ${process.pid}.\\n`); for (;;);';
  notebook('busy.ipynb', [['step:busy', source]]);
  const { out } = await tagflow(['run', 'busy.ipynb'], (text, signal) => {
    if (/pid \d+\./.test(text)) signal('SIGKILL');
  });
  await stepEnded(Number(/pid (\d+)/.exec(out)![1]));
});

test('a log is followed until its step has ended', async () => {
  const source =
    'for (let i = 0; i < 4; i++) { console.log(i); await new Promise((next) => setTimeout(next, 700)) }';
  writeNotebook(folder, 'slow.ipynb', [['step:slow', source]]);
  const run = tagflow(['run', 'slow.ipynb']);
  let log: Ended;
  do log = await tagflow(['logs', 'latest', 'slow', '--follow']);
  while (log.code !== 0);
  expect(log.out).toBe('0\n1\n2\n3\n');
  expect((await run).code).toBe(0);
}, 60_000);

test('a damaged record is named, and is not taken for no run', async () => {
  notebook('three.ipynb', THREE);
  await tagflow(['run', 'three.ipynb']);
  const [{ id }] = JSON.parse((await tagflow(['runs', '--json'])).out);
  const record = join(
    folder,
    '.tagflow/runs',
    `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}`,
    id,
    'end.json',
  );
  writeFileSync(record, readFileSync(record, 'utf8').slice(0, 100));
  const listed = await tagflow(['runs']);
  expect([listed.code, listed.out]).toEqual([0, '']);
  expect(listed.err).toMatch(/end\.json in .* is damaged/);
  for (const name of ['latest', id]) {
    const shown = await tagflow(['show', name]);
    expect([shown.code, shown.err]).toEqual([1, listed.err]);
  }
});

test('a damaged log and a damaged copy of the notebook are named', async () => {
  notebook('three.ipynb', THREE);
  await tagflow(['run', 'three.ipynb']);
  const [{ id }] = JSON.parse((await tagflow(['runs', '--json'])).out);
  const run = join(folder, '.tagflow/runs', `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}`, id);
  writeFileSync(join(run, 'load/0/1/log.000'), '{}\n');
  expect(await tagflow(['logs', 'latest', 'load'])).toMatchObject({ code: 0, err: '[log.000 is damaged]\n' });
  writeFileSync(join(run, 'notebook.ipynb'), '{"cells": [');
  const retried = await tagflow(['retry', 'latest']);
  expect([retried.code, retried.err]).toEqual([1, expect.stringMatching(/notebook\.ipynb in .* is damaged/)]);
});

test('a full disk behind the output is a sentence', async () => {
  notebook('three.ipynb', THREE);
  const main = join(import.meta.dirname, '../kernel/lib/main.js');
  const full = spawnSync('sh', ['-c', `"${process.execPath}" "${main}" check three.ipynb >/dev/full`], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect([full.status, full.stderr]).toEqual([1, 'The output is cut off (ENOSPC).\n']);
});

test('a damaged blob is named, refused and not returned', async () => {
  notebook('three.ipynb', THREE);
  await tagflow(['run', 'three.ipynb']);
  const { digest } = JSON.parse((await tagflow(['show', 'latest', 'score', 'score', '--json'])).out);
  const blob = join(folder, '.tagflow/blobs/sha256', digest.slice(0, 2), digest);
  const bytes = readFileSync(blob);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(blob, bytes);
  for (const more of [[], ['--json'], ['--out', 'x.cbor']]) {
    const shown = await tagflow(['show', 'latest', 'score', 'score', ...more]);
    expect(shown.code).toBe(1);
    expect(shown.out + shown.err).toContain(digest);
    expect(shown.out + shown.err).toMatch(/damaged/);
    expect(shown.out).not.toContain('best');
  }
  expect(readdirSync(folder)).not.toContain('x.cbor');
});

describe('bad input is a sentence and an exit code', () => {
  beforeEach(() => {
    notebook('good.ipynb', [
      ['parameters', 'const n = 1;'],
      ['step:one', 'const x = n;'],
    ]);
    writeFileSync(join(folder, 'cut.ipynb'), readFileSync(join(folder, 'good.ipynb')).subarray(0, 50));
    writeFileSync(join(folder, 'text.ipynb'), 'hello');
    writeFileSync(join(folder, 'other.ipynb'), '{"a": 1}');
    writeFileSync(join(folder, 'list.ipynb'), '[]');
  });

  test.each<[string[], number, RegExp]>([
    [['run', 'missing.ipynb'], 2, /no file missing\.ipynb/],
    [['check', '.'], 2, /is a folder/],
    [['run', 'cut.ipynb'], 1, /cut off/],
    [['run', 'text.ipynb'], 1, /JSON/],
    [['run', 'other.ipynb'], 1, /not a notebook/],
    [['run', 'list.ipynb'], 1, /not a notebook/],
    [['run', 'good.ipynb', '--param', 'm=1'], 2, /no parameter m: there are n/],
    [['run', 'good.ipynb', '--param', 'n=x'], 2, /n takes a value of type number; "x" is none/],
    [['run', 'good.ipynb', '--param', 'n'], 2, /form name=value/],
    [['runs', '--limit', '0'], 2, /from 1 on/],
    [['runs', '--state', 'odd'], 2, /Allowed choices are running/],
    [['runs', '--since', 'yesterday'], 2, /a date such as/],
    [['run', 'good.ipynb', '--tag', 'a/b'], 2, /a name, or name=value/],
    [['lineage', 'latest'], 2, /is no digest/],
    [['lineage', 'abcdef0'], 1, /No run in .* made or used/],
    [['lineage', 'latest', 'one', 'x'], 1, /no run yet/],
    [['diff', 'latest'], 2, /missing required argument/],
    [['diff', 'latest', 'latest'], 1, /no run yet/],
    [['gc', '--older-than', 'long'], 2, /length of time/],
    [['gc', '--keep', '0'], 2, /from 1 on/],
    [['show', 'latest'], 1, /no run yet/],
    [['show', 'zzz'], 1, /No run has an id/],
    [['show', 'latest', '--out', 'x'], 2, /name the step/],
    [['nonsense'], 2, /unknown command/],
    [['run'], 2, /missing required argument/],
  ])('%j', async (parameters, code, message) => {
    const ended = await tagflow(parameters);
    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toMatch(/^\s+at /m);
    expect(readdirSync(folder)).not.toContain('.tagflow');
  });

  test('a store that is a file, and one of a newer format', async () => {
    writeFileSync(join(folder, '.tagflow'), '');
    const file = await tagflow(['run', 'good.ipynb']);
    expect([file.code, file.err]).toEqual([1, expect.stringMatching(/is a file, not a folder/)]);
    expect(statSync(join(folder, '.tagflow')).size).toBe(0);
    rmSync(join(folder, '.tagflow'));
    await tagflow(['run', 'good.ipynb']);
    writeFileSync(join(folder, '.tagflow/store.json'), '{"format": 9, "id": "x"}');
    const newer = await tagflow(['runs']);
    expect([newer.code, newer.err]).toEqual([1, expect.stringMatching(/format 9, made by a newer tagflow/)]);
  });
});

test('a step that wrote nothing is said to have written nothing', async () => {
  notebook('quiet.ipynb', [['step:one', 'const x = 1;']]);
  await tagflow(['run', 'quiet.ipynb']);
  const { code, out, err } = await tagflow(['logs', 'latest', 'one']);
  expect([code, out, err]).toEqual([0, '', expect.stringMatching(/^Step one of run \S+ wrote nothing\.\n$/)]);
});

test('of a step that did not run is said where its log is, or that there is none', async () => {
  notebook('before.ipynb', [
    ['step:one', 'const x = [1].length; console.log("one");'],
    ['step:two', 'const z = [x].map((n) => { if (n > 0) throw new Error("two"); return n; });'],
    ['step:three', 'const y = z.length;'],
  ]);
  await tagflow(['run', 'before.ipynb']);
  await tagflow(['run', 'before.ipynb']);
  const { out, err } = await tagflow(['logs', 'latest', 'one']);
  expect([out, err]).toEqual([
    '',
    expect.stringMatching(/^Step one of run \S+ did not run: results of run /),
  ]);
  const [, run] = /`tagflow logs (\S+) one`/.exec(err)!;
  expect((await tagflow(['logs', run!, 'one'])).out).toBe('one\n');
  expect((await tagflow(['logs', 'latest', 'three'])).err).toMatch(
    /^Step three of run \S+ did not begin\.\n$/,
  );
});

test('npm finds the command, although it installs before anything is built', () => {
  const kernel = fileURLToPath(new URL('../kernel/', import.meta.url));
  const { bin } = JSON.parse(readFileSync(join(kernel, 'package.json'), 'utf8'));
  const tracked = execFileSync('git', ['ls-files', '--stage', bin.tagflow], {
    cwd: kernel,
    encoding: 'utf8',
  });
  expect(tracked).toMatch(/^100755 /);
  const version = execFileSync(process.execPath, [join(kernel, bin.tagflow), '--version'], {
    encoding: 'utf8',
  });
  expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('every command has help with an example', async () => {
  const commands = [
    'check',
    'run',
    'runs',
    'show',
    'logs',
    'diff',
    'lineage',
    'gc',
    'install',
    'uninstall',
    'kernel',
  ];
  const helps = await Promise.all(commands.map((command) => tagflow([command, '--help'])));
  for (const [i, help] of helps.entries()) {
    expect(help.code).toBe(0);
    expect(help.out).toContain(`Example:\n  tagflow ${commands[i]}`);
  }
});
