import type { Diagnostic } from '@tagflow/schema';
import { type Check, type Findings } from '../findings.js';
import type { CodeCell } from '../code.js';
import { segmentsOf } from '../dataflow.js';
import { diagnose } from '../../diagnostics/table.js';
import { offsetIn } from '../range.js';

/** `Cannot find name`, with and without a suggestion, and in `{ name }`. */
const UNKNOWN_NAME = /^TS(2304|2552|18004)$/;

/**
 * The compiler's errors pass through. In a cell of which no step takes anything they are warnings, and of a skipped
 * cell nothing is said. A name that stands further down gets a sentence of ours.
 */
export const checkCompiler: Check = (findings) => {
  const taken = takenCells(findings);
  const below = namesBelow(findings.code.cells);
  return findings.code.cells.flatMap((cell): Diagnostic[] => {
    if (cell.role === 'skip') return [];
    return cell.diagnostics.map((found) => {
      const own = laterName(found, cell, below) ?? found;
      const severity = own.severity === 'error' && !taken.has(cell) ? 'warning' : own.severity;
      return { ...own, severity };
    });
  });
};

/** Cells whose code is part of a program, or gives parameters. */
function takenCells({ code, flow }: Findings): Set<CodeCell> {
  const taken = new Set(code.cells.filter(({ role }) => role === 'step' || role === 'parameters'));
  for (const segment of segmentsOf(flow)) for (const unit of segment.taken) taken.add(unit.home);
  return taken;
}

/** The last cell that declares each name. */
function namesBelow(cells: CodeCell[]): Map<string, CodeCell> {
  const names = new Map<string, CodeCell>();
  for (const cell of cells) {
    for (const unit of cell.units) for (const { name } of unit.declares) names.set(name, cell);
  }
  return names;
}

function laterName(
  { code, range, severity }: Diagnostic,
  cell: CodeCell,
  below: ReadonlyMap<string, CodeCell>,
): Diagnostic | undefined {
  if (!range || severity !== 'error' || !UNKNOWN_NAME.test(code)) return undefined;
  const name = cell.source.slice(offsetIn(cell.source, range.start), offsetIn(cell.source, range.end));
  const declaring = below.get(name);
  return declaring && declaring.rank > cell.rank
    ? diagnose('TF303', { cell: cell.id, range }, { name })
    : undefined;
}
