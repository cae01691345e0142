/** The files that a step finds in its working directory. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWorkingDirectory } from '../kernel/lib/run/workplace.js';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagflow-files-')));
  mkdirSync(join(folder, 'notes/data'), { recursive: true });
  mkdirSync(join(folder, 'tmp'));
  writeFileSync(join(folder, 'notes/data/a.csv'), '1');
  writeFileSync(join(folder, 'outside.csv'), '2');
});
afterEach(() => rmSync(folder, { recursive: true }));

const make = (...files: string[]) => makeWorkingDirectory(join(folder, 'notes'), files, join(folder, 'tmp'));
const link = (path: string, target: string) => symlinkSync(target, join(folder, 'notes', path));

test('links are copied as what they lead to, so that the original stays as it is', async () => {
  link('data/b.csv', 'a.csv');
  link('more', 'data');
  const workplace = await make('data', 'more/b.csv');
  for (const file of ['data/b.csv', 'more/b.csv']) {
    expect(lstatSync(join(workplace, file)).isFile()).toBe(true);
    writeFileSync(join(workplace, file), 'changed');
  }
  expect(lstatSync(join(workplace, 'more')).isDirectory()).toBe(true);
  expect(readFileSync(join(folder, 'notes/data/a.csv'), 'utf8')).toBe('1');
});

test('a file may have a name that begins with two dots', async () => {
  writeFileSync(join(folder, 'notes/..b.csv'), '3');
  expect(readFileSync(join(await make('..b.csv'), '..b.csv'), 'utf8')).toBe('3');
});

test.each<[name: string, prepare: () => void, file: string, sentence: string | RegExp]>([
  ['is missing', () => undefined, 'data/none.csv', 'that the step declares is not in'],
  ['lies outside', () => undefined, '../outside.csv', "lies outside the notebook's folder"],
  ['leads outside', () => link('out.csv', '../outside.csv'), 'out.csv', '"out.csv" is a link out of'],
  ['holds what leads outside', () => link('data/out', '../..'), 'data', '"data/out" is a link out of'],
  [
    'holds what leads to nothing',
    () => link('data/gone', 'nowhere'),
    'data',
    '"data/gone" is a link that leads nowhere. Remove it, or mend it.',
  ],
  [
    'holds what is no file',
    () => execFileSync('mkfifo', [join(folder, 'notes/data/pipe')]),
    'data',
    /^The file "data" that the step declares cannot be copied: the system says: .*pipe/,
  ],
  ['leads to nothing', () => link('gone.csv', 'nowhere'), 'gone.csv', 'is not in'],
  [
    'holds itself',
    () => link('data/again', '.'),
    'data',
    '"data/again" is a link to a folder that it lies in',
  ],
])('a file that %s is a sentence, and no directory is left', async (_, prepare, file, sentence) => {
  prepare();
  await expect(make('data/a.csv', file)).rejects.toThrow(sentence);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});

test('a folder that is not there any more is a sentence', async () => {
  rmSync(join(folder, 'notes'), { recursive: true });
  await expect(make()).rejects.toThrow(
    /folder .*notes is not there any more\. If it was moved, run the notebook/,
  );
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});

test('where nothing can be written, it is said which folder that is', async () => {
  const nowhere = join(folder, 'nowhere');
  await expect(makeWorkingDirectory(folder, [], nowhere)).rejects.toThrow(
    `nothing can be written in ${nowhere} (ENOENT). Set TMPDIR to another folder.`,
  );
});
