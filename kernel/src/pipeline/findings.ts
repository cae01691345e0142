import type { Diagnostic, Pipeline } from '@tagflow/schema';
import type { Code } from './code.js';
import type { Flow } from './dataflow.js';
import type { Notebook, NotebookCells } from './types.js';

/** Everything that is known when a pipeline is checked. */
export interface Findings {
  notebook: Notebook;
  /** What is wrong with the tsconfig.json beside it. */
  problems: readonly string[];
  cells: NotebookCells;
  code: Code;
  flow: Flow;
  pipeline: Pipeline;
}

/** Finds one kind of fault. */
export type Check = (findings: Findings) => Diagnostic[];

/** Several steps may meet one fault: it is reported once for each place, with the first step. */
export function once(diagnostics: Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, cell, range }) => {
    const key = JSON.stringify([code, cell, range]);
    return !seen.has(key) && seen.add(key);
  });
}
