import type { Diagnostic, Pipeline } from '@tagflow/schema';
import {
  checkChanges,
  checkDisturbances,
  checkPackageState,
  checkSetupInputs,
  checkSetupState,
} from './checks/changes.js';
import { checkCompiler } from './checks/compiler.js';
import { checkMissing, checkUnmade, checkUsing } from './checks/names.js';
import { checkCells, checkEmpty, checkLanguage } from './checks/notebook.js';
import { checkAfter, checkInterleaved, checkUnordered } from './checks/order.js';
import { checkInjected, checkParameterCells, checkParameterWrites } from './checks/parameters.js';
import { checkEnvironment, checkPaths, checkPromises } from './checks/place.js';
import { checkTypes } from './checks/types.js';
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

const CHECKS: Check[] = [
  checkCells,
  checkLanguage,
  checkEmpty,
  checkInterleaved,
  checkAfter,
  checkUnordered,
  checkParameterCells,
  checkParameterWrites,
  checkInjected,
  checkMissing,
  checkUnmade,
  checkUsing,
  checkChanges,
  checkSetupState,
  checkSetupInputs,
  checkDisturbances,
  checkPackageState,
  checkTypes,
  checkPromises,
  checkPaths,
  checkEnvironment,
  checkCompiler,
];

/** All that is wrong with a pipeline, in the order of the notebook. */
export function checkPipeline(findings: Findings): Diagnostic[] {
  const { cells } = findings.pipeline;
  const positions = new Map(cells.map(({ id, index }) => [id, index]));
  const position = ({ cell }: Diagnostic) => (cell === undefined ? -1 : (positions.get(cell) ?? -1));
  return CHECKS.flatMap((check) => check(findings)).sort(
    (a, b) =>
      position(a) - position(b) ||
      (a.range?.start.line ?? 0) - (b.range?.start.line ?? 0) ||
      (a.range?.start.column ?? 0) - (b.range?.start.column ?? 0),
  );
}

/** Several steps may meet one fault: it is reported once for each place, with the first step. */
export function once(diagnostics: Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, cell, range }) => {
    const key = JSON.stringify([code, cell, range]);
    return !seen.has(key) && seen.add(key);
  });
}
