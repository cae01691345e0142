import type { Diagnostic } from '@tagflow/schema';
import { DIAGNOSTICS } from '../kernel/lib/diagnostics/table.js';
import { CASES } from './pipeline/diagnostics.ts';
import { pipelineFrom, type Row } from './pipeline/notebook.ts';

describe('what is wrong with a notebook', () => {
  test.each(CASES)('%s', (_title, cells, found, metadata = {}) => {
    const { diagnostics } = pipelineFrom(cells, metadata);
    expect(diagnostics.map((diagnostic) => worded(diagnostic, cells))).toEqual(found);
    for (const { message, advice } of diagnostics)
      expect(`${message} ${advice ?? ''}`).not.toMatch(/\{\w+\}|undefined/);
  });

  const outside = (source: string): Row[] => [
    ['none', source],
    ['step:a', 'const z = use()'],
  ];
  test.each<[rows: Row[], code: string, said: RegExp]>([
    [
      outside('class C { static n = 0 }\nconst use = () => C.n'),
      'TF301',
      /step makes: a class that does not travel, because it has /,
    ],
    [
      outside('function C() { return C.n }\nC.n = 0\nconst use = () => C()'),
      'TF301',
      /step makes: a function that does not travel, because /,
    ],
    [
      outside('const B = [class {}][0]!; class C extends B {}\nconst use = () => new C()'),
      'TF301',
      /a class that does not travel, because B, of which it is made, does not\.$/,
    ],
    [
      outside('namespace N { export let n = 0 }\nconst use = () => N.n'),
      'TF301',
      /a namespace that does not travel, because a value in it may be assigned\.$/,
    ],
    [outside('enum E { A = Math.random() }\nconst use = () => E.A'), 'TF301', /makes: an enum that /],
    [outside('const C = Math.abs(1); const use = () => C'), 'TF301', /outside every step makes\.$/],
    [
      [['step:a', "import vega from 'vega-datasets'\nvega.version = '1'"]],
      'TF304',
      /changes vega in place, which step a takes from a module\.$/,
    ],
  ])('%j: %s in words', (rows, code, said) => {
    expect(pipelineFrom(rows).diagnostics.find((each) => each.code === code)?.message).toMatch(said);
  });

  // TF6 is about the live notebook: test/language-document.test.ts; TF110 and TF507 about
  // a file: test/language-editor.test.ts, test/tsconfig-paths.test.ts;
  // TF8 about the cluster: test/export-argo.test.ts.
  test('every code of the table has a case', () => {
    const codes = new Set(CASES.flatMap(([, , found]) => found.map((text) => text.split(' ')[0])));
    expect(
      Object.keys(DIAGNOSTICS).filter((code) => !codes.has(code) && !/^TF(6|8|110|507)/.test(code)),
    ).toEqual([]);
  });
});

/** `TF304 error c2: rows`: code, severity, cell, and the text in the range. */
function worded({ code, severity, cell, range }: Diagnostic, cells: Row[]): string {
  const source = cell === undefined ? '' : cells[Number(cell.replace(/\D/g, '')) - 1]?.[1];
  const line = range && source?.split('\n')[range.start.line - 1];
  const text =
    range &&
    line?.slice(range.start.column - 1, range.end.line > range.start.line ? undefined : range.end.column - 1);
  return [code, severity, cell].filter(Boolean).join(' ') + (text === undefined ? '' : `: ${text}`);
}
