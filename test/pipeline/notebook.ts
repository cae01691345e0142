/** Notebooks written as tables: one row a cell, with its tag (`none`, or several joined by commas), source and settings. */
import { fileURLToPath } from 'node:url';
import type { Pipeline } from '@tagflow/schema';
import { Language } from '../../kernel/lib/language/language.js';
import { pipelineOf } from '../../kernel/lib/pipeline/index.js';

/** `raw` replaces fields of the cell as it stands in the file. */
export type Row = [tag: string, source: string, settings?: object, raw?: object];

/** Has a local file, and node_modules above it. */
export const FOLDER = fileURLToPath(new URL('../language', import.meta.url));

let language: Language | undefined;
let last: { text: string; name: string; pipeline: Pipeline } | undefined;

/** The text of an .ipynb file; cells are called c1, c2, … */
export function notebookText(rows: readonly Row[], metadata: object = {}): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'tagflow', language: 'typescript' }, ...metadata },
    cells: rows.map(([tag, source, settings, raw], index) => ({
      id: `c${index + 1}`,
      cell_type: 'code',
      metadata: { ...(tag !== 'none' && { tags: tag.split(',') }), ...(settings && { tagflow: settings }) },
      source,
      ...raw,
    })),
  });
}

export function pipelineFrom(rows: readonly Row[], metadata: object = {}): Pipeline {
  return pipelineOfText(notebookText(rows, metadata));
}

export function pipelineOfText(text: string, name = 'notebook'): Pipeline {
  language ??= new Language(FOLDER);
  // One notebook after the other is looked at several times.
  if (last?.text !== text || last.name !== name)
    last = { text, name, pipeline: pipelineOf(text, { directory: FOLDER, name, language }).pipeline };
  return structuredClone(last.pipeline);
}
