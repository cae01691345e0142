/** HTML tables of arrays of plain objects. */
import { inspect } from 'node:util';

export type Row = Readonly<Record<string, unknown>>;

const MAX_ROWS = 60;
const MAX_COLUMNS = 40;
const MAX_CELL = 200; // characters

/** Whether a value is an array, not empty, of plain objects only. */
export function isTable(value: unknown): value is Row[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPlain) && columnsOf(value).length > 0;
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The first rows and columns as a table; a caption says how many there are when not all are shown. */
export function htmlTable(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const shownColumns = columns.slice(0, MAX_COLUMNS);
  const head = shownColumns.map((column) => `<th>${escapeHtml(column)}</th>`).join('');
  const body = rows.slice(0, MAX_ROWS).map((row, index) => {
    const cells = shownColumns.map((column) => cell(row[column])).join('');
    return `<tr><th>${index}</th>${cells}</tr>`;
  });
  const cut = rows.length > MAX_ROWS || columns.length > MAX_COLUMNS;
  const size = cut ? `<p>${rows.length} rows × ${columns.length} columns</p>` : '';
  return `<table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join('')}</tbody></table>${size}`;
}

function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.slice(0, MAX_ROWS).flatMap((row) => Object.keys(row)))];
}

function cell(value: unknown): string {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  return `<td${isNumber ? ' style="text-align: right"' : ''}>${escapeHtml(cut(cellText(value)))}</td>`;
}

function cellText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 10 });
}

function cut(text: string): string {
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
