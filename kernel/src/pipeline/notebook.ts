import type { Notebook, RawCell } from './types.js';

/** The file is no notebook that can be read; the message is a sentence for the user. */
export class NotebookError extends Error {
  override name = 'NotebookError';
}

type JsonObject = Record<string, unknown>;

/**
 * Reads the text of an .ipynb file (nbformat 4).
 *
 * @throws NotebookError when the text is cut off, is not JSON, or is no notebook of format 4
 */
export function parseNotebook(text: string): Notebook {
  return readNotebook(parseDocument(text));
}

/**
 * Reads a notebook that is already parsed.
 *
 * @throws NotebookError when it is no notebook of format 4
 */
export function readNotebook(document: unknown): Notebook {
  if (!isObject(document))
    throw new NotebookError('The file is JSON, but not a notebook. Open an .ipynb file.');
  if (Array.isArray(document.worksheets)) {
    throw new NotebookError(
      'The notebook is in format 3 or older. Open it in JupyterLab and save it, which brings it to format 4.',
    );
  }
  if (!Array.isArray(document.cells)) {
    throw new NotebookError(
      'The file is JSON, but not a notebook: it has no list of cells. Open an .ipynb file.',
    );
  }
  if (document.nbformat !== undefined && document.nbformat !== 4) {
    throw new NotebookError(
      `The notebook is in format ${String(document.nbformat)}, and format 4 is read here. Save it as format 4.`,
    );
  }
  const metadata = objectOr(document.metadata);
  const kernelspec = objectOr(metadata.kernelspec);
  const language = stringOr(objectOr(metadata.language_info).name) ?? stringOr(kernelspec.language);
  return {
    cells: document.cells.flatMap(codeCell),
    settings: metadata.tagflow,
    kernel: stringOr(kernelspec.name),
    language,
  };
}

/**
 * The JSON of an .ipynb file, whatever it holds; a byte order mark before it is no part of it.
 *
 * @throws NotebookError when the text is cut off or is not JSON
 */
function parseDocument(text: string): unknown {
  if (!text.trim()) throw new NotebookError('The notebook file is empty. Save the notebook again.');
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const cut = text.trimStart().startsWith('{') && !text.trimEnd().endsWith('}');
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotebookError(
      cut
        ? 'The notebook file is cut off: its end is missing. Restore it from a copy or save the notebook again.'
        : `The file is not JSON, so it is no notebook (${reason}). Open an .ipynb file.`,
    );
  }
}

function codeCell(cell: unknown, index: number): RawCell[] {
  if (!isObject(cell) || !isSource(cell.source ?? ''))
    throw new NotebookError(
      `Cell ${index + 1} of the notebook is damaged: it has no text. Restore the file from a copy, or delete the cell.`,
    );
  if (cell.cell_type !== 'code') return [];
  const metadata = objectOr(cell.metadata);
  return [
    { id: cell.id, index, source: sourceText(cell.source), tags: metadata.tags, settings: metadata.tagflow },
  ];
}

/** nbformat stores a source as one string or as a list of lines. */
function isSource(source: unknown): boolean {
  if (Array.isArray(source)) return source.every((line) => typeof line === 'string');
  return typeof source === 'string';
}

function sourceText(source: unknown): string {
  return Array.isArray(source) ? source.join('') : String(source ?? '');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function stringOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The notebook as it is recorded: cells and metadata, no outputs. */
export function withoutOutputs(text: string): string {
  const notebook = parseDocument(text);
  const cells: unknown[] = isObject(notebook) && Array.isArray(notebook.cells) ? notebook.cells : [];
  for (const cell of cells) {
    if (isObject(cell) && cell['cell_type'] === 'code')
      Object.assign(cell, { outputs: [], execution_count: null });
  }
  return `${JSON.stringify(notebook, null, 1)}\n`;
}
