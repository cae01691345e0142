/** The notebook as it is sent to the kernel. */
import type { INotebookModel } from '@jupyterlab/notebook';

/** nbformat 4 JSON without outputs, which no analysis and no run needs. */
export type NotebookDocument = Record<string, unknown>;

export function documentOf(notebook: INotebookModel): NotebookDocument {
  const shared = notebook.sharedModel;
  return {
    nbformat: shared.nbformat,
    nbformat_minor: Math.max(shared.nbformat_minor, 5),
    metadata: shared.getMetadata(),
    cells: shared.cells.map((cell) => ({
      id: cell.getId(),
      cell_type: cell.cell_type,
      metadata: cell.getMetadata(),
      source: cell.getSource(),
      ...(cell.cell_type === 'code' ? { execution_count: null, outputs: [] } : {}),
    })),
  };
}
