import {
  type CellSettings,
  type Diagnostic,
  INJECTED_PARAMETERS,
  type NotebookSettings,
  parseTags,
  type TagProblem,
  validateCellSettings,
  validateNotebookSettings,
} from '@tagflow/schema';
import { diagnose } from '../diagnostics/table.js';
import { parseNotebook } from './notebook.js';
import { describeProblem } from './settings.js';
import type { Notebook, NotebookCell, NotebookCells, RawCell } from './types.js';

const CELL_ID = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * What a notebook says about all its steps, and about runs on a cluster; what is wrong in it is told by `pipelineOf`.
 * @throws NotebookError when it is no notebook
 */
export function settingsOf(notebook: string): NotebookSettings {
  return checkedSettings(notebook).settings;
}

/**
 * The same with what is wrong in it, where the cells do not matter.
 * @throws NotebookError when it is no notebook
 */
export function checkedSettings(notebook: string): {
  settings: NotebookSettings;
  diagnostics: Diagnostic[];
} {
  const { settings, diagnostics } = parseCells(parseNotebook(notebook));
  return { settings, diagnostics: diagnostics.filter(({ cell }) => cell === undefined) };
}

/** Gives each code cell its id, its role and its settings. Never throws: what is wrong becomes a diagnostic. */
export function parseCells(notebook: Notebook): NotebookCells {
  const diagnostics: Diagnostic[] = [];
  const report = (...found: Diagnostic[]) => void diagnostics.push(...found);
  const settings = notebookSettings(notebook.settings, report);
  const ids = new Set<string>();
  const cells = notebook.cells.map((raw): NotebookCell => {
    const id = cellId(raw, ids, report);
    ids.add(id);
    const tag = parseTags(raw.tags);
    if (tag.problem) report(tagDiagnostic(tag.problem, id));
    const { role, step } = tag;
    const injected = role === 'parameters' && (raw.tags as unknown[]).includes(INJECTED_PARAMETERS);
    const settings = cellSettings(raw, id, report);
    return { id, index: raw.index, source: raw.source, role, step, injected, settings };
  });
  return { cells, settings, diagnostics };
}

type Report = (...found: Diagnostic[]) => void;

/** The cell's own id; one by its position where it has none, or one that would be ambiguous. */
function cellId(raw: RawCell, taken: ReadonlySet<string>, report: Report): string {
  const { id } = raw;
  if (typeof id === 'string' && CELL_ID.test(id) && !taken.has(id)) return id;
  let substitute = `cell-${raw.index + 1}`;
  while (taken.has(substitute)) substitute += '-';
  if (id === undefined) return substitute;
  const isDuplicate = typeof id === 'string' && taken.has(id);
  report(diagnose(isDuplicate ? 'TF102' : 'TF103', { cell: substitute }, { id: JSON.stringify(id) }));
  return substitute;
}

function tagDiagnostic(problem: TagProblem, cell: string): Diagnostic {
  switch (problem.kind) {
    case 'not-a-list':
      return diagnose('TF105', { cell }, { reason: 'they are not a list' });
    case 'not-a-string':
      return diagnose('TF105', { cell }, { reason: `${JSON.stringify(problem.tag)} is not a string` });
    case 'bad-step-name':
      return diagnose('TF106', { cell }, { tag: problem.tag });
    case 'several-roles':
      return diagnose('TF107', { cell }, { tags: problem.tags.join(', ') });
  }
}

function cellSettings(raw: RawCell, cell: string, report: Report): CellSettings {
  if (raw.settings === undefined || raw.settings === null) return {};
  if (validateCellSettings(raw.settings)) return raw.settings;
  const problems = describeProblem(validateCellSettings.errors);
  report(...problems.map((problem) => diagnose('TF108', { cell }, problem)));
  return {};
}

function notebookSettings(settings: unknown, report: Report): NotebookSettings {
  if (settings === undefined || settings === null) return {};
  if (validateNotebookSettings(settings)) return settings;
  const problems = describeProblem(validateNotebookSettings.errors);
  report(...problems.map((problem) => diagnose('TF109', {}, problem)));
  return {};
}
