import type { Diagnostic, Pipeline } from '@tagflow/schema';
import type { Code } from './code.js';
import type { Flow } from './dataflow.js';
import type { Notebook, NotebookCells } from './types.js';

/** Everything that is known when a pipeline is checked. */
export interface Findings {
  notebook: Notebook;
  cells: NotebookCells;
  code: Code;
  flow: Flow;
  pipeline: Pipeline;
}

/** Finds one kind of fault. */
export type Check = (findings: Findings) => Diagnostic[];

const CHECKS: Check[] = [];

/** All that is wrong with a pipeline, in the order of the notebook. */
export function checkPipeline(findings: Findings): Diagnostic[] {
  return CHECKS.flatMap((check) => check(findings));
}
