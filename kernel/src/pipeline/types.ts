import type { CellRole, CellSettings, Diagnostic, NotebookSettings } from '@tagflow/schema';

/** A notebook file as it stands, before anything in it is understood. */
export interface Notebook {
  /** Code cells alone, in order. */
  cells: RawCell[];
  /** `metadata.tagflow`, unchecked. */
  settings: unknown;
  /** `metadata.kernelspec.name` and the language that the metadata names; absent where the file does not say. */
  kernel?: string;
  language?: string;
}

export interface RawCell {
  /** Absent before nbformat 4.5. */
  id?: unknown;
  /** 0-based position among all cells of the notebook, text cells included. */
  index: number;
  source: string;
  /** `metadata.tags` and `metadata.tagflow`, unchecked. */
  tags: unknown;
  settings: unknown;
}

/** A code cell whose place in the pipeline is known. */
export interface NotebookCell {
  id: string;
  index: number;
  source: string;
  role: CellRole;
  /** Set when the role is `step`. */
  step?: string;
  /** papermill's cell of parameter values. */
  injected: boolean;
  settings: CellSettings;
}

/** The cells of a notebook with what could not be read in them. */
export interface NotebookCells {
  cells: NotebookCell[];
  settings: NotebookSettings;
  diagnostics: Diagnostic[];
}
