import { NotebookModel } from '@jupyterlab/notebook';
import { documentOf } from '../../labextension/lib/comm/document.js';
import {
  nameProblem,
  setTag,
  stepAbove,
  stepNames,
  suggestName,
  tagOf,
} from '../../labextension/lib/step/tags.js';

// yjs warns about what JupyterLab does while it makes a cell.
beforeEach(() => jest.spyOn(console, 'warn').mockImplementation(() => undefined));

function model(cells: { cell_type: string; source: string; metadata?: object }[]): NotebookModel {
  const notebook = new NotebookModel();
  const fresh = cells.map(({ metadata = {}, ...cell }) => ({ ...cell, metadata }));
  notebook.sharedModel.transact(() => {
    notebook.sharedModel.deleteCellRange(0, notebook.sharedModel.cells.length);
    notebook.sharedModel.insertCells(0, fresh as never);
  }, false);
  notebook.sharedModel.clearUndoHistory();
  return notebook;
}

const code = (source: string, tags?: unknown) => ({
  cell_type: 'code',
  source,
  ...(tags === undefined ? {} : { metadata: { tags } }),
});
const markdown = (source: string) => ({ cell_type: 'markdown', source });

describe('tags', () => {
  it('are set on several cells as one step of undo, and keep what others have written', () => {
    const notebook = model([code('1', ['mine', 'skip']), markdown('text'), code('2')]);
    const cells = [...notebook.cells];
    setTag(notebook, cells, { role: 'step', step: 'load' });
    expect(cells.map((cell) => cell.getMetadata('tags'))).toEqual([
      ['mine', 'step:load'],
      undefined,
      ['step:load'],
    ]);
    expect(stepNames(notebook)).toEqual(['load']);
    notebook.sharedModel.undo();
    expect(cells.map((cell) => cell.getMetadata('tags'))).toEqual([['mine', 'skip'], undefined, undefined]);
    notebook.dispose();
  });

  it('leave no empty list behind', () => {
    const notebook = model([code('1', ['step:load'])]);
    const [cell] = [...notebook.cells];
    setTag(notebook, [cell!], { role: 'none' });
    expect(cell!.metadata).not.toHaveProperty('tags');
    expect(tagOf(cell!).role).toBe('none');
    notebook.dispose();
  });

  it('of the cells above say which step a cell would join', () => {
    const notebook = model([code('0'), code('1', ['step:load']), code('2', ['skip']), code('3'), code('4')]);
    const cells = [...notebook.cells];
    expect(cells.map((_, index) => stepAbove(cells, index))).toEqual([null, null, 'load', 'load', 'load']);
    expect(stepAbove(cells, -1)).toBeNull();
    notebook.dispose();
  });

  it('of the wrong type are replaced', () => {
    const notebook = model([code('1', 'step:load')]);
    const [cell] = [...notebook.cells];
    expect(tagOf(cell!).problem).toBeDefined();
    setTag(notebook, [cell!], { role: 'setup' });
    expect(cell!.getMetadata('tags')).toEqual(['setup']);
    notebook.dispose();
  });
});

describe('a suggested name', () => {
  it.each([
    ['// Train the forest', [], [], 'train-the-forest'],
    ['/* Évaluer: les modèles */\nf()', [], [], 'evaluer-les-modeles'],
    ['const x = 1', ['## 2. Load the data'], [], 'load-the-data'],
    ['const x = 1', ['# One\ntext\n## Don’t wait'], [], 'dont-wait'],
    ['const x = 1', [], [], 'step-1'],
    ['const x = 1', [], ['step-1'], 'step-2'],
    ['// load', [], ['load'], 'load-2'],
    ['// 1 2 3', [], [], 'step-1'],
    [`// ${'long'.repeat(20)}`, [], [], 'long'.repeat(10)],
  ])('for %j after %j beside %j is %j', (source, headings, taken, name) => {
    const notebook = model([...headings.map(markdown), code(source)]);
    const suggested = suggestName([...notebook.cells], headings.length, taken);
    expect(suggested).toBe(name);
    expect(nameProblem(suggested)).toBeNull();
    notebook.dispose();
  });
});

describe('a name', () => {
  it.each([
    ['train-model', null],
    ['t2', null],
    ['', /Give the step a name/],
    ['Train', /Start with a lower-case letter/],
    ['2x', /Start with a lower-case letter/],
    ['train-', /single dashes/],
    ['train--model', /single dashes/],
    ['train model', /letters, digits and dashes only/],
    ['train_model', /letters, digits and dashes only/],
    ['a'.repeat(40), null],
    ['a'.repeat(41), /at most 40 characters; this has 41/],
  ])('%j: %s', (name, problem) => {
    if (problem === null) expect(nameProblem(name)).toBeNull();
    else expect(nameProblem(name)).toMatch(problem);
  });
});

it('sends the notebook without outputs', () => {
  const notebook = model([code('1', ['setup']), markdown('text')]);
  const document = documentOf(notebook) as { nbformat: number; cells: Record<string, unknown>[] };
  expect(document.nbformat).toBe(4);
  expect(document.cells.map(({ cell_type, source, metadata }) => [cell_type, source, metadata])).toEqual([
    ['code', '1', { tags: ['setup'] }],
    ['markdown', 'text', {}],
  ]);
  expect(document.cells[0]).toMatchObject({ outputs: [], execution_count: null });
  expect(document.cells[1]).not.toHaveProperty('outputs');
  notebook.dispose();
});
