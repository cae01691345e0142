import { transpile } from '../kernel/lib/language/emit/transpile.js';

/** Whatever has `HERE` in it stands on its own line after lowering. */
const PIECES: Record<string, string> = {
  'a namespace':
    'namespace N {\n  // what it holds\n\n  export const here = HERE;\n  export function f() {\n    HERE();\n  }\n}',
  'an enum': 'enum E {\n  A = 1,\n\n  B = HERE,\n}',
  'a decorated class':
    '@sealed\nclass A {\n  static made = HERE;\n\n  run(x: number) {\n    if (x)\n      HERE();\n  }\n}',
  // The compiler evaluates decorators of members before the members.
  'decorated members':
    'class A {\n  constructor(private n: number) {\n    HERE();\n  }\n\n  @logged run() {\n    HERE();\n  }\n\n  @logged\n  accessor size = HERE;\n  last() {\n    HERE();\n  }\n}',
  using: '{\n  using a = open();\n  HERE(a);\n\n  HERE(a);\n}',
  'templates of several lines':
    '@sealed\nclass A {\n  text = `a\n  ${1}\nb`;\n  run() {\n    HERE();\n  }\n}',
  JSX: 'function view(rows: string[]) {\n  // all of them\n  HERE();\n  return (\n    <ul>\n      {HERE}\n    </ul>\n  );\n}',
};

test.each(Object.entries(PIECES))('%s keeps its lines', (name, source) => {
  const { code } = transpile(source, { jsx: 4 });
  const linesWith = (text: string) =>
    text.split('\n').flatMap((line, index) => (line.includes('HERE') ? [index] : []));
  // An element of several lines is one call, on the line where it begins.
  const expected = name === 'JSX' ? [2, 3] : linesWith(source);
  expect(linesWith(code)).toEqual(expected);
});

test('what a piece is merged with takes no lines', () => {
  const { code } = transpile('namespace f {\n  export const a = HERE;\n}', {}, true, ['function f() {\n}\n']);
  expect(code.split('\n')[1]).toContain('f.a = HERE');
});

test('no text of a template is taken for what the compiler adds', () => {
  const text = 'import { a } from "b";\n"use strict";\nexport {};\nexport var c';
  const { code, imports } = transpile(`namespace N {\n  export const text = \`\n${text}\`;\n}`, {});
  expect(code).toContain(text);
  expect(imports).toEqual([]);
});
