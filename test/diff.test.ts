import type { Run } from '@tagflow/schema';
import { diffText } from '../kernel/lib/command/diff-text.js';
import type { CodeUnit } from '@tagflow/schema';
import { diffCode, diffParameters, diffRuns } from '../kernel/lib/store/diff.js';
import { diffLines } from '../kernel/lib/store/diff-lines.js';
import { diffNumbers, diffValues } from '../kernel/lib/store/diff-value.js';
import { digestOf, recordsOf, type StepSpec } from './store/records.ts';

const A = '20260130-100000-000aaaaa';
const B = '20260131-100000-000bbbbb';

test.each([
  ['a\nb\nc', 'a\nb\nc', [' a', ' b', ' c']],
  ['a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
  ['a\nb', 'a\nx\nb\ny', [' a', '+x', ' b', '+y']],
  ['a\nb\nc\nd', 'b\nd\na', ['-a', ' b', '-c', ' d', '+a']],
  ['', 'a', ['-', '+a']],
  ['a\na', 'a', [' a', '-a']],
])('lines: %j to %j', (from, to, expected) => {
  const signs = { equal: ' ', added: '+', removed: '-' };
  expect(diffLines(from, to).map(({ change, text }) => signs[change] + text)).toEqual(expected);
});

test('lines lead from one text to the other, and no fewer would', () => {
  let seed = 7;
  const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
  const text = (): string => Array.from({ length: random(12) }, () => 'abc'[random(3)]).join('\n');
  for (let i = 0; i < 300; i++) {
    const [from, to] = [text(), text()];
    const lines = diffLines(from, to);
    const side = (without: string): string =>
      lines.flatMap(({ change, text: line }) => (change === without ? [] : [line])).join('\n');
    expect([side('added'), side('removed')]).toEqual([from, to]);
    expect(lines.filter(({ change }) => change === 'equal').length).toBe(
      common(from.split('\n'), to.split('\n')),
    );
  }
  const large = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
  expect(diffLines(['x', ...large, 'y'].join('\n'), ['z', ...large, 'w'].join('\n'))).toHaveLength(10_004);
});

/** Length of the longest common subsequence, the plain way. */
function common(a: string[], b: string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const [[x, ...rest], [y, ...others]] = [a, b];
  return x === y ? 1 + common(rest, others) : Math.max(...[common(rest, b), common(a, others)]);
}

test.each([
  [2, 3, { difference: 1, relative: 0.5 }],
  [-2, -3, { difference: -1, relative: -0.5 }],
  [0, 3, { difference: 3 }],
  [4, 4, { difference: 0, relative: 0 }],
])('numbers: %d to %d', (from, to, expected) => {
  expect(diffNumbers(from, to)).toEqual({ from, to, ...expected });
});

test.each<[string, unknown, unknown, object]>([
  ['numbers', 1, 3, { number: { from: 1, to: 3, difference: 2, relative: 2 } }],
  [
    'fields',
    { a: 1, b: 'x', c: [1], same: { deep: 1 }, gone: true },
    { a: 2, b: 'y', c: [2], same: { deep: 1 }, added: undefined },
    {
      fields: [
        { name: 'a', from: 1, to: 2, number: { from: 1, to: 2, difference: 1, relative: 1 } },
        { name: 'b', from: 'x', to: 'y' },
        { name: 'c', from: [1], to: [2] },
        { name: 'gone', from: true },
      ],
    },
  ],
  [
    'tables of equal length',
    [
      { n: 1, s: 'a', same: 0 },
      { n: 3, s: 'b', same: 0 },
    ],
    [
      { n: 1, s: 'a', same: 0 },
      { n: 5, s: 'a', same: 0, more: true },
    ],
    {
      table: {
        rows: [2, 2],
        columns: [
          {
            name: 'n',
            from: { mean: 2, min: 1, max: 3, missing: 0 },
            to: { mean: 3, min: 1, max: 5, missing: 0 },
            changed: 1,
          },
          { name: 's', from: { distinct: 2, missing: 0 }, to: { distinct: 1, missing: 0 }, changed: 1 },
          { name: 'more', to: { distinct: 1, missing: 1 }, changed: 1 },
        ],
      },
    },
  ],
  [
    'tables of other length',
    [{ n: 1 }],
    [{ n: 1 }, { n: null }],
    {
      table: {
        rows: [1, 2],
        columns: [
          {
            name: 'n',
            from: { mean: 1, min: 1, max: 1, missing: 0 },
            to: { mean: 1, min: 1, max: 1, missing: 1 },
          },
        ],
      },
    },
  ],
  ['other kinds', new Map([[1, 2]]), new Map([[1, 3]]), {}],
  ['kinds that are not the same', 1, 'x', {}],
  ['dates in fields', { d: new Date(0) }, { d: new Date(0) }, { fields: [] }],
])('values: %s', (_, from, to, expected) => {
  expect(diffValues(from, to)).toEqual(expected);
});

test('parameters: equal, changed, added, removed', () => {
  expect(diffParameters({ a: 1, b: [1], c: 3 }, { a: 1, b: [2], d: null })).toEqual([
    { name: 'a', change: 'equal', from: 1, to: 1 },
    { name: 'b', change: 'changed', from: [1], to: [2] },
    { name: 'c', change: 'removed', from: 3 },
    { name: 'd', change: 'added', to: null },
  ]);
});

const unit = (id: string, text: string): CodeUnit => ({ id, title: `cell ${id}`, text });

test.each<[string, CodeUnit[], CodeUnit[], string[], boolean]>([
  ['equal', [unit('a', '1')], [unit('a', '1')], [], false],
  [
    'changed, added and removed',
    [unit('a', '1'), unit('b', '2')],
    [unit('a', '3'), unit('c', '4')],
    ['a changed', 'c added', 'b removed'],
    false,
  ],
  ['moved', [unit('a', '1'), unit('b', '2')], [unit('b', '2'), unit('a', '1')], [], true],
])('code: %s', (_, from, to, expected, reordered) => {
  const found = diffCode(from, to);
  expect([found.code.map(({ id, change }) => `${id} ${change}`), found.reordered]).toEqual([
    expected,
    reordered,
  ]);
});

function runOf(id: string, parameters: Record<string, unknown>, steps: StepSpec[]): Run {
  const { start, attempts } = recordsOf({ id, parameters, steps });
  const { format: _, versions: _versions, ...head } = start;
  return {
    ...head,
    state: 'succeeded',
    steps: attempts.map(({ start: { step }, end }) => ({
      name: step,
      state: end.state,
      attempts: 1,
      outputs: end.outputs,
      notKept: [],
    })),
  };
}

test('runs: artifacts by step and name, metrics, and the text of it all', () => {
  const before = runOf(A, { n: 1 }, [
    { step: 'load', makes: { rows: [{ i: 1 }], kept: 5, old: 'o' } },
    { step: 'fit', makes: { loss: 4, model: new Map([[1, 1]]) } },
  ]);
  const after = runOf(B, { n: 2 }, [
    { step: 'load', makes: { rows: [{ i: 1 }, { i: 2 }], kept: 5, fresh: 'f' } },
    { step: 'fit', state: 'failed', makes: { loss: 3, model: new Map([[1, 2]]) } },
  ]);
  const all = [[{ i: 1 }], [{ i: 1 }, { i: 2 }], 5, 4, 3, new Map([[1, 1]]), new Map([[1, 2]])];
  const values = new Map(all.map((value) => [digestOf(value), value]));
  const diff = diffRuns(
    { run: before, code: [unit('a', 'x\ny')] },
    { run: after, code: [unit('a', 'x\nz')] },
    values,
  );
  expect(diff.artifacts.map(({ step, name, change }) => `${step} ${name} ${change}`)).toEqual([
    'load rows changed',
    'load kept equal',
    'load fresh added',
    'fit loss changed',
    'fit model changed',
    'load old removed',
  ]);
  expect(diff.metrics.map(({ name, difference }) => [name, difference])).toEqual([
    ['kept', 0],
    ['loss', -1],
  ]);
  expect(diff.steps).toEqual([{ name: 'fit', from: 'succeeded', to: 'failed' }]);
  const text = diffText(diff).replace(/\x1b\[\d+m/g, '');
  for (const part of [
    'n  1  ->  2',
    'cell a, changed\n      x\n    - y\n    + z\n',
    'fit  ✓ succeeded  ->  ✗ failed',
    'load rows: 1 -> 2 rows\n    i  mean 1 (1 to 1) -> mean 1.5 (1 to 2)',
    'fit loss: 4 -> 3  -1 (-25 %)',
    'load fresh: added, string',
    '1 value is equal.',
  ])
    expect(text).toContain(part);
  expect(text).toMatch(/fit model: \d+ B \(\w{12}\) -> \d+ B/);
  const same = diffRuns({ run: before, code: [] }, { run: before, code: [] }, values);
  expect(diffText(same)).toContain('Nothing differs; 5 values are equal.');
});

test('types in the text: a class is told by its name', () => {
  const made = (type: string, value: number): Run => {
    const run = runOf(A, {}, [{ step: 'fit', makes: { model: { k: value } } }]);
    run.steps[0]!.outputs[0]!.type = type;
    return run;
  };
  const textOf = (...runs: Run[]): string => {
    const [before, after] = runs.map((run) => ({ run, code: [] }));
    return diffText(diffRuns(before!, after!, new Map())).replace(/\x1b\[\d+m/g, '');
  };
  const forest = '/* class Forest */ { readonly trees: number[] }';
  expect(textOf(made(forest, 1), made('/* class Model */ {}', 2))).toContain('type Forest\n      -> Model\n');
  expect(textOf(made(forest, 1), made('/* class Forest */ {}', 2))).toContain(
    'type Forest\n      -> Forest with other members\n',
  );
  expect(textOf(made(forest, 1), runOf(A, {}, []))).toContain('fit model: removed, Forest,');
});
