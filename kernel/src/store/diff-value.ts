/** What differs between two values: numbers, objects of values, tables. Pure. */
import type { ArtifactDiff, ColumnDiff, ColumnSummary, FieldDiff, NumberDiff } from '@tagflow/schema';

export type ValueDiff = Pick<ArtifactDiff, 'number' | 'fields' | 'table'>;

type Row = Record<string, unknown>;

/** Empty if the two are not of one of these kinds. Columns and fields that are the same in both are left out. */
export function diffValues(from: unknown, to: unknown): ValueDiff {
  if (typeof from === 'number' && typeof to === 'number') return { number: diffNumbers(from, to) };
  if (isTable(from) && isTable(to)) {
    return { table: { rows: [from.length, to.length], columns: diffColumns(from, to) } };
  }
  if (isRow(from) && isRow(to)) return { fields: diffFields(from, to) };
  return {};
}

export function diffNumbers(from: number, to: number): NumberDiff {
  const difference = to - from;
  const relative = difference / Math.abs(from);
  return { from, to, difference, ...(Number.isFinite(relative) ? { relative } : {}) };
}

function diffFields(from: Row, to: Row): FieldDiff[] {
  return namesOf([from, to])
    .filter((name) => !same(from[name], to[name]))
    .map((name) => {
      const [a, b] = [from[name], to[name]];
      return {
        name,
        ...(Object.hasOwn(from, name) ? { from: a } : {}),
        ...(Object.hasOwn(to, name) ? { to: b } : {}),
        ...(typeof a === 'number' && typeof b === 'number' ? { number: diffNumbers(a, b) } : {}),
      };
    });
}

function diffColumns(from: readonly Row[], to: readonly Row[]): ColumnDiff[] {
  const [before, after] = [new Set(namesOf(from)), new Set(namesOf(to))];
  return [...new Set([...before, ...after])].flatMap((name) => {
    const [a, b] = [from.map((row) => row[name]), to.map((row) => row[name])];
    const changed = a.length === b.length ? a.filter((value, i) => !same(value, b[i])).length : undefined;
    if (changed === 0 && before.has(name) === after.has(name)) return [];
    return [
      {
        name,
        ...(before.has(name) ? { from: summaryOf(a) } : {}),
        ...(after.has(name) ? { to: summaryOf(b) } : {}),
        ...(changed === undefined ? {} : { changed }),
      },
    ];
  });
}

function summaryOf(values: readonly unknown[]): ColumnSummary {
  const there = values.filter((value) => value !== undefined && value !== null);
  const missing = values.length - there.length;
  const numbers = there.filter((value) => typeof value === 'number');
  if (numbers.length < there.length || numbers.length === 0)
    return { distinct: new Set(there.map(keyOf)).size, missing };
  let [sum, min, max] = [0, Infinity, -Infinity];
  for (const number of numbers) {
    sum += number;
    min = Math.min(min, number);
    max = Math.max(max, number);
  }
  return { mean: sum / numbers.length, min, max, missing };
}

/** Plain data are the same if their JSON is; of other objects only the kind is compared. */
function same(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (typeof a === 'object' && typeof b === 'object' && keyOf(a) === keyOf(b));
}

function keyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
}

function namesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function isTable(value: unknown): value is Row[] {
  return Array.isArray(value) && value.every(isRow);
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || prototype === Object.prototype;
}
