import { namesShown, shownType, shownTypeChange, typeInCode } from '../schema/lib/index.js';

test.each([
  ['number', 'number'],
  ['{ a: number; b: "x" | "y" }[]', '{ a: number; b: "x" | "y" }[]'],
  [
    '/* class Model */ { readonly k: number; inner: { a: number }; f: (n: number) => { b: string } }',
    'Model',
  ],
  ['(/* class A */ {} | /* class B */ { b: string })[]', '(A | B)[]'],
  ['(/* class A */ { a: (string)[] })[][]', 'A[][]'],
  ['Map<string, /* class A */ { a: /* class B */ {} }>', 'Map<string, A>'],
  ['type Node = { next: Node | null; text: "a; }" }; Node', 'Node'],
  ['type A = /* class A */ { b: B }; type B = { a: A }; /* class Forest */ { trees: A[] }', 'Forest'],
  ['{ "/* class A */ {}": "\\"}" }', '{ "/* class A */ {}": "\\"}" }'],
  ['/* class Cut */ { a: numb…', 'Cut'],
])('%s is shown as %s', (text, shown) => expect(shownType(text)).toBe(shown));

test.each([
  ['Map<string, number>', []],
  ['/* class Model */ { inner: /* class Other */ {} }', ['Model']],
  ['(/* class A */ {} | /* class B */ {} | /* class A */ {})[]', ['A', 'B']],
  ['type Node = { next: Node | null }; Node[]', ['Node']],
  ['type A = { b: B }; type B = { a: A }; { b: B }', ['B']],
])('what is shown of %s names %j', (text, names) => expect(namesShown(text)).toEqual(names));

test.each([
  ['number', 'string', ['number', 'string']],
  ['/* class A */ { a: number }', '/* class B */ { a: number }', ['A', 'B']],
  ['/* class A */ { a: number }', '/* class A */ { a: string }', ['A', 'A with other members']],
])('%s that became %s is shown as %j', (from, to, shown) => expect(shownTypeChange(from, to)).toEqual(shown));

test.each([
  ['number', '', 'number'],
  ['import("x").Y', '', undefined],
  ['Map<string, (n: number) => { a: "it\'s; }"; b: `x-${number}` }[]>', '', undefined],
  ['/* class A */ { a: number; readonly b?: string }', '', undefined],
  ['type Node = { next: Node | null }; Node[]', 'type Node = { next: Node | null };', 'Node[]'],
])('%s in code', (text, declarations, type) => {
  expect(typeInCode(text)).toEqual({ declarations, type: type ?? text });
});

test.each([
  'number>("x"); await evil(); f<number',
  'number); evil(); (1 as number',
  'type A = number; evil(); type B = string; A',
  'type A = { a: number } } ; evil(); { ; A',
  '{ a: number',
  'number /* */',
  'number // rest',
  '"a\n"; evil()',
  "'a'",
  '`${evil()}',
  '',
])('%j is no type, so it stands in no code', (text) => {
  expect(typeInCode(text)).toEqual({ declarations: '', type: 'unknown' });
});
