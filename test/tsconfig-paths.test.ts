/** What tsconfig.json alone says of names is for the compiler: where code would not find it, that is told. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Language } from '../kernel/lib/language/language.js';
import { pipelineOf } from '../kernel/lib/pipeline/index.js';
import { notebookText, type Row } from './pipeline/notebook.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-paths-'));
  for (const [path, text] of Object.entries(FILES)) write(path, text);
  symlinkSync(join(folder, 'packages/linked'), join(folder, 'node_modules/linked'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const options = (compilerOptions: object) => JSON.stringify({ compilerOptions });

const FILES: Record<string, string> = {
  'package.json': '{ "imports": { "#lib/*": "./lib/*" } }',
  'tsconfig.json': options({
    baseUrl: '.',
    paths: { '@/*': ['lib/*'], dep: ['lib/dep.ts'], untyped: ['types/untyped.d.ts'], '#paths': ['lib/x.ts'] },
  }),
  'lib/x.ts': 'export const x: number = 1;\nexport interface X { a: 1 }\n',
  'lib/dep.ts': 'export const dep: number = 1;\n',
  'lib/deep.ts': "\nimport { x } from '@/x';\nexport const deep = x;\n",
  'lib/lazy.ts': "export const lazy = () => import('lib/x');\n",
  'lib/through.ts': "export * from './deep.ts';\n",
  'lib/typed.ts':
    "import { type X } from '@/x';\nimport type { x } from '@/x';\nimport { X as Y } from '@/x';\nexport const typed: X & Y & { x: typeof x } = { a: 1, x: 1 };\n",
  'lib/classes.ts':
    "import { C } from '@/class';\nimport { C as D, E } from '@/class';\nexport type { C };\nexport const typed = (c: C, kind?: typeof D): C & { e?: E } => c;\nexport class F implements D { a = 1 }\n",
  'lib/class.ts': 'export class C { a = 1 }\nexport class E {}\n',
  'lib/extended.ts': "import { C } from '@/class';\nexport class G extends C {}\n",
  'packages/linked/package.json':
    '{ "name": "linked", "type": "module", "main": "index.js", "types": "src/index.ts" }',
  'packages/linked/src/index.ts': "import { x } from '@/x';\nexport const linked: number = x;\n",
  'packages/linked/index.js': 'export const linked = 1;',
  'types/untyped.d.ts': 'export const untyped: number;\n',
  'node_modules/dep/package.json': '{ "name": "dep", "type": "module", "main": "index.js" }',
  'node_modules/dep/index.js': 'export const dep = 1;',
  'node_modules/dep/index.d.ts': 'export const dep: number;',
  'node_modules/untyped/package.json': '{ "name": "untyped", "type": "module", "main": "index.js" }',
  'node_modules/untyped/index.js': 'export const untyped = 1;',
};

const told = (specifier: string, where = '') =>
  `TF507 Only the compiler finds "${specifier}"${where}: it follows \`paths\` or \`baseUrl\` in tsconfig.json, and code that runs does not.`;

const CASES: [what: string, source: string, errors: string[]][] = [
  ['paths', "import { x } from '@/x'; const y = x", [told('@/x')]],
  ['baseUrl', "import { x } from 'lib/x'; const y = x", [told('lib/x')]],
  ['paths that begin with #', "import { x } from '#paths'; const y = x", [told('#paths')]],
  ['import()', "const { x } = await import('@/x'); const y = x", [told('@/x')]],
  ['a bare import', "import '@/x'; const y = 1", [told('@/x')]],
  [
    'a local file',
    "import { deep } from './lib/deep'; const y = deep",
    [told('@/x', ', which lib/deep.ts imports in line 2')],
  ],
  [
    'a local file of a local file',
    "import { deep } from '#lib/through.ts'; const y = deep",
    [told('@/x', ', which lib/deep.ts imports in line 2')],
  ],
  [
    'import() in a local file',
    "import { lazy } from './lib/lazy'; const y = (await lazy()).x",
    [told('lib/x', ', which lib/lazy.ts imports in line 1')],
  ],
  [
    'types',
    "import { type X } from '@/x'; import type { x } from '@/x'; import { X as Y } from '@/x'; const y: X & Y = { a: 1 }",
    [],
  ],
  ['a local file that takes types', "import { typed } from './lib/typed'; const y = typed.a", []],
  ['one that takes classes as types', "import { typed } from './lib/classes'; const y = typed({ a: 1 })", []],
  [
    'one that extends a class',
    "import { G } from './lib/extended'; const y = new G()",
    [told('@/class', ', which lib/extended.ts imports in line 1')],
  ],
  ['a package of the project, by a link', "import { linked } from 'linked'; const y = linked", []],
  ['a package whose source is named', "import { dep } from 'dep'; const y = dep", []],
  ['a package whose types are named', "import { untyped } from 'untyped'; const y = untyped", []],
  ['imports of package.json', "import { x } from '#lib/x.ts'; const y = x", []],
  ['a relative path', "import { x } from './lib/x'; const y = x", []],
];

test.each(CASES)('%s', (_, source, errors) => {
  const cell = new Language(folder).session().compile('1', source);
  expect(cell.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(errors);
  const [imports, step] = source.split(/ (?=const)/) as [string, string];
  const rows: Row[] = /^import .*from|^import '/.test(imports)
    ? [
        ['none', imports],
        ['step:a', step],
      ]
    : [['step:a', source]];
  expect(problemsOf(rows)).toEqual(errors);
});

test('options by which the compiler alone would find something else are not honoured', () => {
  write('tsconfig.json', options({ rootDirs: ['.', './generated'], customConditions: ['special'] }));
  write('package.json', '{ "imports": { "#kind": { "special": "./lib/dep.ts", "node": "./lib/x.ts" } } }');
  write('generated/made.ts', 'export const made = 1;');
  expect(problemsOf([['step:a', "import { made } from './made'; const y = made"]])).toEqual([
    "TS2307 Cannot find module './made' or its corresponding type declarations.",
  ]);
  expect(problemsOf([['step:a', "import { x } from '#kind'; const y = x"]])).toEqual([]);
});

test('without tsconfig.json nothing is said of it', () => {
  rmSync(join(folder, 'tsconfig.json'));
  expect(problemsOf([['step:a', "import { x } from '@/x'; const y = x"]])).toEqual([
    "TS2307 Cannot find module '@/x' or its corresponding type declarations.",
  ]);
});

function problemsOf(rows: Row[]): string[] {
  const { pipeline } = pipelineOf(notebookText(rows), { directory: folder, name: 'notebook' });
  return pipeline.diagnostics.map(({ code, message }) => `${code} ${message}`);
}
