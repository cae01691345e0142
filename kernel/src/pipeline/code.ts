import type { Diagnostic, VariableId } from '@tagflow/schema';
import {
  type CellFacts,
  type FactsSource,
  type Unit,
  type Use,
  type Variable,
  variableId,
} from '../language/facts.js';
import { rangeIn } from './range.js';
import { travelling } from './travelling.js';
import { changingFunctions, type ChangingFunctions } from './calls.js';
import type { Place } from '../diagnostics/table.js';
import type { NotebookCell } from './types.js';

/** A cell with what its code says. */
export interface CodeCell extends NotebookCell {
  /** 0-based position among the code cells. */
  rank: number;
  units: PlacedUnit[];
  /** The compiler's. */
  diagnostics: Diagnostic[];
}

/** A unit at its place in the notebook. */
export interface PlacedUnit extends Unit {
  /** 0-based position among all units of the notebook. */
  order: number;
  home: CodeCell;
  /** What the code says, where the unit is all of that and nothing else. The same object means the same code. */
  fact?: Unit | undefined;
}

/** A use and the unit in which it stands. */
export interface Site {
  unit: PlacedUnit;
  use: Use;
}

/** A variable of the notebook with all that is done to it anywhere. */
export interface NamedValue extends Variable {
  home: CodeCell;
  units: PlacedUnit[];
  /** Where it is assigned, apart from its declaration. */
  writes: Site[];
  /** Where it is visibly changed in place. */
  changes: Site[];
  /** Variables whose value, or a part of it, it may hold. */
  aliasOf: VariableId[];
}

/** The notebook's code with every name resolved. */
export interface Code {
  /** Functions that change what they are given. */
  changing: ChangingFunctions;
  cells: CodeCell[];
  /** By cell. */
  sources: ReadonlyMap<string, string>;
  units: PlacedUnit[];
  variables: Map<VariableId, NamedValue>;
  /** Variables whose declarations go along with the steps that use them; all others are values. */
  travels: ReadonlySet<VariableId>;
}

/** Asks the language what the cells say, and joins it into one picture of the notebook. */
export function analyseCells(cells: readonly NotebookCell[], language: FactsSource): Code {
  const facts = language.analyse(
    cells.map(({ id, source, role }) => ({
      id,
      source,
      parameters: role === 'parameters',
      typed: role === 'step' || role === 'parameters' || role === 'setup',
    })),
  );
  return codeOf(cells, facts);
}

export function codeOf(cells: readonly NotebookCell[], facts: readonly CellFacts[]): Code {
  const sources = new Map(cells.map(({ id, source }) => [id, source]));
  const changing = changingFunctions(facts.flatMap(({ units }) => units));
  const code: Code = {
    cells: [],
    sources,
    units: [],
    variables: new Map(),
    travels: new Set(),
    changing,
  };
  const injected = injectedParameters(cells, facts);
  const canonical = (variable: VariableId) => injected.get(variable) ?? variable;
  cells.forEach((cell, rank) => {
    const { units, variables, diagnostics } = facts[rank]!;
    const home: CodeCell = { ...cell, rank, units: [], diagnostics };
    code.cells.push(home);
    for (const unit of units) {
      const fact = withCalls(withCanonical(unit, injected), changing);
      const placed = { ...fact, order: code.units.length, home, fact };
      code.units.push(placed);
      home.units.push(placed);
    }
    for (const variable of variables) {
      if (canonical(variable.id) !== variable.id) continue;
      code.variables.set(variable.id, { ...variable, home, units: [], writes: [], changes: [], aliasOf: [] });
    }
  });
  for (const unit of code.units) place(unit, code.variables);
  code.travels = travelling(code);
  return code;
}

function place(unit: PlacedUnit, variables: Map<VariableId, NamedValue>): void {
  for (const { name } of unit.declares) variables.get(variableId(unit.cell, name))?.units.push(unit);
  for (const use of unit.uses) {
    const variable = use.variable === undefined ? undefined : variables.get(use.variable);
    if (use.write) variable?.writes.push({ unit, use });
    if (use.change !== undefined) variable?.changes.push({ unit, use });
  }
  for (const { variable, other } of unit.aliases) variables.get(other)?.aliasOf.push(variable);
}

/** papermill's cell of values stands after the one that declares them: a name in both is one parameter. */
function injectedParameters(
  cells: readonly NotebookCell[],
  facts: readonly CellFacts[],
): Map<VariableId, VariableId> {
  const declared = new Map<string, VariableId>();
  const injected = new Map<VariableId, VariableId>();
  cells.forEach((cell, rank) => {
    if (cell.role !== 'parameters') return;
    for (const { id, name } of facts[rank]!.variables) {
      const former = declared.get(name);
      if (cell.injected && former !== undefined) injected.set(id, former);
      else declared.set(name, id);
    }
  });
  return injected;
}

function withCanonical(unit: Unit, injected: ReadonlyMap<VariableId, VariableId>): Unit {
  const isInjected = (use: Use) => use.variable !== undefined && injected.has(use.variable);
  if (!unit.uses.some(isInjected)) return unit;
  return {
    ...unit,
    uses: unit.uses.map((use) =>
      isInjected(use) ? { ...use, variable: injected.get(use.variable!)! } : use,
    ),
  };
}

/** A call of a function that changes what it is given changes it here. */
function withCalls(unit: Unit, changing: ChangingFunctions): Unit {
  const changedBy = ({ passes }: Use) =>
    passes?.find((pass) => changing.get(pass.function)?.has(pass.index))?.call;
  if (!unit.uses.some((use) => changedBy(use) !== undefined)) return unit;
  return {
    ...unit,
    uses: unit.uses.map((use) => {
      const change = use.change ?? changedBy(use);
      return change === undefined ? use : { ...use, change };
    }),
  };
}

/** Why a declaration does not travel: by its form, because of a name that it consists of, or because it is changed. */
export function staysBecause({ units }: NamedValue, { variables, travels }: Code): string {
  const form = units.find(({ stays }) => stays !== undefined)?.stays;
  if (form !== undefined) return form;
  const staying = units.flatMap((unit) => unit.travels ?? []).find((name) => !travels.has(name));
  const part = staying === undefined ? undefined : variables.get(staying);
  return part ? `${part.name}, of which it is made, does not` : 'the notebook changes it';
}

export function placeOf({ unit, use }: { unit: PlacedUnit; use?: Use }): Place {
  return spanPlace(unit.home, use ?? unit);
}

export function spanPlace(cell: CodeCell, span: { start: number; end: number }): Place {
  return { cell: cell.id, range: rangeIn(cell.source, span) };
}
