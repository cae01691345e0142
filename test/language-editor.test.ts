/** What a reader sees while writing: completion, inspection, completeness, errors. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isComplete } from '../kernel/lib/language/session/completeness.js';
import { inCell, noteShifts } from '../kernel/lib/interpreter/cell-positions.js';
import { report } from '../kernel/lib/language/report.js';
import { type Analysis, pipelineOf } from '../kernel/lib/pipeline/index.js';
import { FOLDER, Notebook } from './language/notebook.ts';
import { notebookText } from './pipeline/notebook.ts';

const BEFORE = `/** A row of the table.
 * @see rows */
interface Row { id: number; label: string }
/** All rows. */
const rows: Row[] = [{ id: 1, label: "a" }];
/**
 * Doubles.
 * @param x what to double
 */
function double(x: number): number { return x * 2 }
let unset: number | undefined;
import { inc } from "./local";
import _ from "lodash";`;

async function written(): Promise<Notebook> {
  const notebook = new Notebook();
  const { cell, error } = await notebook.run('before', BEFORE);
  expect([cell.diagnostics, error]).toEqual([[], undefined]);
  return notebook;
}

/** The bar stands for the cursor. */
function at(marked: string): [source: string, offset: number] {
  return [marked.replace('|', ''), marked.indexOf('|')];
}

describe('completion', () => {
  test.each<[string, { has: string[]; lacks?: string[]; range?: [number, number] }]>([
    ['row|', { has: ['rows'], range: [0, 3] }],
    ['rows[0]!.|', { has: ['id', 'label'], lacks: ['rows', 'console'], range: [9, 9] }],
    ['rows.fi|', { has: ['filter', 'find'], lacks: ['map'], range: [5, 7] }],
    ['rows.map((r) => r.la|)', { has: ['label'], range: [18, 20] }],
    ['const r: Ro|', { has: ['Row'] }],
    ['const own = 1; ow|', { has: ['own'] }],
    ['cons|', { has: ['console', 'const'] }],
    ['_.chu|', { has: ['chunk'] }],
    ['import { in| } from "./local"', { has: ['inc'], lacks: ['rows'] }],
    ['import fs from "node:fs"; fs.readFileS|', { has: ['readFileSync'] }],
    ['const o: Row = { |', { has: ['id', 'label'] }],
    ['"rows.|"', { has: [] }],
    ['Promise.resolve(rows).then((all) => all.|', { has: ['length', 'map'] }],
    ['|', { has: ['rows', 'double', 'unset'] }],
  ])('%s', async (marked, { has, lacks = [], range }) => {
    const [source, offset] = at(marked);
    const { session } = await written();
    const { matches, kinds, start, end } = session.complete(source, offset);
    expect(matches).toEqual(expect.arrayContaining(has));
    expect(matches.filter((name) => lacks.includes(name))).toEqual([]);
    expect(kinds.map(({ text }) => text)).toEqual(matches);
    if (range) expect([start, end]).toEqual(range);
  });
});

describe('inspection', () => {
  test.each<[string, string[]]>([
    ['row|s', ['const rows: Row[]', 'All rows.']],
    ['double(|', ['function double(x: number): number', 'Doubles.', '@param x what to double']],
    ['const r: R|ow', ['interface Row', 'A row of the table.']],
    ['rows.ma|p', ['(method) Array<Row>.map', 'Calls a defined callback function']],
    ['console.log|', ['log(', 'Prints to `stdout` with newline.']],
    ['in|c', ['function inc(l: Loc): number']],
    ['const loc|al = rows[0]', ['const local: Row']],
    ['Math.ma|x', ['Math.max(...values: number[]): number', 'Returns the larger']],
  ])('%s', async (marked, wanted) => {
    const [source, offset] = at(marked);
    const { session } = await written();
    const { found, text, markdown } = session.inspect(source, offset);
    expect(found).toBe(true);
    for (const part of wanted) expect(text).toContain(part);
    expect(markdown).toContain('```typescript');
  });

  test('the second question mark shows the source of a cell', async () => {
    const { session } = await written();
    expect(session.inspect('double', 3, 1).text).toContain('{ return x * 2 }');
    expect(session.inspect('double', 3, 0).text).not.toContain('{ return x * 2 }');
  });

  test('where there is nothing, nothing is found', async () => {
    const { session } = await written();
    expect(session.inspect('1 + 1', 2).found).toBe(false);
    expect(session.inspect('', 0).found).toBe(false);
  });
});

describe('completeness', () => {
  test.each([
    ['1 + 1', 'complete', ''],
    ['', 'complete', ''],
    ['const a = [1,', 'incomplete', '  '],
    ['function f() {', 'incomplete', '  '],
    ['if (a) {\n  for (;;) {', 'incomplete', '    '],
    ['if (a) {\n}', 'complete', ''],
    ['`abc', 'incomplete', ''],
    ['/* open', 'incomplete', ''],
    ['const = 3', 'invalid', ''],
    ['a b c', 'invalid', ''],
    ['await f()', 'complete', ''],
    ['const x = <div>', 'incomplete', ''],
  ])('%j is %s', (source, status, indent) => {
    expect(isComplete(source)).toEqual({ status, indent });
  });
});

describe('errors as a compiler prints them', () => {
  test('sentence, line, underline', async () => {
    const { session } = await written();
    const source = 'const a = 1;\n\tconst s: string = rows.lenght;\nlet r: number;\nimport x from "nowhere";';
    const { diagnostics } = session.compile('c', source);
    expect(report(source, diagnostics)).toBe(
      [
        "2:25 - error TS2551: Property 'lenght' does not exist on type 'Row[]'. Did you mean 'length'?",
        '',
        '2 \tconst s: string = rows.lenght;',
        '  \t                       ~~~~~~',
        '',
        "4:15 - error TS2307: Cannot find module 'nowhere' or its corresponding type declarations.",
        '  If it is a package, install it beside the notebook: `npm install nowhere`.',
        '',
        '4 import x from "nowhere";',
        '                ~~~~~~~~~',
        '',
        "3:5 - error TS2454: Variable 'r' is used before being assigned.",
        '  Other cells can read r: give it a value in this cell, or let its type say `| undefined`.',
        '',
        '3 let r: number;',
        '      ~',
      ].join('\n'),
    );
  });

  test('syntax errors stand alone', async () => {
    const { session } = await written();
    const source = 'rows.lenght; const = 1';
    expect(session.compile('c', source).diagnostics.map(({ code, range }) => [code, range?.start])).toEqual([
      ['TS1134', { line: 1, column: 20 }],
      ['TS1134', { line: 1, column: 22 }],
    ]);
  });

  test('colours are for terminals', () => {
    const plain = { code: 'TF605', severity: 'error', message: 'No.' } as const;
    expect(report('', [plain])).toBe('error TF605: No.');
    expect(report('', [plain], { colours: true })).toContain('\u001b[31merror');
  });

  test('places in the script lead back to the cell', async () => {
    const notebook = await written();
    const source =
      'double(1) + double(2);\n// a type\ntype T = {\n  a: 1\n}\nrows.map((r): T => { return double(rows.length), (null as any).x })';
    const { cell, error } = await notebook.run('c', source);
    const [, place] = /cell-c(:\d+:\d+)/.exec((error as Error).stack!)!;
    noteShifts('In [7]', cell.script.shifts);
    const frame = inCell(`    at In [7]${place}`);
    expect(frame).toBe(`    at In [7]:6:${source.split('\n')[5]!.indexOf('x })') + 1}`);
  });
});

describe('folders', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tagflow-language-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('one without node_modules has Node’s types and the kernel’s library', async () => {
    const notebook = new Notebook(folder);
    const ran = await notebook.run(
      '1',
      'import { basename } from "node:path"; import * as tslab from "tslab"; import "tagflow"; process.pid; const b: Buffer = Buffer.from("x"); typeof tslab.display + basename("/a/b")',
    );
    expect([ran.cell.diagnostics, ran.error, ran.value]).toEqual([[], undefined, 'objectb']);
  });

  test('a tsconfig.json is honoured where it makes sense', async () => {
    const options = {
      strict: false,
      noUncheckedIndexedAccess: true,
      module: 'commonjs',
      noEmit: false,
      outDir: 'x',
      lib: ['ES2023', 'DOM'],
      paths: { '#lib/*': ['./lib/*'] },
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      `{ // with a comment\n "compilerOptions": ${JSON.stringify(options)} }`,
    );
    const { session } = new Notebook(folder);
    const errors = (source: string) => session.compile('1', source).diagnostics.map(({ code }) => code);
    expect(
      errors('function f(untyped) { return untyped } const s: string = null; document.title; await f(1)'),
    ).toEqual([]);
    session.reset();
    expect(
      new Notebook(FOLDER).session
        .compile('1', 'function f(untyped) { return untyped }')
        .diagnostics.map(({ code }) => code),
    ).toEqual(['TS7006']);
  });

  test('a broken tsconfig.json is a sentence, not a crash', () => {
    writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "strict": "yes" } }');
    const notebook = new Notebook(folder);
    expect(notebook.language.problems.join()).toContain('requires a value of type boolean');
    expect(notebook.session.compile('1', '1 + 1').ok).toBe(true);
    const { language } = notebook;
    const { pipeline } = pipelineOf(notebookText([['step:a', 'const a = 1']]), {
      directory: folder,
      name: 'n',
      language,
    });
    expect(pipeline.diagnostics).toMatchObject([
      {
        code: 'TF110',
        severity: 'warning',
        message: expect.stringMatching(/^The tsconfig.json .*'strict' requires a value of type boolean\.$/),
      },
    ]);
  });

  test('globals of types in a folder of the user’s are those of now', () => {
    const options = { compilerOptions: { typeRoots: ['./types'], types: ['own'] } };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
    mkdirSync(join(folder, 'types/own'), { recursive: true });
    const codes = (declared: string) => {
      writeFileSync(join(folder, 'types/own/index.d.ts'), declared);
      const { session } = new Notebook(folder);
      return session.compile('1', 'ownGlobal.toFixed()').diagnostics.map(({ code }) => code);
    };
    expect(codes('declare const ownGlobal: number;')).toEqual([]);
    expect(codes('declare const ownGlobal: string;')).toEqual(['TS2551']);
  });

  test.each([
    'import { n } from "./later"; n.toFixed()',
    'const { n } = await import("./later"); n.toFixed()',
    'import later = require("./later"); later.n.toFixed()',
  ])('the pipeline sees the local file as it is now: %s', (source) => {
    const text = notebookText([['step:a', source]]);
    const { language } = new Notebook(folder);
    let document: Analysis['document'] | undefined;
    const codes = (content: string) => {
      writeFileSync(join(folder, 'later.ts'), content);
      const analysis = pipelineOf(text, { directory: folder, name: 'n', language, document });
      ({ document } = analysis);
      return analysis.pipeline.diagnostics.flatMap(({ code }) => (code.startsWith('TS') ? code : []));
    };
    expect(codes('export const n = 1')).toEqual([]);
    expect(codes('export const n = "now a string"')).toEqual(['TS2551']);
  });

  test('a package that was installed, and a file that was written, are seen without a restart', async () => {
    const { session } = new Notebook(folder);
    const codes = (source: string) => session.compile('1', source).diagnostics.map(({ code }) => code);
    expect(codes('import { n } from "./later"; n.toFixed()')).toEqual(['TS2307']);
    writeFileSync(join(folder, 'later.ts'), 'export const n = 1');
    expect(codes('import { n } from "./later"; n.toFixed()')).toEqual([]);
    writeFileSync(join(folder, 'later.ts'), 'export const n = "now a string"');
    expect(codes('import { n } from "./later"; n.toFixed()')).toEqual(['TS2551']);
  });

  test('the package that JSX needs is seen once it is installed, in the notebook and in the pipeline', () => {
    const notebook = new Notebook(folder);
    const text = notebookText([['step:a', 'const shown = String(<b />)']]);
    let document: Analysis['document'] | undefined;
    const codes = () => {
      const { language, session } = notebook;
      const analysis = pipelineOf(text, { directory: folder, name: 'n', language, document });
      ({ document } = analysis);
      const all = [analysis.pipeline.diagnostics, session.compile('1', 'String(<b />)').diagnostics];
      return all.map((found) => found.map(({ code }) => code).filter((code) => code.startsWith('TS')));
    };
    expect(codes()).toEqual([
      ['TS2875', 'TS7026'],
      ['TS2875', 'TS7026'],
    ]);
    const files = {
      'package.json': '{ "name": "react", "version": "1.0.0" }',
      'jsx-runtime.d.ts':
        'export namespace JSX { interface IntrinsicElements { b: object } } export const jsx: unknown;',
      'jsx-runtime.js': '',
    };
    mkdirSync(join(folder, 'node_modules/react'), { recursive: true });
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, 'node_modules/react', name), content);
    expect(codes()).toEqual([[], []]);
  });

  test('a package without types is any, and a warning', async () => {
    const { session } = new Notebook(folder);
    const source = 'import bare from "bare"; bare.anything.goes()';
    expect(session.compile('1', source).ok).toBe(false);
    mkdirSync(join(folder, 'node_modules/bare'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/bare/index.js'), 'module.exports = {}');
    const { ok, diagnostics } = session.compile('1', source);
    expect([ok, diagnostics.map(({ code, severity }) => [code, severity])]).toEqual([
      true,
      [['TS7016', 'warning']],
    ]);
  });
});
