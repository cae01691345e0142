/** Node's subpath imports, `#name`: the notebook, a run and a cache key find the same for them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Run } from '@tagflow/schema';
import { programSpecifier, subpathTarget } from '../kernel/lib/language/subpaths.js';
import { localFilesOf } from '../kernel/lib/run/key/local-files.js';
import { startRun } from '../kernel/lib/run/start.js';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { resultOf, TestKernel } from './jupyter/client.ts';
import { notebookText, type Row } from './pipeline/notebook.ts';

let folder: string;
let notebooks: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-subpaths-'));
  notebooks = join(folder, 'notebooks');
  store = new FolderStore(join(folder, '.tagflow'));
  for (const [path, text] of Object.entries(FILES)) write(path, text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const IMPORTS: Record<string, unknown> = {
  '#lib/*': './lib/*',
  '#short/*': './lib/*.ts',
  '#written-for': './lib/scale.js',
  '#data': './data.json',
  '#dep': 'dep',
  '#flow': 'tagflow',
  '#dep/*': 'dep/*',
  '#kind': { browser: './lib/browser.ts', node: './lib/node.ts', default: './lib/browser.ts' },
};
const manifest = (imports: object) => JSON.stringify({ name: 'project', imports });

const FILES: Record<string, string> = {
  'package.json': manifest(IMPORTS),
  'notebooks/connection.json': '{}',
  'data.json': '{ "weight": 5 }',
  'lib/scale.ts':
    "import { base } from '#short/base';\nimport { dep } from '#dep';\nimport data from '#data';\n" +
    "export { kind } from '#kind';\nexport const scale = (x: number): number => x * base + dep + data.weight;\n" +
    "export const lazily = async (): Promise<number[]> => [(await import('#dep/part.js')).part, (await import('#lib/base.ts')).base];\n",
  'lib/base.ts': 'export const base: number = 10;\n',
  'lib/shown.ts': "import { html as made } from '#flow';\nexport const html = typeof made;\n",
  'lib/node.ts': "export const kind = 'node' as const;\n",
  'lib/browser.ts': "export const kind = 'browser' as const;\n",
  'node_modules/dep/package.json':
    '{ "name": "dep", "version": "1.0.0", "type": "module", "main": "index.js" }',
  'node_modules/dep/index.js': 'export const dep = 100;',
  'node_modules/dep/index.d.ts': 'export const dep: number;',
  'node_modules/dep/part.js': 'export const part = 7;',
  'node_modules/dep/part.d.ts': 'export const part: number;',
};

const CELLS: [imports: string, step: string, value: unknown][] = [
  [
    "import { scale, kind, lazily } from '#lib/scale.ts'; import { scale as again } from '#written-for';",
    'const v0 = [scale(2), scale === again, kind, await lazily()]',
    [125, true, 'node', [7, 10]],
  ],
  [
    "import { dep } from '#dep'; import * as part from '#dep/part.js';",
    'const v1 = [dep, part.part]',
    [100, 7],
  ],
  ["import data, { weight } from '#data';", 'const v2 = [data.weight, weight]', [5, 5]],
  ["import { base } from '#short/base';", 'const v3 = base', 10],
  ["const load = async () => (await import('#short/base')).base;", 'const v4 = await load()', 10],
  [
    '',
    "const { dep: other } = await import('#dep'); const v5 = [other, (await import(`#kind`)).kind]",
    [100, 'node'],
  ],
  [
    "import { foreach } from '#flow'; import { html } from '#lib/shown.ts';",
    'const v6 = await foreach([1, 2], (n) => n + 1)',
    [2, 3],
  ],
  ['', 'const v7 = html', 'function'],
];

const run = (rows: Row[]): Promise<Run> =>
  startRun({ notebook: notebookText(rows), directory: notebooks, store, trigger: 'command' });

async function valueIn({ steps }: Run, name: string): Promise<unknown> {
  for (const { failure } of steps) if (failure) throw new Error(failure.message);
  const output = steps.flatMap(({ outputs }) => outputs).find((each) => each.name === name);
  return output && readArtifact(store, output.digest);
}

test('cells and local files have the same values in the notebook and in a run', async () => {
  const rows = CELLS.flatMap(([imports, step], i): Row[] => [
    ['none', imports],
    [`step:s${i}`, step, { after: [] }],
  ]);
  const ran = await run(rows);
  expect(ran.steps.map(({ name }) => name)).toContain('s6');
  const kernel = await TestKernel.start({ directory: notebooks });
  try {
    for (const [i, [imports, step, value]] of CELLS.entries()) {
      expect([step, await valueIn(ran, `v${i}`)]).toEqual([step, value]);
      const execution = await kernel.execute(`${imports}\n${step}\nJSON.stringify(v${i})`);
      expect([step, execution.reply['status'], execution.reply['evalue']]).toEqual([step, 'ok', undefined]);
      expect([step, resultOf(execution)?.['text/plain']]).toEqual([step, `'${JSON.stringify(value)}'`]);
    }
  } finally {
    await kernel.end();
  }
}, 60_000);

test('a kernel sees what files and package.json say now', async () => {
  const kernel = await TestKernel.start({ directory: notebooks });
  const show = async () =>
    resultOf(await kernel.execute("import { scale } from '#lib/scale.ts'; scale(1)"))?.['text/plain'];
  try {
    expect(await show()).toBe('115');
    write('lib/base.ts', 'export const base: number = 20;\n');
    expect(await show()).toBe('125');
    write('lib/other.ts', 'export const base: number = 30;\n');
    write('package.json', manifest({ ...IMPORTS, '#short/*': './lib/other.ts' }));
    expect(await show()).toBe('135');
    write('lib/other.ts', 'export const base = "text";\n');
    const { reply } = await kernel.execute("import { base } from '#short/base'; const n: number = base");
    expect(reply).toMatchObject({ status: 'error', evalue: expect.stringContaining("'string'") });
  } finally {
    await kernel.end();
  }
}, 60_000);

test('a step runs again when what it reaches so is another', async () => {
  const rows: Row[] = [
    ['none', "import { scale } from '#lib/scale.ts'; import { weight } from '#data'"],
    ['step:a', 'const x = scale(1)', { cache: true }],
    ['step:b', 'const y = weight', { cache: true }],
  ];
  const cached = async () =>
    (await run(rows)).steps.filter((step) => step.cached !== undefined).map(({ name }) => name);
  const first = await run(rows);
  expect([await valueIn(first, 'x'), await valueIn(first, 'y')]).toEqual([115, 5]);
  expect(await cached()).toEqual(['a', 'b']);
  write('lib/base.ts', 'export const base: number = 20;\n');
  expect(await cached()).toEqual(['b']);
  write('node_modules/dep/package.json', FILES['node_modules/dep/package.json']!.replace('1.0.0', '1.0.1'));
  expect(await cached()).toEqual(['b']);
  write('other.json', '{ "weight": 6 }');
  write('package.json', manifest({ ...IMPORTS, '#data': './other.json' }));
  expect(await cached()).toEqual([]);
  expect(await valueIn(await run(rows), 'x')).toBe(126);
}, 60_000);

test('a name that means another of the same files or packages is another', async () => {
  write('lib/one.ts', 'export const n: number = 1;');
  write('lib/two.ts', 'export const n: number = 2;');
  write(
    'lib/both.ts',
    "export { n as a } from '#one'; export { n as b } from '#two'; export { p } from '#part';",
  );
  write('node_modules/dep/other.js', 'export const p = 8;');
  write('node_modules/dep/other.d.ts', 'export const p: number;');
  write('node_modules/dep/again.js', 'export const p = 9;');
  write('node_modules/dep/again.d.ts', 'export const p: number;');
  const rows: Row[] = [
    ['none', "import { a, b, p } from '#lib/both.ts'"],
    ['step:files', 'const x = [a, b]', { cache: true }],
    ['step:packages', 'const y = p', { cache: true }],
    ['step:cell', "const z = (await import('#one')).n * 10 + (await import('#two')).n", { cache: true }],
    ['step:part', "const w = (await import('#part')).p", { cache: true }],
  ];
  const values = async (one: string, two: string, part: string) => {
    const names = { '#one': `./lib/${one}.ts`, '#two': `./lib/${two}.ts`, '#part': `dep/${part}.js` };
    write('package.json', manifest({ ...IMPORTS, ...names }));
    const ran = await run(rows);
    return Promise.all(['x', 'y', 'z', 'w'].map((name) => valueIn(ran, name)));
  };
  expect(await values('one', 'two', 'other')).toEqual([[1, 2], 8, 12, 8]);
  expect(await values('two', 'one', 'again')).toEqual([[2, 1], 9, 21, 9]);
}, 60_000);

test('files and packages count as what they are', async () => {
  const { digests, packages } = await localFilesOf(['../lib/scale.ts'], notebooks);
  expect(Object.keys(digests)).toEqual([
    '../data.json',
    '../lib/base.ts',
    '../lib/node.ts',
    '../lib/scale.ts',
  ]);
  expect(packages).toEqual(['dep', 'dep/part.js']);
});

test('what nothing says is told, with what to do', async () => {
  write('lib/lost.ts', "import { x } from '#nowhere'; export const lost = x;");
  await expect(
    run([
      ['none', "import { lost } from '#lib/lost.ts'"],
      ['step:a', 'const x = lost'],
    ]),
  ).rejects.toThrow(/lost\.ts, line 1: Nothing says what "#nowhere" is/);
  const kernel = await TestKernel.start({ directory: notebooks });
  try {
    const { reply } = await kernel.execute("import { lost } from '#lib/lost.ts'");
    expect(reply['evalue']).toContain(
      `Nothing says what "#nowhere" is: add it to the \`imports\` of ${join(folder, 'package.json')}.`,
    );
    const { reply: unknown } = await kernel.execute("import { x } from '#unknown'");
    expect(String(unknown['traceback'])).toContain('Say in package.json which file it is');
    expect(String(unknown['traceback'])).not.toContain('npm install');
  } finally {
    await kernel.end();
  }
}, 60_000);

describe('targets are those that Node finds', () => {
  const cases: [imports: unknown, specifier: string, target: object][] = [
    [{ '#a': './a.ts' }, '#a', { file: '/p/a.ts' }],
    [{ '#a': './a.ts' }, '#b', {}],
    [{ '#a': 'dep/part' }, '#a', { package: 'dep/part' }],
    [{ '#*': './any/*', '#a/*': './a/*' }, '#a/x.ts', { file: '/p/a/x.ts' }],
    [{ '#a/*': './a/*', '#a/*.js': './js/*.js' }, '#a/b/c.js', { file: '/p/js/b/c.js' }],
    [{ '#a/*': './a/*', '#a/private/*': null }, '#a/private/x', {}],
    [{ '#a/*': './*/*.ts' }, '#a/x', { file: '/p/x/x.ts' }],
    [{ '#a/*': './a/*' }, '#a/../x.ts', {}],
    [{ '#a': '../a.ts' }, '#a', {}],
    [{ '#a': './node_modules/x' }, '#a', {}],
    [{ '#a': { browser: './b.ts' } }, '#a', {}],
    [{ '#a': { node: { require: './r.cjs', import: './i.ts' } } }, '#a', { file: '/p/i.ts' }],
    [{ '#a': { types: './a.d.ts', node: null, default: './a.ts' } }, '#a', {}],
    [{ '#a': { node: { browser: './b.ts' }, default: './a.ts' } }, '#a', { file: '/p/a.ts' }],
    [{ '#a': ['../x', './a.ts'] }, '#a', { file: '/p/a.ts' }],
    [undefined, '#a', {}],
  ];
  test.each(cases)('%j %s', (imports, specifier, target) => {
    const readText = (path: string) => (path === '/p/package.json' ? JSON.stringify({ imports }) : undefined);
    expect(subpathTarget(specifier, '/p/notebooks', readText)).toEqual({
      manifest: '/p/package.json',
      ...target,
    });
  });

  test('for require, and as programs name them', () => {
    const imports = { '#a': { require: './r.cjs', import: './i.ts' }, '#n': './notebooks/n.ts', '#d': 'dep' };
    const readText = (path: string) => (path === '/p/package.json' ? JSON.stringify({ imports }) : undefined);
    const named = (specifier: string, require = false) =>
      programSpecifier(specifier, '/p/notebooks', readText, require);
    expect([named('#a'), named('#a', true), named('#n'), named('#d'), named('./x')]).toEqual([
      '../i.ts',
      '../r.cjs',
      './n.ts',
      'dep',
      './x',
    ]);
    expect(subpathTarget('#a', '/elsewhere', readText)).toEqual({});
  });
});
