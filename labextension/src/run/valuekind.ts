/** How a value from a run is best looked at. Pure. */

export type ValueKind =
  | { kind: 'numbers'; values: readonly number[] }
  | { kind: 'table'; columns: readonly string[]; rows: readonly Record<string, unknown>[]; total: number }
  | { kind: 'tree' };

/** So many rows and columns of a table are shown. */
const ROWS = 50;
const COLUMNS = 20;

export function kindOf(value: unknown): ValueKind {
  if (!Array.isArray(value) || value.length < 2) return { kind: 'tree' };
  const values: unknown[] = value;
  if (values.length > 2 && values.every(isFiniteNumber)) return { kind: 'numbers', values };
  if (!values.every(isRow)) return { kind: 'tree' };
  const rows = values.slice(0, ROWS);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // Objects that have little in common are no table.
  if (columns.length === 0 || columns.length > COLUMNS) return { kind: 'tree' };
  return { kind: 'table', columns, rows, total: values.length };
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Points of a line through the values in a box of this size, as SVG has them. */
export function lineThrough(values: readonly number[], width: number, height: number): string {
  // More points than pixels are not seen.
  const every = Math.max(1, Math.floor(values.length / width));
  const shown = values.filter((_, index) => index % every === 0);
  const [least, most] = extent(shown);
  const range = most - least || 1;
  return shown
    .map((value, index) => {
      const x = (index / (shown.length - 1)) * width;
      const y = height - ((value - least) / range) * height;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

export function extent(values: readonly number[]): [least: number, most: number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
}

/** A value that stands in a cell of a table or at a leaf of a tree. */
export function leafText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
