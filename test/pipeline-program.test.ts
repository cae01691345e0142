import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BundleError, bundleProgram } from '../kernel/lib/bundle/program.js';
import { isLocal } from '../kernel/lib/language/slice/modules.js';
import { FOLDER, pipelineFrom, type Row } from './pipeline/notebook.ts';

const program = (rows: Row[], step = 0) => pipelineFrom(rows).steps[step]!.programs[0]!;

describe('programs', () => {
  test('only what is used is taken', () => {
    const { source } = program([
      ['none', 'function used() { return K }\nfunction unused() { return 1 }\nconst K = 1, L = 2'],
      ['step:a', 'import fs from "node:fs"; const z = used(); function alone() {}'],
    ]);
    expect(source).toMatch(/function used/);
    expect(source).toMatch(/const K = 1/);
    expect(source).not.toMatch(/unused|L = 2|alone|fs/);
  });

  test('packages and local files are named; a local file is inlined once, a package stays outside', async () => {
    const found = program([
      [
        'none',
        'import { loc } from "./local"; import { inc } from "./local"; import { chunk } from "lodash"',
      ],
      [
        'step:a',
        'const z = [inc(loc), chunk([1]), (await import("nanoid")).nanoid, (await import("./local")).loc]',
      ],
    ]);
    expect(found.packages).toEqual(['lodash', 'nanoid']);
    expect(found.localFiles).toEqual(['./local']);
    const { code: text } = await bundleProgram(found, { directory: FOLDER });
    expect(text.match(/loc = \{ a: 41 \}/g)).toHaveLength(1);
    expect(text).toMatch(/\$x\.import\("lodash"\)/);
    expect(text).toMatch(/\$x\.import\("nanoid"\)/);
    expect(text).not.toMatch(/^import /m);
  });

  test.each<[string, Row[], boolean]>([
    ['constants', [['step:a', 'const a = 1, b = `x`, c = /y/; let d']], false],
    ['constants alone', [['step:a', 'const a = 1, b = `x`, c = /y/']], true],
    ['data', [['step:a', 'const rows = [3, 1, { a: 2 }]']], true],
    [
      'functions and classes',
      [['step:a', 'function f() { return Math.random() }\nclass A { b = f() }']],
      true,
    ],
    ['a class that does something', [['step:a', 'class A { static b = console.log(1) }']], false],
    ['a call', [['step:a', 'const a = String(1)']], false],
    ['a statement', [['step:a', 'const a = 1; console.log(a)']], false],
    ['a change of its data', [['step:a', 'const a = [1]; a.push(2)']], false],
    ['an import that nothing reaches', [['step:a', 'import fs from "node:fs"; const f = () => fs']], true],
    [
      'an import for what it does',
      [
        ['none', 'import "nanoid"'],
        ['step:a', 'const a = 1'],
      ],
      false,
    ],
    ['a text of an object', [['step:a', 'const o = { toString() { return "x" } }; const s = `${o}`']], false],
    ['a text in data', [['step:a', 'const o = { toString() { return "x" } }; const s = [`${o}`]']], false],
    [
      'a text of a class',
      [['step:a', 'class C { static toString() { return "x" } }; const s = `${C}`']],
      false,
    ],
    ['a text of a list', [['step:a', 'const s = `${[{}]}`']], false],
    ['a text of a text', [['step:a', 'const a = "x"; const b = a; const s = `${b}, ${`${a}`}`']], true],
    ['a text of an enum', [['step:a', 'enum E { a, b = E.a + 1, c = `${a}` }; const s = `${E.b}`']], true],
    [
      'an enum of a text of an object',
      [['step:a', 'const o = { toString() { return "x" } }; enum E { a = `${o}` as any }']],
      false,
    ],
    [
      'an enum of a member of a class',
      [['step:a', 'class C { static get z() { return 1 } }; enum E { a = C.z as any }']],
      false,
    ],
    [
      'spread',
      [
        ['step:b', 'const s = new Set([1])'],
        ['step:a', 'const a = [...s]'],
      ],
      false,
    ],
    [
      'setup',
      [
        ['setup', 'console.log(1)'],
        ['step:a', 'const a = 1'],
      ],
      false,
    ],
  ])('%s are inert or not', (_, rows, expected) => {
    const steps = pipelineFrom(rows).steps;
    expect(steps.find(({ name }) => name === 'a')!.programs[0]!.inert ?? false).toBe(expected);
  });

  test('JSX needs a package that nobody names', () => {
    const rows: Row[] = [
      ['none', 'const view = (n: number) => <b>{n}</b>; const less = (n: number) => n < 1'],
      ['step:a', 'const z = String(view(1))'],
      ['step:b', 'const y = less(1) ? [1] : []'],
    ];
    expect(program(rows, 0).packages).toEqual(['react/jsx-runtime']);
    expect(program(rows, 1).packages).toEqual([]);
  });

  test.each([
    ['./local', true],
    ['../local', true],
    ['.', true],
    ['..', true],
    ['/local', true],
    ['file:///local.ts', true],
    ['C:\\local.ts', true],
    ['lodash', false],
    ['@scope/name', false],
    ['node:fs', false],
    ['.hidden', false],
  ])('%s is a local file: %s', (specifier, local) => {
    expect(isLocal(specifier)).toBe(local);
  });

  test('a local file may be named by its URL', async () => {
    const url = pathToFileURL(join(FOLDER, 'local.ts')).href;
    const found = program([
      ['step:a', `const { inc, loc } = await import(${JSON.stringify(url)}); const z = inc(loc)`],
    ]);
    expect(found.localFiles).toEqual([url]);
    expect((await bundleProgram(found, { directory: FOLDER })).code).toMatch(/loc = \{ a: 41 \}/);
  });

  test('a local file that is not there is told by name', async () => {
    const missing = { source: 'export default async ($x) => { await import("./gone") }' };
    await expect(bundleProgram(missing, { directory: FOLDER })).rejects.toThrow(BundleError);
    await expect(bundleProgram(missing, { directory: FOLDER })).rejects.toThrow('./gone');
  });

  test('positions lead back to the cell', async () => {
    const rows: Row[] = [
      ['none', '// a comment\nfunction fail(x: number): never {\n  throw new Error(`no ${x}`)\n}'],
      ['none', 'namespace N {\n\n  export function f() {\n    return 41\n  }\n}'],
      [
        'step:a',
        'const before = 1 + 1\n\nconst z: number = fail(before) + N.f()\n' +
          'const keep = (m: any, _: unknown) => m\nclass K {\n  @keep\n  run() {\n    return 42\n  }\n}',
      ],
    ];
    const { code: text } = await bundleProgram(program(rows), { directory: FOLDER });
    const data = /base64,(\S+)/.exec(text)![1]!;
    const map = new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString()));
    const lines = text.split('\n');
    const origin = (pattern: string) => {
      const line = lines.findIndex((candidate) => candidate.includes(pattern));
      const { originalSource, originalLine, originalColumn } = map.findEntry(
        line,
        lines[line]!.indexOf(pattern),
      ) as never;
      return `${originalSource}:${Number(originalLine) + 1}:${Number(originalColumn) + 1}`;
    };
    expect(origin('new Error')).toBe('cell:c1:3:9');
    expect(origin('fail(before)')).toBe('cell:c3:3:19');
    expect(origin('return 41')).toMatch(/^cell:c2:4:/);
    expect(origin('return 42')).toMatch(/^cell:c3:8:/);
  });

  test('the digest of a class does not depend on comments and white space', () => {
    const digest = (text: string) =>
      /\$x\.class\("M", "(\w+)"/.exec(
        program([
          ['none', text],
          ['step:a', 'const m = new M()'],
        ]).source,
      )![1];
    expect(digest('class M { /* x */ a  = 1;\n// y\n b() { return `t  ${1}` } }')).toBe(
      digest('class M { a = 1; b() { return `t  ${1}` } }'),
    );
    expect(digest('class M { a = 1 }')).not.toBe(digest('class M { a = 2 }'));
  });

  test('what is kept', () => {
    const produced = (settings: object) =>
      pipelineFrom([
        [
          'step:a',
          'const _private = [1].length, used = [2].length, shown = [3].length, _used = [4].length',
          settings,
        ],
        ['step:b', 'const z = used + _used'],
      ]).steps[0]!.produces.map(({ name, consumed }) => name + (consumed ? '!' : ''));
    expect(produced({})).toEqual(['used!', 'shown', '_used!']);
    expect(produced({ keep: 'consumed' })).toEqual(['used!', '_used!']);
  });

  test('files declared in code count', () => {
    const { steps } = pipelineFrom([
      ['none', 'import { file } from "tagflow"; const load = () => file("./data.json")'],
      ['step:a', 'const z = String(load())', { files: ['other.csv'] }],
    ]);
    expect(steps[0]!.settings.files).toEqual(['other.csv', './data.json']);
  });
});
