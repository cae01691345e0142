/** Goes to a place in the notebook. */
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Position } from '@tagflow/schema';

export function findCell({ content }: NotebookPanel, id: string): Cell | undefined {
  return content.widgets.find((cell) => cell.model.id === id);
}

/** Makes the cell active and scrolls to it; the focus stays where it is. */
export async function revealCell(panel: NotebookPanel, id: string): Promise<void> {
  const { content } = panel;
  const cell = findCell(panel, id);
  if (!cell) return;
  const index = content.widgets.indexOf(cell);
  content.deselectAll();
  content.activeCellIndex = index;
  // Not scrollToCell: that would take the focus away from where the user is.
  await content.scrollToItem(index, 'smart').catch(() => undefined);
}

/** Puts the cursor to a position in the cell: 1-based line and column. */
export async function revealPosition(panel: NotebookPanel, id: string, position?: Position): Promise<void> {
  await revealCell(panel, id);
  const cell = findCell(panel, id);
  if (!cell || !position) return;
  await cell.ready;
  panel.content.mode = 'edit';
  cell.editor?.focus();
  cell.editor?.setCursorPosition({ line: position.line - 1, column: position.column - 1 });
}
