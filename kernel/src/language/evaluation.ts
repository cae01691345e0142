import type { VariableId } from '@tagflow/schema';
import { type Unit, type Use, variableId } from './facts.js';
import { byCell, type Slice } from './slice/slice.js';
import { isLocal } from './slice/modules.js';

/**
 * In which order a program evaluates what could show the order: statements, values that are computed, modules. What a
 * declaration says is the same wherever it stands, so that cells with helpers may be moved.
 */
export function evaluationOrder(slice: Slice, labelOf: (unit: Unit) => string): string[] {
  const lasting = lastingUnits(slice);
  const order: string[] = [];
  const loaded = new Set<string>();
  let packages: string[] = [];
  const flush = () => {
    order.push(...packages.sort());
    packages = [];
  };
  for (const unit of [...inOrder(slice.units), ...inOrder(slice.own)]) {
    if (!unit.import) {
      if (lasting.has(unit)) continue;
      flush();
      order.push(labelOf(unit));
      continue;
    }
    const { specifier, name } = unit.import;
    if (loaded.has(specifier)) continue;
    loaded.add(specifier);
    const load = `load ${specifier}`;
    if (name !== undefined && !isLocal(specifier)) {
      packages.push(load);
      continue;
    }
    // `import "polyfill"` is there for what it does, and a local file may do something.
    if (name === undefined) flush();
    order.push(load);
  }
  flush();
  return order;
}

/** As the program is written: the imports of a cell come first. */
function inOrder(units: Unit[]): Unit[] {
  return byCell(units).flatMap((cell) => [
    ...cell.filter(({ kind }) => kind === 'import'),
    ...cell.filter(({ kind }) => kind !== 'import'),
  ]);
}

/** Declarations that could be evaluated at any time: functions, and what consists of constants only. */
function lastingUnits({ units, own }: Slice): Set<Unit> {
  const declaring = unitsByVariable([...units, ...own]);
  const known = new Map<Unit, boolean>();
  const isLasting = (unit: Unit): boolean => {
    if (unit.kind === 'function') return true;
    const before = known.get(unit);
    if (before !== undefined) return before;
    known.set(unit, true);
    const lasts = unit.travels !== undefined && unit.uses.every((use) => use.nested || isConstant(use));
    known.set(unit, lasts);
    return lasts;
  };
  // What an array holds may have changed by the time that it is copied.
  const isConstant = ({ variable, write, change }: Use): boolean => {
    if (variable === undefined || write || change !== undefined) return false;
    const declared = declaring.get(variable);
    return !!declared && declared.every((unit) => !unit.mutable && isLasting(unit));
  };
  return new Set([...units, ...own].filter((unit) => unit.import || isLasting(unit)));
}

/** Variables may have several units: a function and the namespace that it is merged with. */
export function unitsByVariable(units: readonly Unit[]): Map<VariableId, Unit[]> {
  const declaring = new Map<VariableId, Unit[]>();
  for (const unit of units) {
    for (const { name } of unit.declares) {
      const variable = variableId(unit.cell, name);
      const known = declaring.get(variable);
      if (known) known.push(unit);
      else declaring.set(variable, [unit]);
    }
  }
  return declaring;
}
