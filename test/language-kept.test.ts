/** Which cells are looked at again when one changes: those that see a difference, and no others. */
import type { CellFacts } from '../kernel/lib/language/facts.js';
import { NotebookDocument } from '../kernel/lib/language/facts-document.js';
import { Language } from '../kernel/lib/language/language.js';
import { FOLDER } from './language/notebook.ts';

const language = new Language(FOLDER);

interface Case {
  cells: string[];
  /** What becomes of the first cell. */
  to: string;
  /** Numbers of the cells that are looked at again, besides the first. */
  again: number[];
}

const READER = 'const b = a; b';

const CASES: Record<string, Case> = {
  'another value of the same type': {
    cells: ['const a = Math.sqrt(2)', READER],
    to: 'const a = Math.cbrt(3)',
    again: [],
  },
  'another literal': { cells: ['const a = 1', READER, 'b'], to: 'const a = 2', again: [1, 2] },
  'a literal that widens as soon as it is used': {
    cells: ['const a = 1', 'const b = a + 1', 'b'],
    to: 'const a = 2',
    again: [1],
  },
  'a literal that does not widen any more': {
    cells: ['const a = 1', 'let b = a', 'b'],
    to: 'const a: 1 = 1',
    again: [1, 2],
  },
  'a name more': {
    cells: ['const a = Math.sqrt(2)', READER],
    to: 'const a = Math.sqrt(2); const c = 1',
    again: [],
  },
  'a constant becomes a variable': {
    cells: ['const a = Math.sqrt(2)', READER],
    to: 'let a = Math.sqrt(2)',
    again: [1],
  },
  'another body, the same result': {
    cells: ['const a = (x: number) => x + 1', READER],
    to: 'const a = (x: number) => x * 2',
    again: [],
  },
  'a body that gives something else': {
    cells: ['const a = (x: number) => x + 1', 'const b = [1].map(a)', 'b'],
    to: 'const a = (x: number) => `${x}`',
    again: [1, 2],
  },
  'a body that tells types apart': {
    cells: ['const a = (x: unknown) => x === 1', 'const b = [1, "s"].filter(a)', 'b'],
    to: 'const a = (x: unknown) => typeof x === "string"',
    again: [1, 2],
  },
  'an assertion that counts once it is annotated': {
    cells: ['const a = (x: unknown): asserts x is string => {}', 'const x: unknown = 1; a(x)'],
    to: 'const a: (x: unknown) => asserts x is string = () => {}',
    again: [1],
  },
  'methods of an object, which an annotation would hide': {
    cells: ['const a = { f() {} }', READER],
    to: 'const a: { f(): void } = { f() {} }',
    again: [1],
  },
  'another parameter': {
    cells: ['function a(x: number) {}', 'a(1)'],
    to: 'function a(x?: number) {}',
    again: [1],
  },
  'an overload': {
    cells: ['function a(x: number): void; function a(x: any) {}', 'a(1)'],
    to: 'function a(x: number): void; function a(x: string): void; function a(x: any) {}',
    again: [1],
  },
  'a class, whatever of it changes': {
    cells: ['class A { m() { return Math.sqrt(2) } }', 'const b = new A()', 'b.m()', '1'],
    to: 'class A { m() { return Math.cbrt(3) } }',
    again: [1, 2],
  },
  'a class beside': {
    cells: ['class A {}; const a = Math.sqrt(2)', 'new A()', READER],
    to: 'class A {}; const a = Math.cbrt(3)',
    again: [1],
  },
  'a private property': {
    cells: ['class A { #p = 1 }; const a = [new A()]', READER, 'b'],
    to: 'class A { }; const a = [new A()]',
    again: [1, 2],
  },
  'the same interface': {
    cells: ['interface A { p: number }; const a: A = { p: 1 }', READER],
    to: 'interface A { p: number }; const a: A = { p: 2 }',
    again: [],
  },
  'a type two cells above': {
    cells: ['interface A { p: number }', 'type B = A[]', 'const b: B = []', 'const c = b.length', 'c'],
    to: 'interface A { p: string }',
    again: [1, 2, 3],
  },
  'a type that only a type of the same cell names': {
    cells: ['interface P { n: number }; interface A { p: P }', 'const a: A = { p: { n: 1 } }', READER],
    to: 'interface P { n: 1 }; interface A { p: P }',
    again: [1, 2],
  },
  'a type that says what a value is': {
    cells: ['const v = Math.sqrt(2); type A = typeof v', 'const a: A = 1'],
    to: 'const v = String(2); type A = typeof v',
    again: [1],
  },
  'a package’s type': { cells: ['const a = new Date(1)', READER], to: 'const a = new Date(2)', again: [] },
  'types of a package’s types': {
    cells: ['const a: Record<string, number> = {}', READER],
    to: 'const a: Record<string, number> = { x: 1 }',
    again: [],
  },
  'an argument of a package’s type': {
    cells: ['const a = new Set([1])', READER],
    to: 'const a = new Set(["s"])',
    again: [1],
  },
  'an enum': { cells: ['enum A { X = 1 }', 'const a = A.X'], to: 'enum A { X = 2 }', again: [1] },
  'a symbol': { cells: ['const a = Symbol()', READER], to: 'const a = Symbol("a")', again: [1] },
  'the same import': {
    cells: ['import { chunk } from "lodash"; const a = 1', 'chunk([1])'],
    to: 'import { chunk } from "lodash"; const a = 2',
    again: [],
  },
  'another import under the same name': {
    cells: ['import { chunk as a } from "lodash"', 'a([1])'],
    to: 'import { last as a } from "lodash"',
    again: [1],
  },
  'a module that is not there': {
    cells: ['import { x as a } from "nowhere"', READER],
    to: 'import { y as a } from "nowhere"',
    again: [1],
  },
  'a constant that the compiler computes': {
    cells: ['const a = 1 + 1', 'const b = a', 'const c = `${b}`', 'c', 'b'],
    to: 'const a = 1 + 2',
    again: [2, 3],
  },
  'a constant of an enum': {
    cells: ['const a = 1 + 1', 'enum E { A = a }', 'E.A'],
    to: 'const a = 1 + 2',
    again: [1, 2],
  },
  globals: {
    cells: ['declare global { interface Own { p: number } }', '1', 'const c = {} as Own'],
    to: 'declare global { interface Own { p: string } }',
    again: [1, 2],
  },
};

test.each(Object.entries(CASES))('%s', (_, { cells, to, again }) => {
  const document = new NotebookDocument(language);
  const look = (sources: string[]): CellFacts[] =>
    document.analyse(sources.map((source, i) => ({ id: `c${i}`, source, parameters: false, typed: true })));
  const before = look(cells);
  expect(look(cells)).toEqual(before);
  const edited = [to, ...cells.slice(1)];
  const after = look(edited);
  const looked = after.flatMap((facts, i) => (i > 0 && facts !== before[i] ? [i] : []));
  expect(looked).toEqual(again);
  const fresh = new NotebookDocument(language).analyse(
    edited.map((source, i) => ({ id: `c${i}`, source, parameters: false, typed: true })),
  );
  expect(after).toEqual(fresh);
});
