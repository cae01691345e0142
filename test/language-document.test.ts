import { createHandlers } from '../kernel/lib/compiler/handlers.js';
import { FOLDER } from './language/notebook.ts';

const { handlers } = createHandlers(FOLDER);

interface Case {
  /** What runs before the document is told. */
  before?: [id: string, source: string][];
  /** Ids and sources in the order of the document. */
  document: [id: string, source: string][];
  /** What runs, in this order; the source is the document's unless another is given. */
  runs: [id: string, source?: string][];
  /** Codes and names for the last cell, and the cells that it is bound to. */
  expected: { warnings: string[]; modules: string[] };
}

const CASES: Record<string, Case> = {
  'run from the top': {
    document: [
      ['a', 'const x = 1'],
      ['b', 'x + 1'],
    ],
    runs: [['a'], ['b']],
    expected: { warnings: [], modules: ['a'] },
  },
  'the nearest cell above counts, not the one that ran last': {
    document: [
      ['a', 'const x = 1'],
      ['b', 'x + 1'],
      ['c', 'const x = 2'],
    ],
    runs: [['a'], ['c'], ['b']],
    expected: { warnings: [], modules: ['a'] },
  },
  'a name of a cell below': {
    document: [
      ['b', 'x + 1'],
      ['c', 'const x = 2'],
    ],
    runs: [['c'], ['b']],
    expected: { warnings: ['TF602 x'], modules: ['c'] },
  },
  'a name of a cell that was deleted': {
    before: [['gone', 'const x = 3']],
    document: [['b', 'x + 1']],
    runs: [['b']],
    expected: { warnings: ['TF601 x'], modules: ['gone'] },
  },
  'a name of a cell that is newer than the document': {
    document: [['b', 'x + 1']],
    runs: [['new', 'const x = 3'], ['b']],
    expected: { warnings: [], modules: ['new'] },
  },
  'a nearer cell has not run': {
    document: [
      ['a', 'const x = 1'],
      ['n', 'const x = 2'],
      ['b', 'x + 1'],
    ],
    runs: [['a'], ['b']],
    expected: { warnings: ['TF603 x'], modules: ['a'] },
  },
  'a provider was edited after it ran': {
    document: [
      ['a', 'const x = 10'],
      ['b', 'x + 1'],
    ],
    before: [['a', 'const x = 1']],
    runs: [['b']],
    expected: { warnings: ['TF604 x'], modules: ['a'] },
  },
  'a provider was run as it was edited, and the document does not know yet': {
    document: [
      ['a', 'const x = 10'],
      ['b', 'x + 1'],
    ],
    runs: [['a', 'const x = 1'], ['b']],
    expected: { warnings: [], modules: ['a'] },
  },
  'a cell declares a name since it was edited, and the document does not know yet': {
    document: [
      ['a', 'const x = 1'],
      ['n', 'const y = 2'],
      ['b', 'x + 1'],
    ],
    runs: [['a'], ['n', 'const x = 2'], ['b']],
    expected: { warnings: [], modules: ['n'] },
  },
  'types are told apart from values': {
    document: [
      ['t', 'type X = number'],
      ['v', 'const X = 1'],
      ['u', 'type X = string'],
      ['b', 'const y: X = X; y'],
    ],
    runs: [['t'], ['v'], ['b']],
    expected: { warnings: ['TF603 X'], modules: ['v'] },
  },
  'a cell outside the document sees what ran last, and is not warned': {
    document: [
      ['a', 'const x = 1'],
      ['c', 'const x = 2'],
    ],
    runs: [['c'], ['a'], ['console', 'x']],
    expected: { warnings: [], modules: ['a'] },
  },
};

describe('order of the document and of execution', () => {
  test.each(Object.entries(CASES))('%s', async (_title, { before = [], document, runs, expected }) => {
    await handlers.reset();
    for (const [id, source] of before) {
      await handlers.compile({ id, source });
      await handlers.commit({ id });
    }
    await handlers.document({ cells: document.map(([id, source]) => ({ id, source })) });
    const sources = new Map(document);
    let last;
    for (const [id, source] of runs) {
      last = await handlers.compile({ id, source: source ?? sources.get(id)! });
      expect(last.report).toBe('');
      await handlers.commit({ id });
    }
    const warnings = last!.diagnostics.map(({ code, message }) => `${code} ${message.split(' ')[0]}`);
    expect({ warnings, modules: last!.script.modules }).toEqual(expected);
  });
});

test('constants of a parameters cell have their widened types in other cells, as in the pipeline', async () => {
  const source = 'const mode = "fast"; const names = ["a"]; const size: 1 | 2 = 1';
  const reader = 'if (mode === "slow") names.push("b"); const kept: 1 | 2 = size';
  const check = async (metadata: object) => {
    await handlers.reset();
    const cells = [
      { cell_type: 'code', id: 'p', source, metadata },
      { cell_type: 'code', id: 'r', source: reader },
    ];
    await handlers.analyse({ notebook: { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 } });
    const { script } = await handlers.compile({ id: 'p', source });
    await handlers.commit({ id: 'p' });
    const { diagnostics } = await handlers.compile({ id: 'r', source: reader });
    return [script.code.includes('const mode'), diagnostics.map(({ code }) => code)];
  };
  expect(await check({ tags: ['parameters'] })).toEqual([true, []]);
  expect(await check({})).toEqual([true, ['TS2367']]);
});

describe('local files begin anew with setup and with each step', () => {
  const local = 'import { inc, loc } from "./local"';
  const cases: Record<string, { cells: [id: string, tag: string, source: string][]; fresh: string[] }> = {
    'not with cells that are neither, nor with a step’s other cells': {
      cells: [
        ['i', '', local],
        ['s', 'setup', 'const four = Math.sqrt(16)'],
        ['t', 'setup', 'const five = Math.sqrt(25)'],
        ['a', 'step:a', 'const x = inc(loc)'],
        ['b', 'step:a', 'const y = inc(loc)'],
        ['c', 'step:c', 'const z = inc(loc)'],
      ],
      fresh: ['s', 'a', 'c'],
    },
    'not with steps after a setup that uses some': {
      cells: [
        ['i', '', `${local}; const helper = () => inc(loc)`],
        ['s', 'setup', 'const first = helper()'],
        ['a', 'step:a', 'const x = inc(loc)'],
      ],
      fresh: ['s'],
    },
    'but with steps after one that uses another import of the same cell': {
      cells: [
        ['i', '', `${local}; import { chunk } from "lodash"`],
        ['s', 'setup', 'const pairs = chunk([1, 2, 3], 2)'],
        ['a', 'step:a', 'const x = inc(loc)'],
      ],
      fresh: ['s', 'a'],
    },
  };
  test.each(Object.entries(cases))('%s', async (_, { cells, fresh }) => {
    await handlers.reset();
    const documented = cells.map(([id, tag, source]) => ({
      cell_type: 'code',
      id,
      source,
      metadata: { tags: tag ? [tag] : [] },
    }));
    const notebook = { cells: documented, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    await handlers.analyse({ notebook });
    const found: string[] = [];
    for (const [id, , source] of cells) {
      const compiled = await handlers.compile({ id, source });
      expect(compiled.report).toBe('');
      if (compiled.fresh) found.push(id);
      await handlers.commit({ id });
    }
    expect(found).toEqual(fresh);
  });
});
