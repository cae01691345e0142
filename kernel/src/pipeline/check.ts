import type { Diagnostic } from '@tagflow/schema';
import {
  checkChanges,
  checkDisturbances,
  checkGlobals,
  checkPackageState,
  checkSetupInputs,
  checkSetupState,
} from './checks/changes.js';
import { checkCompiler } from './checks/compiler.js';
import { checkBodies, checkBodyEffects, checkBranches } from './checks/control.js';
import { checkMissing, checkTwins, checkUnmade, checkUsing } from './checks/names.js';
import { checkCells, checkEmpty, checkLanguage, checkOptions } from './checks/notebook.js';
import { checkAfter, checkInterleaved, checkUnordered } from './checks/order.js';
import { checkInjected, checkParameterCells, checkParameterWrites } from './checks/parameters.js';
import {
  checkEnvironment,
  checkImports,
  checkPaths,
  checkPlacedFiles,
  checkPromises,
  checkRequire,
  checkUnused,
  checkTexts,
} from './checks/place.js';
import { checkTypes } from './checks/types.js';
import type { Check, Findings } from './findings.js';

const CHECKS: Check[] = [
  checkCells,
  checkLanguage,
  checkOptions,
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
  checkTwins,
  checkChanges,
  checkSetupState,
  checkSetupInputs,
  checkDisturbances,
  checkGlobals,
  checkPackageState,
  checkTypes,
  checkBodies,
  checkBodyEffects,
  checkBranches,
  checkPromises,
  checkPaths,
  checkEnvironment,
  checkImports,
  checkPlacedFiles,
  checkTexts,
  checkRequire,
  checkUnused,
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
