/** A compiler that starts from a snapshot answers as one that was loaded, and is done without where there is none. */
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Language } from '../kernel/lib/language/language.js';
import { isUnchanged } from '../kernel/lib/language/observations.js';
import { makeSnapshot, snapshotFor, startFromSnapshot } from '../kernel/lib/compiler/snapshot.js';
import { LanguageThread } from '../kernel/lib/compiler/client.js';
import { answerTo } from '../kernel/lib/compiler/answer.js';
import { analyse } from '../kernel/lib/run/analysis/analysis.js';
import { CASES } from './pipeline/diagnostics.ts';
import { FOLDER, notebookText } from './pipeline/notebook.ts';

jest.setTimeout(180_000); // making one takes seconds, on a busy machine many

const notebooks = join(import.meta.dirname, 'notebooks');
const home = mkdtempSync(join(tmpdir(), 'tagflow-cache-'));
const before = process.env['XDG_CACHE_HOME'];

async function made(): Promise<ReturnType<typeof snapshotFor>> {
  const snapshot = snapshotFor(notebooks);
  makeSnapshot(snapshot);
  while (!existsSync(snapshot.path) || existsSync(`${snapshot.path}.making`)) await wait(50);
  return snapshot;
}

beforeAll(async () => {
  process.env['XDG_CACHE_HOME'] = home;
  await made();
});
afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(home, { recursive: true, force: true });
});

test('one can be made by this Node, and leaves nothing else behind', () => {
  const { path } = snapshotFor(notebooks);
  expect(statSync(path).size).toBeGreaterThan(1e6);
  expect(readdirSync(join(home, 'tagflow')).filter((name) => !/\.(blob|json)$/.test(name))).toEqual([]);
});

describe('an analysis in a process from a snapshot', () => {
  const written = readdirSync(notebooks).map((name): [string, string] => [
    name,
    readFileSync(join(notebooks, name), 'utf8'),
  ]);
  const tables = CASES.filter((_, i) => i % 20 === 0).map(([title, cells, , metadata]): [string, string] => [
    title,
    notebookText(cells, metadata),
  ]);
  const languages = new Map<string, Language>();
  const zero: [string, string] = ['a parameter that is -0', notebookText([['parameters', 'const x = -0']])];
  test.each([...written, ...tables, zero])('says of %s what any other says', async (name, notebook) => {
    const directory = name.endsWith('.ipynb') ? notebooks : FOLDER;
    const request = { notebook, directory, name };
    const language = languages.get(directory) ?? new Language(directory);
    languages.set(directory, language);
    const answer = answerTo(request, language);
    const child = startFromSnapshot(snapshotFor(directory), { analysis: request })!;
    const [{ observations, ...reply }] = await once(child, 'message');
    child.kill('SIGKILL');
    expect(reply).toStrictEqual(answer);
    if ('pipeline' in reply) expect(isUnchanged(observations)).toBe(true);
  });

  test('throws what the chain throws', async () => {
    await expect(analyse({ notebook: '{', directory: notebooks, name: 'x' })).rejects.toMatchObject({
      name: 'NotebookError',
    });
  });
});

test('the live compiler starts from it', async () => {
  const compiler = new LanguageThread(notebooks);
  const compiled = await compiler.ask('compile', { id: 'a', source: 'const x = [1].map((n) => `${n}`)' });
  expect(compiled).toMatchObject({ ok: true, names: ['x'] });
  await compiler.ask('commit', { id: 'a' });
  const { matches } = await compiler.ask('complete', { code: 'x[0]!.toUpp', offset: 11 });
  expect(matches).toContain('toUpperCase');
  const { text } = await compiler.ask('inspect', { code: 'x', offset: 1 });
  expect(text).toContain('string[]');
  await compiler.end();
  expect(compiler.hasEnded).toBe(true);
});

test('what a snapshot holds decides its name: versions, Tagflow itself, types of Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-types-'));
  const own = snapshotFor(folder);
  const types = join(folder, 'node_modules', '@types', 'node');
  mkdirSync(types, { recursive: true });
  writeFileSync(join(types, 'package.json'), '{"version": "1.0.0"}');
  const other = snapshotFor(folder);
  writeFileSync(join(types, 'package.json'), '{"version": "1.0.10"}');
  expect(new Set([own.path, other.path, snapshotFor(folder).path]).size).toBe(3);
  rmSync(folder, { recursive: true });
});

test('declarations that were parsed before are taken while their file has the same text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-types-'));
  const declarations = join(folder, 'node_modules', 'some', 'index.d.ts');
  mkdirSync(join(folder, 'node_modules', 'some'), { recursive: true });
  const read = (): { first?: string; file: unknown } => {
    const language = new Language(folder);
    const cell = language.session().compile('a', "import { some } from 'some'; const text: string = some;");
    const file = [...language.cache.sources.values()].find(
      ({ sourceFile }) => sourceFile.fileName === declarations,
    );
    language.leave();
    return { first: cell.diagnostics[0]?.message, file: file?.sourceFile };
  };
  writeFileSync(declarations, 'export declare const some: string;');
  const before = read();
  expect(before).toMatchObject({ first: undefined, file: expect.anything() });
  expect(read().file).toBe(before.file);
  writeFileSync(declarations, 'export declare const some: number;');
  expect(read().first).toContain("'number'");
  rmSync(folder, { recursive: true });
});

describe('a snapshot from which nothing starts', () => {
  afterEach(() => rmSync(snapshotFor(notebooks).path, { force: true }));

  test.each(['no snapshot', ''])('%j is done without, and not made again', async (content) => {
    const { path } = snapshotFor(notebooks);
    writeFileSync(path, content);
    const compiler = new LanguageThread(notebooks);
    expect((await compiler.ask('compile', { id: 'a', source: 'const x = 1' })).ok).toBe(true);
    await compiler.end();
    writeFileSync(path, content);
    const notebook = notebookText([['step:a', 'const x = 1']]);
    expect((await analyse({ notebook, directory: notebooks, name: 'x' })).steps).toHaveLength(1);
    expect(statSync(path).size).toBe(0);
  });
});
