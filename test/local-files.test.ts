import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BundleError } from '../kernel/lib/bundle/program.js';
import { localFilesOf } from '../kernel/lib/run/key/local-files.js';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tagflow-files-'));
  folder = join(root, 'notebooks');
  mkdirSync(folder);
  write('score.ts', SCORE);
  write('weights.json', '{ "w": 1 }');
  write('plain.js', 'export const plain = 1;');
  write('types.ts', 'export type T = number;');
  write('other.ts', 'export const other = 1;');
  write(
    '../shared/deep.ts',
    'import { readFileSync } from "node:fs";\nexport const deep = typeof readFileSync;',
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, text: string) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};

const SCORE = `import weights from './weights.json';
import type { T } from './types';
import { max } from 'd3-array';
import { plain } from './plain.js';
export { deep } from '../shared/deep';
// what is best
export function score(x: T) { const y: T = x * weights.w; return max([y, plain]) }
export const lazily = () => import('./later');
`;

test('the closure, by paths relative to the notebook', async () => {
  write('later.tsx', 'export const later = <T,>(x: T) => x');
  const { digests, packages } = await localFilesOf(['./score'], folder);
  expect(Object.keys(digests)).toEqual([
    '../shared/deep.ts',
    'later.tsx',
    'plain.js',
    'score.ts',
    'weights.json',
  ]);
  expect(packages).toEqual(['d3-array', 'node:fs']);
  expect(await localFilesOf([], folder)).toEqual({ digests: {}, packages: [] });
});

const EDITS: [string, string, (text: string) => string, string[]][] = [
  ['nothing', 'score.ts', (text) => text, []],
  ['comments', 'score.ts', (text) => text.replace('// what is best', '/* which is the best? */'), []],
  ['layout', 'score.ts', (text) => text.replace('{ const', '{\n\n  const'), []],
  ['types', 'score.ts', (text) => text.replace('const y: T', 'const y'), []],
  ['a file of types', 'types.ts', (text) => `${text} // x`, []],
  ['another file', 'other.ts', () => 'export const other = 2', []],
  ['code', 'score.ts', (text) => text.replace('x * ', 'x + '), ['score.ts']],
  ['JavaScript', 'plain.js', () => 'export const plain = 2', ['plain.js']],
  ['a file that a file imports', '../shared/deep.ts', () => 'export const deep = 1', ['../shared/deep.ts']],
  ['JSON', 'weights.json', () => '{ "w": 2 }', ['weights.json']],
  ['JSON by its bytes', 'weights.json', () => '{"w":1}', ['weights.json']],
];

test.each(EDITS)('what an edit changes: %s', async (_, file, edit, changed) => {
  write('later.ts', 'export const later = 1');
  const before = (await localFilesOf(['./score'], folder)).digests;
  const path = join(folder, file);
  write(file, edit(file === 'score.ts' ? SCORE : file === 'types.ts' ? 'export type T = number;' : path));
  const now = (await localFilesOf(['./score'], folder)).digests;
  expect(Object.keys(now).filter((name) => now[name] !== before[name])).toEqual(changed);
});

test('where the project lies does not matter', async () => {
  write('later.ts', 'export const later = import.meta.url;');
  const before = await localFilesOf(['./score'], folder);
  const elsewhere = mkdtempSync(join(tmpdir(), 'tagflow-files-'));
  cpSync(root, elsewhere, { recursive: true });
  expect(await localFilesOf(['./score'], join(elsewhere, 'notebooks'))).toEqual(before);
  symlinkSync(elsewhere, join(elsewhere, 'link'));
  expect(await localFilesOf(['./score'], join(elsewhere, 'link/notebooks'))).toEqual(before);
  rmSync(elsewhere, { recursive: true });
});

test('a file that is missing, or does not parse, is named', async () => {
  await expect(localFilesOf(['./score'], folder)).rejects.toThrow(BundleError);
  await expect(localFilesOf(['./score'], folder)).rejects.toThrow('./later');
  write('later.ts', 'export const = 1');
  await expect(localFilesOf(['./score'], folder)).rejects.toThrow('later.ts, line 1');
});
