/** Cells that are put into the notebook for what a run has made: all through the shared model, so that it can be undone. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type Artifact, typeInCode } from '@tagflow/schema';
import type { IMimeBundle } from '@jupyterlab/nbformat';

/** Code that loads an artifact of a run. It gets a name of its own, so that no step takes it for the step's. */
export function loadingCode(
  run: string,
  step: string,
  { name, type }: Pick<Artifact, 'name' | 'type'>,
): string {
  // A record says what it likes, and this is going to be code.
  const called = /^[\p{ID_Continue}$]+$/u.test(name) ? name : 'value';
  const own = `past${called.slice(0, 1).toUpperCase()}${called.slice(1)}`;
  const text = JSON.stringify;
  const { declarations, type: shown } = typeInCode(type);
  const call = `(await runs.get(${text(run)})).step(${text(step)}).artifact<${shown}>(${text(name)})`;
  // Types that it declares are its own: the notebook may have others of the same name.
  const value = declarations === '' ? call : `(async () => { ${declarations} return ${call}; })()`;
  return ['import { runs } from "tagflow";', `const ${own} = await ${value};`, own].join('\n');
}

/** Inserts a cell below the active one, and makes it the active one. */
export function insertCode({ content }: NotebookPanel, source: string): void {
  const { model } = content;
  if (!model) return;
  const index = content.activeCellIndex + 1;
  model.sharedModel.insertCell(index, { cell_type: 'code', source, metadata: {} });
  content.activeCellIndex = index;
}

/**
 * Inserts a cell whose output is a run's summary. It is tagged so that it is never part of the pipeline: it says what
 * was, and running it again would say nothing more.
 */
export function insertOutput({ content }: NotebookPanel, source: string, data: IMimeBundle): void {
  const { model } = content;
  if (!model) return;
  const index = content.activeCellIndex + 1;
  model.sharedModel.insertCell(index, {
    cell_type: 'code',
    source,
    metadata: { tags: ['skip'] },
    outputs: [{ output_type: 'display_data', data, metadata: {} }],
    execution_count: null,
  });
  content.activeCellIndex = index;
}
