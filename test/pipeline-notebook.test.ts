import { parseCells } from '../kernel/lib/pipeline/cells.js';
import { pipelineName } from '../kernel/lib/pipeline/name.js';
import { pipelineOfText } from './pipeline/notebook.ts';
import { NotebookError, parseNotebook } from '../kernel/lib/pipeline/notebook.js';

const cells = (...list: object[]) =>
  JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: list });

describe('reading a notebook', () => {
  test.each([
    ['nothing', '', /is empty/],
    ['white space', ' \n', /is empty/],
    ['a file cut off', cells({ cell_type: 'code', source: 'a' }).slice(0, 60), /cut off/],
    ['no JSON', 'cells: []', /not JSON/],
    ['a list', '[]', /not a notebook/],
    ['a number', '7', /not a notebook/],
    ['another document', '{"name":"x"}', /no list of cells/],
    [
      'a cell that is none',
      '{"nbformat":4,"cells":[{"cell_type":"raw","source":""},null]}',
      /Cell 2 .* is damaged/,
    ],
    ['a cell without text', cells({ cell_type: 'code', source: { x: 1 } }), /Cell 1 .* is damaged/],
    ['a line that is no text', cells({ cell_type: 'code', source: ['a', 1] }), /Cell 1 .* is damaged/],
    ['format 3', '{"nbformat":3,"worksheets":[]}', /format 3/],
    ['format 5', '{"nbformat":5,"cells":[]}', /format 5/],
  ])('%s is a sentence', (_title, text, message) => {
    expect(() => parseNotebook(text)).toThrow(NotebookError);
    expect(() => parseNotebook(text)).toThrow(message);
  });

  test('code that is nested too deeply is a sentence', () => {
    const source = `const x = ${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const text = cells({ cell_type: 'code', id: 'a', source, metadata: { tags: ['step:a'] } });
    expect(() => pipelineOfText(text)).toThrow(/nested too deeply to be read/);
  });

  test('sources are strings or lines; text cells count in the position', () => {
    const { cells: found } = parseNotebook(
      `\uFEFF${cells(
        { cell_type: 'markdown', source: '# Title' },
        { cell_type: 'code', id: 'a', source: ['const a = 1\n', 'a'], metadata: { tags: ['setup'] } },
        { cell_type: 'raw', source: '' },
        { cell_type: 'code', source: 'b', outputs: [{ huge: true }] },
      )}`,
    );
    expect(found).toEqual([
      { id: 'a', index: 1, source: 'const a = 1\na', tags: ['setup'], settings: undefined },
      { id: undefined, index: 3, source: 'b', tags: undefined, settings: undefined },
    ]);
  });

  test('roles, steps and settings of cells', () => {
    const code = (tags: unknown, settings?: object) => ({
      cell_type: 'code',
      source: '',
      metadata: { tags, tagflow: settings },
    });
    const { cells: found, diagnostics } = parseCells(
      parseNotebook(
        cells(
          code(['step:load', 'hide-input'], { cpu: '2', after: [] }),
          code(['parameters']),
          code(['injected-parameters']),
          code(['skip', 'skip']),
          code(undefined),
        ),
      ),
    );
    expect(diagnostics).toEqual([]);
    expect(
      found.map(({ id, role, step, injected, settings }) => [id, role, step, injected, settings]),
    ).toEqual([
      ['cell-1', 'step', 'load', false, { cpu: '2', after: [] }],
      ['cell-2', 'parameters', undefined, false, {}],
      ['cell-3', 'parameters', undefined, true, {}],
      ['cell-4', 'skip', undefined, false, {}],
      ['cell-5', 'none', undefined, false, {}],
    ]);
  });

  test.each([
    ['Penguins.ipynb', 'penguins'],
    ['work/My Analysis 2.ipynb', 'my-analysis-2'],
    ['C:\\x\\TrainModel.ipynb', 'train-model'],
    ['Über-Größe.ipynb', 'uber-grosse'],
    ['2023 sales.ipynb', 'notebook-2023-sales'],
    ['2024_sales', 'notebook-2024-sales'],
    ['数据.ipynb', 'notebook-5440f7'],
    ['费用.ipynb', 'notebook-7fe860'],
    ['费用 2024.ipynb', 'notebook-2024-ffb9bf'],
    ['!.ipynb', 'notebook'],
    [`${'long-'.repeat(20)}.ipynb`, 'long-long-long-long-long-long-lon-cd9dde'],
    [`${'long-'.repeat(20)}b.ipynb`, 'long-long-long-long-long-long-lon-fcf237'],
  ])('the name of a pipeline from %s', (file, name) => expect(pipelineName(file)).toBe(name));
});
