/** Reads and writes the tags of cells; the grammar itself is the schema's. */
import type { ICellModel } from '@jupyterlab/cells';
import type { INotebookModel } from '@jupyterlab/notebook';
import { parseTags, STEP_NAME, withRole, type CellTag } from '@tagflow/schema';

/** A cell's role, and its step's name if it has one. */
export function tagOf(cell: ICellModel): CellTag {
  return parseTags(cell.getMetadata('tags'));
}

/**
 * Gives the code cells this role, as one step of undo. Other people's tags stay.
 * Tags that are not a list are replaced: there is nothing in them to keep.
 */
export function setTag(
  notebook: INotebookModel,
  cells: readonly ICellModel[],
  tag: Pick<CellTag, 'role' | 'step'>,
): void {
  notebook.sharedModel.transact(() => {
    for (const cell of cells) if (cell.type === 'code') writeTag(cell, tag);
  });
}

function writeTag(cell: ICellModel, tag: Pick<CellTag, 'role' | 'step'>): void {
  const old: unknown = cell.getMetadata('tags');
  const strings = Array.isArray(old) ? old.filter((one): one is string => typeof one === 'string') : [];
  const tags = withRole(strings, tag);
  if (tags.length > 0) cell.sharedModel.setMetadata('tags', tags);
  else if (old !== undefined) cell.sharedModel.deleteMetadata('tags');
}

/** The steps that the notebook's tags name, each once, in notebook order. */
export function stepNames(notebook: INotebookModel): string[] {
  const names = [...notebook.cells].map((cell) => tagOf(cell).step);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** The step of the nearest cell above this one that belongs to one. */
export function stepAbove(cells: readonly ICellModel[], index: number): string | null {
  const above = cells.slice(0, Math.max(0, index)).reverse();
  return above.map((cell) => tagOf(cell).step).find((step) => step !== undefined) ?? null;
}

const LONGEST = 40;

/** Why this cannot be a step's name, as a sentence, or null when it can. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'Give the step a name.';
  if (name.length > LONGEST) return `Use at most ${LONGEST} characters; this has ${name.length}.`;
  if (STEP_NAME.test(name)) return null;
  if (/^[^a-z]/.test(name)) return 'Start with a lower-case letter, for example “train-model”.';
  if (/-$|--/.test(name)) return 'Put single dashes between words, for example “train-model”.';
  return 'Use lower-case letters, digits and dashes only, for example “train-model”.';
}

/**
 * A name for the step that begins at this cell: its first comment, or the heading in front of it, or a number.
 * Names in `taken` are not suggested.
 */
export function suggestName(cells: readonly ICellModel[], index: number, taken: readonly string[]): string {
  const own = firstComment(cells[index]?.sharedModel.getSource() ?? '');
  const before = cells[index - 1];
  const title = before?.type === 'markdown' ? lastHeading(before.sharedModel.getSource()) : '';
  const name = slug(own) || slug(title);
  const free = (candidate: string): boolean => candidate !== '' && !taken.includes(candidate);
  if (free(name)) return name;
  for (let number = name === '' ? 1 : 2; ; number++) {
    const numbered = `${(name || 'step').slice(0, LONGEST - 5)}-${number}`;
    if (free(numbered)) return numbered;
  }
}

function firstComment(source: string): string {
  return /^\s*(?:\/\/|\/\*+)\s*(.+?)\s*(?:\*\/)?\s*$/m.exec(source.split('\n', 1)[0] ?? '')?.[1] ?? '';
}

function lastHeading(source: string): string {
  return [...source.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].at(-1)?.[1] ?? '';
}

/** At most four words, so that it reads as a name and not as a sentence. */
function slug(text: string): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’`]/gu, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  while (words.length > 0 && /^[0-9]/.test(words[0]!)) words.shift();
  const name = words.slice(0, 4).join('-').slice(0, LONGEST).replace(/-+$/, '');
  return STEP_NAME.test(name) ? name : '';
}
