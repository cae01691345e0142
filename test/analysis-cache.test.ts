/** An analysis is found again while nothing differs that it rests on, and never after. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Program } from '@tagflow/schema';
import { bundlePrograms } from '../kernel/lib/bundle/programs.js';
import { cacheFolder } from '../kernel/lib/files/cache-folder.js';
import type { AnalysisRequest } from '../kernel/lib/language/messages.js';
import { isUnchanged, observing } from '../kernel/lib/language/observations.js';
import { answerTo } from '../kernel/lib/compiler/answer.js';
import { findAnalysis, keepAnalysis } from '../kernel/lib/run/analysis/cache.js';
import { notebookText } from './pipeline/notebook.ts';

const folder = mkdtempSync(join(tmpdir(), 'tagflow-analyses-'));
const before = process.env['XDG_CACHE_HOME'];
process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
const project = join(folder, 'project');

afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(folder, { recursive: true, force: true });
});

const FILES = {
  'package.json': '{ "type": "module" }',
  'helper.ts': "import { two } from './deeper';\nexport const one: 1 | 3 = 1;\nexport { two };\n",
  'deeper.ts': 'export const two = 2;\n',
  'data.js': 'export const data = 4;\n',
  'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.0", "types": "index.d.ts" }',
  'node_modules/dep/index.d.ts': 'export const five: number;\n',
};

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(project, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const IMPORTS = [
  "import { one, two } from './helper';",
  "import { data } from './data';",
  "import { five } from 'dep';",
  "import untyped from 'untyped';",
].join('\n');
const SUM = 'const sum = one + two + data + five;\nconst rest = String(untyped);';
const OUTPUTS = { outputs: [], execution_count: null };
const NOTEBOOK = notebookText([
  ['none', IMPORTS, {}, OUTPUTS],
  ['step:a', SUM, {}, OUTPUTS],
  ['step:b', 'console.log(sum, rest)', {}, OUTPUTS],
]);

beforeEach(() => {
  rmSync(project, { recursive: true, force: true });
  write(FILES);
});

const CHANGES: [what: string, isFound: boolean, change: () => string | void][] = [
  ['nothing', true, () => undefined],
  ['an output', true, () => NOTEBOOK.replaceAll('"outputs":[]', '"outputs":[{"text":"5"}]')],
  ['a file of which nobody asked', true, () => write({ 'other.ts': 'export {};' })],
  ['a package of which nobody asked', true, () => write({ 'node_modules/more/package.json': '{}' })],
  ['a file with the same text', true, () => write({ 'helper.ts': FILES['helper.ts'] })],
  ['a cell', false, () => NOTEBOOK.replace('one + two', 'two')],
  [
    'a local file, as long as before',
    false,
    () => write({ 'helper.ts': FILES['helper.ts'].replace('= 1', '= 3') }),
  ],
  ['a local file that it imports', false, () => write({ 'deeper.ts': "export const two = '2';\n" })],
  ['a local file that is gone', false, () => rmSync(join(project, 'deeper.ts'))],
  ['a file that is found first', false, () => write({ 'data.ts': "export const data = '4';\n" })],
  [
    'types of a package',
    false,
    () => write({ 'node_modules/dep/index.d.ts': 'export const five: string;\n' }),
  ],
  ['a package that is gone', false, () => rmSync(join(project, 'node_modules/dep'), { recursive: true })],
  [
    'a package that was missing',
    false,
    () => write({ 'node_modules/untyped/index.d.ts': 'export default 6;' }),
  ],
  ['types for it', false, () => write({ 'node_modules/@types/untyped/index.d.ts': 'export default 6;' })],
  [
    'options of the compiler',
    false,
    () => write({ 'tsconfig.json': '{ "compilerOptions": { "strict": false } }' }),
  ],
];

test.each(CHANGES)('after a change of %s: found %p', (_, isFound, change) => {
  const request: AnalysisRequest = { notebook: NOTEBOOK, directory: project, name: 'a.ipynb' };
  const { pipeline, observations } = analysed(request);
  keepAnalysis(request, { pipeline, observations: observations! });
  const changed = { ...request, notebook: change() ?? NOTEBOOK };
  const found = findAnalysis(changed);
  expect(found !== undefined).toBe(isFound);
  if (isFound) expect(found).toStrictEqual(analysed(changed).pipeline);
});

test.each(['null', '{"cells":{}}', '{'])('what is no notebook is left to the chain: %s', (notebook) => {
  const request = { notebook, directory: project, name: 'a.ipynb' };
  expect(answerTo(request)).toMatchObject({ error: { name: 'NotebookError' } });
  expect(findAnalysis(request)).toBeUndefined();
});

test('another name, or another folder, is another analysis', () => {
  const request: AnalysisRequest = { notebook: NOTEBOOK, directory: project, name: 'a.ipynb' };
  const { pipeline, observations } = analysed(request);
  keepAnalysis(request, { pipeline, observations: observations! });
  expect(findAnalysis({ ...request, name: join(project, 'a.ipynb') })).toStrictEqual(pipeline);
  expect(findAnalysis({ ...request, name: 'b.ipynb' })).toBeUndefined();
  expect(findAnalysis({ ...request, directory: folder })).toBeUndefined();
});

test('what cannot be read is done without', () => {
  const request: AnalysisRequest = { notebook: NOTEBOOK, directory: project, name: 'a.ipynb' };
  const { pipeline, observations } = analysed(request);
  const folder = join(process.env['XDG_CACHE_HOME']!, 'tagflow', 'analyses');
  rmSync(folder, { recursive: true, force: true });
  keepAnalysis(request, { pipeline, observations: observations! });
  const [name] = readdirSync(folder);
  expect(statSync(join(folder, name!)).mode & 0o077).toBe(0); // the notebook may be private
  writeFileSync(join(folder, name!), 'x');
  expect(findAnalysis(request)).toBeUndefined();
});

test('what a power cut left of the declarations that all cells see is made anew', () => {
  const request: AnalysisRequest = { notebook: NOTEBOOK, directory: project, name: 'a.ipynb' };
  const { pipeline } = analysed(request);
  const folder = join(process.env['XDG_CACHE_HOME']!, 'tagflow');
  const names = readdirSync(folder).filter((name) => name.startsWith('ambient-'));
  expect(names).toHaveLength(1);
  for (const left of ['', '{ "text"', 'null']) {
    writeFileSync(join(folder, names[0]!), left);
    expect(analysed(request).pipeline).toStrictEqual(pipeline);
  }
});

test('a variable that is set to nothing names no folder', () => {
  const set = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = '';
  expect(cacheFolder()).toBe(join(homedir(), '.cache', 'tagflow'));
  process.env['XDG_CACHE_HOME'] = set;
});

describe('observations', () => {
  const path = join(project, 'file.txt');
  const files = {
    readFile: () => 'text',
    fileExists: () => true,
    directoryExists: () => true,
    getDirectories: () => [],
    realpath: (each: string) => each,
  };

  test('are of no use when a file changes meanwhile', () => {
    write({ 'file.txt': 'one' });
    const { result, observations } = observing(files, () => {
      files.readFile();
      (files.readFile as (path: string) => string)(path);
      writeFileSync(path, 'two');
      return (files.readFile as (path: string) => string)(path);
    });
    expect([result, observations]).toEqual(['text', undefined]);
  });

  test('end with the work, also when it throws', () => {
    const { readFile } = files;
    expect(() => observing(files, () => { throw new Error('no'); })).toThrow('no'); // prettier-ignore
    expect(files.readFile).toBe(readFile);
  });

  test('tell what was missing', () => {
    const { observations } = observing(files, () => (files.fileExists as (path: string) => boolean)(path));
    expect(isUnchanged(observations!)).toBe(true);
    write({ 'file.txt': 'now' });
    expect(isUnchanged(observations!)).toBe(false);
  });
});

describe('bundles', () => {
  const program = (source: string): Program => ({
    segment: 0,
    kind: 'plain',
    source,
    inputs: [],
    outputs: [],
    packages: [],
    localFiles: [],
  });
  const bundled = async (text: string): Promise<string> => {
    const made = program(`export default async ($x) => ${text};`);
    return (await bundlePrograms([made], project)).get(made)!;
  };

  test('are the same the second time, also where what was kept is damaged', async () => {
    const first = await bundled('1');
    expect(await bundled('1')).toBe(first);
    const folder = join(process.env['XDG_CACHE_HOME']!, 'tagflow', 'bundles');
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '');
    expect(await bundled('1')).toBe(first);
  });

  test('have the files of now, however the code names them', async () => {
    for (const text of ["require('./data.json').v", 'await ((k) => import(`./${k}.json`))("data")']) {
      write({ 'data.json': '{ "v": 111 }' });
      expect(await bundled(text)).toContain('111');
      write({ 'data.json': '{ "v": 222 }' });
      expect(await bundled(text)).toContain('222');
    }
  });
});

function analysed(request: AnalysisRequest) {
  const reply = answerTo(request);
  if ('error' in reply) throw new Error(reply.error.message);
  return reply;
}
