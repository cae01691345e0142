/** How notebook and step programs find packages and files; each case in a process of its own, as they are. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LINKER = fileURLToPath(new URL('../kernel/lib/linker/linker.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tagflow-linker-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const files: Record<string, string> = {
  'count.ts': 'export const count = { n: 0 };',
  'first.ts': "import { count } from './count'; export const first = (): number => ++count.n;",
  'second.ts': "import { count } from './count.js'; export const second = (): number => ++count.n;",
  'syntax.ts': [
    "import type { Row } from './types'; import { Other } from './types.js';",
    'export enum Color { Red, Green }',
    'export namespace Inner { export const deep = 1; }',
    'export class Point { constructor(readonly x: number, public y = 2) {} }',
    'export const row: Row & Other = { a: 1, b: 2 };',
  ].join('\n'),
  'types.ts': 'export interface Row { a: number } export interface Other { b: number }',
  'decorated.ts': [
    'function twice(f: () => number, _: unknown) { return function (this: unknown) { return f.call(this) * 2; }; }',
    'export class A { @twice six() { return 3; } }',
    'export function used() { const log: string[] = []; { using x = { [Symbol.dispose]() { log.push("disposed"); } }; void x; } return log; }',
    "if (!Symbol.dispose) Object.defineProperty(Symbol, 'dispose', { value: Symbol.for('dispose') });",
  ].join('\n'),
  'data.json': '{ "rows": [1, 2], "default": 3 }',
  'with-json.ts': "import data, { rows } from './data.json'; export default [data.rows.length, rows[1]];",
  'fails.ts': '\n\nexport function fail(): never {\n  throw new Error("here");\n}',
  'broken.ts': 'export const = 1;',
  'plain.js': 'export const plain = 1;',
  'folder/index.ts': 'export const inside = 1;',
  'uses-library.ts': "import { html } from 'tagflow'; export const made = typeof html;",
  'package.json': '{ "name": "a-notebook" }',
  'node_modules/missed/package.json': '{ "name": "missed", "main": "index.js" }',
  'node_modules/missed/index.js':
    'const names = { hidden: 1 }; for (const k in names) exports[k] = names[k];',
  'node_modules/compiled/package.json': '{ "name": "compiled", "main": "index.js" }',
  'node_modules/compiled/index.js':
    'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = function main() {}; exports.other = 2;',
  'node_modules/callable/package.json': '{ "name": "callable", "main": "index.js" }',
  'node_modules/callable/index.js':
    'module.exports = function call() { return 5; }; module.exports.extra = 6;',
  'node_modules/modern/package.json':
    '{ "name": "modern", "type": "module", "exports": { ".": "./index.js", "./part": "./part.js" } }',
  'node_modules/modern/index.js': 'export const modern = 1;',
  'node_modules/modern/part.js': 'export default 7;',
};

beforeAll(() => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
});

/** Value of an expression over `linker` and `load` (its `import`), or the message of what it throws. */
function evaluate(body: string): unknown {
  const program = `
    import { writeFileSync } from 'node:fs';
    import { createLinker } from ${JSON.stringify(LINKER)};
    const linker = createLinker({ directory: ${JSON.stringify(directory)} });
    const load = linker.import;
    const value = await (async () => { ${body} })().catch((error) => error.message);
    console.log(JSON.stringify(value));`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: tmpdir(), encoding: 'utf8' });
  return stdout ? JSON.parse(stdout) : stderr;
}

describe('packages', () => {
  const cases: [name: string, body: string, value: unknown][] = [
    ['are found from the notebook’s directory', "return (await load('modern')).modern", 1],
    ['have their exports map', "return (await load('modern/part')).default", 7],
    ['show CommonJS names that the lexer missed', "return (await load('missed')).hidden", 1],
    [
      'show the default of compiled CommonJS',
      "const m = await load('compiled'); return [m.default.name, m.other]",
      ['main', 2],
    ],
    ['may export a function', "const m = await load('callable'); return [m.default(), m.extra]", [5, 6]],
    ['are one instance', "return (await load('missed')) === (await load('missed'))", true],
    ['can be required', "return linker.require('callable')()", 5],
    ['of Node have its names', "return typeof (await load('node:path')).join", 'function'],
    ['of the kernel are its own', "return typeof (await load('tagflow')).html", 'function'],
    ['include tslab’s interface', "return typeof (await load('tslab')).display.html", 'function'],
  ];
  test.each(cases)('%s', (_, body, value) => {
    expect(evaluate(body)).toEqual(value);
  });
});

describe('local files', () => {
  const cases: [name: string, body: string, value: unknown][] = [
    [
      'are one graph',
      "const a = await load('./first'); const b = await load('./second.ts'); return [a.first(), b.second()]",
      [1, 2],
    ],
    [
      'are fresh on demand, packages are not',
      "(await load('./first')).first(); const p = await load('missed'); linker.freshLocalModules();" +
        " return [(await load('./second')).second(), p === (await load('missed'))]",
      [1, true],
    ],
    [
      'are read anew when one was edited',
      "(await load('./first')).first(); await new Promise((done) => setTimeout(done, 20));" +
        ` writeFileSync(${JSON.stringify(join(directory, 'count.ts'))}, 'export const count = { n: 10 };');` +
        " return (await load('./first')).first()",
      11,
    ],
    [
      'may use TypeScript that is more than types',
      "const m = await load('./syntax'); return [m.Color.Green, m.Inner.deep, new m.Point(1), m.row]",
      [1, 1, { x: 1, y: 2 }, { a: 1, b: 2 }],
    ],
    ['may have decorators', "return new (await load('./decorated')).A().six()", 6],
    ['may have using', "return (await load('./decorated')).used()", ['disposed']],
    [
      'may be JSON',
      "const m = await load('./data.json'); return [m.default, m.rows]",
      [{ rows: [1, 2], default: 3 }, [1, 2]],
    ],
    ['may import JSON', "return (await load('./with-json')).default", [2, 2]],
    ['may be plain modules', "return (await load('./plain.js')).plain", 1],
    ['may be folders', "return (await load('./folder')).inside", 1],
    ['may use the library', "return (await load('./uses-library')).made", 'function'],
  ];
  test.each(cases)('%s', (_, body, value) => {
    expect(evaluate(body)).toEqual(value);
  });

  test('keep their lines in stack traces', () => {
    const stack = evaluate("try { (await load('./fails')).fail(); } catch (error) { return error.stack; }");
    expect(stack).toContain(`${join(directory, 'fails.ts')}:4:9`);
  });
});

describe('what is not there is a sentence', () => {
  const cases: [specifier: string, sentence: string][] = [
    ['nothing/part', `The package "nothing" is not installed: run \`npm install nothing\` in ${directory}.`],
    [
      '@some/thing',
      `The package "@some/thing" is not installed: run \`npm install @some/thing\` in ${directory}.`,
    ],
    ['./nothing', `There is no file "./nothing" beside the notebook (looked in ${directory}).`],
  ];
  test.each(cases)('%s', (specifier, sentence) => {
    expect(evaluate(`return load('${specifier}')`)).toBe(sentence);
  });

  test('and what is broken names the file', () => {
    expect(evaluate("return load('./broken')")).toContain(join(directory, 'broken.ts'));
  });
});
