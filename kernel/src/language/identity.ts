import { createHash } from 'node:crypto';
import type { VariableId } from '@tagflow/schema';
import { evaluationOrder, unitsByVariable } from './evaluation.js';
import { type Unit, variableId } from './facts.js';
import { labelsOf, numbered } from './labels.js';
import type { Slice } from './slice/slice.js';
import { namesOf } from './slice/names.js';

/**
 * Which code a program is: a digest for each of its units, under a name that people know it by (`function h`,
 * `const rows`, `statement 3`), one for what flows in and out, and one for the order of what is evaluated. The digest of
 * a unit says what its code says and what each name in it is bound to.
 *
 * Equal parts, equal programs: they do the same with the same values. No cell ids, paths, types, comments or layout
 * enter, so that cells can be split, merged and moved.
 */
export function identityOf(slice: Slice): Record<string, string> {
  const labels = labelUnits(slice);
  const targets = targetsOf(slice, labels);
  const names = namesOf(slice);
  const guarded = new Set(slice.guarded);
  const parts: Record<string, string> = {};
  for (const [unit, label] of labels) {
    parts[label] = digestOf(
      unit.import ?? {
        code: unit.normal,
        class: unit.digest,
        // Instances kept before the digests of bases were part of their class's are no instances now: made again.
        based: unit.digest !== undefined && unit.travels?.length ? true : undefined,
        names: bindingsOf(unit, targets),
        renamed: renamedIn(unit, names.of),
        imports: subpathsIn(unit),
        guarded: unit.declares.some(({ name }) => guarded.has(variableId(unit.cell, name))),
      },
    );
  }
  const flow = (variables: readonly VariableId[]) =>
    variables.map((variable) => targets.get(variable) ?? 'nothing').sort();
  parts['inputs and outputs'] = digestOf({
    inputs: flow([...slice.parameters, ...slice.inputs]),
    outputs: flow(slice.outputs),
  });
  parts['order'] = digestOf(evaluationOrder(slice, (unit) => labels.get(unit)!));
  return parts;
}

/** Units of one name are numbered by what they say, so that the order of cells does not matter; statements by place. */
function labelUnits({ units, own }: Slice): Map<Unit, string> {
  const labels = new Map<Unit, string>();
  const alike = new Map<string, Unit[]>();
  const add = (unit: Unit, label: string) => {
    const others = alike.get(label);
    if (others) others.push(unit);
    else alike.set(label, [unit]);
  };
  const counts = { setup: 0, own: 0 };
  for (const unit of units) add(unit, nameOf(unit) ?? `setup statement ${++counts.setup}`);
  for (const unit of own) add(unit, nameOf(unit) ?? `statement ${++counts.own}`);
  for (const [label, group] of alike) {
    const numbers = new Map<string, number>();
    if (!group[0]!.import) group.sort((a, b) => compare(a.normal, b.normal));
    // Two cells that import the same import it once.
    for (const unit of group) labels.set(unit, unit.import ? label : numbered(label, numbers));
  }
  return labels;
}

/** `function h`, `const rows`, `import chunk from lodash`, `require lodash`; a statement has no name. */
function nameOf(unit: Unit): string | undefined {
  const { kind, before, declares } = unit;
  if (unit.import) {
    const { specifier, name, require } = unit.import;
    if (require) return `require ${specifier}`;
    return `import ${name === undefined ? '' : `${name} from `}${specifier}`;
  }
  if (kind === 'statement' || declares.length === 0) return undefined;
  const names = declares.map(({ name }) => name).join(', ');
  return `${kind === 'declarator' ? before.trim() : kind} ${names.length > 60 ? `${names.slice(0, 59)}…` : names}`;
}

/** What the variables of a program are, as seen from any of its units. */
function targetsOf(slice: Slice, labels: ReadonlyMap<Unit, string>): Map<VariableId, string> {
  const targets = new Map<VariableId, string>();
  for (const [variable, units] of unitsByVariable([...slice.units, ...slice.own])) {
    const name = variable.slice(variable.lastIndexOf('#') + 1);
    targets.set(
      variable,
      `${name}: ${[...new Set(units.map((unit) => labels.get(unit)!))].sort().join(' + ')}`,
    );
  }
  for (const [variable, label] of labelsOf(slice.inputs)) targets.set(variable, `input ${label}`);
  for (const [variable, label] of labelsOf(slice.parameters)) targets.set(variable, `parameter ${label}`);
  return targets;
}

/** What each `import('#name')` means by package.json: the code does not say. */
function subpathsIn({ dynamicImports }: Unit): (string | undefined)[] | undefined {
  const meant = dynamicImports.filter(({ written }) => written !== undefined);
  return meant.length ? meant.map(({ specifier }) => specifier) : undefined;
}

/** Each name that is no global, with what it stands for. */
function bindingsOf({ cell, uses, declares }: Unit, targets: ReadonlyMap<VariableId, string>): string[][] {
  const bindings = new Map<string, string>();
  for (const { name } of declares) bindings.set(name, targets.get(variableId(cell, name))!);
  for (const { name, variable } of uses) {
    if (variable !== undefined) bindings.set(name, targets.get(variable) ?? 'nothing');
  }
  return [...bindings].sort(([a], [b]) => compare(a, b));
}

/**
 * Names that the program spells otherwise than the cell, where a function could tell: one that is assigned to a
 * variable takes its name from it. The names of constant functions and classes are given back to them.
 */
function renamedIn(
  { cell, before, declares, uses, literal, mutable }: Unit,
  nameIn: (variable: VariableId) => string,
) {
  const isConstant = !/^(let|var|using|await using) /.test(before) || mutable || literal !== undefined;
  const assigned = isConstant ? [] : declares.map(({ name }) => variableId(cell, name));
  for (const { write, variable } of uses) if (write && variable !== undefined) assigned.push(variable);
  const renamed = assigned.map(nameIn).filter((name, i) => !assigned[i]!.endsWith(`#${name}`));
  return renamed.length ? [...new Set(renamed)].sort() : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
