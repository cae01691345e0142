import { namesShown, shownType, shownTypeChange } from '../schema/lib/index.js';

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
