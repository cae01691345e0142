/** HTML tables of arrays of plain objects. */
import { inspect } from 'node:util';

export type Row = Readonly<Record<string, unknown>>;

/** How much of a table is shown. */
export interface TableLimits {
  rows: number;
  columns: number;
  /** Characters of a cell. */
  text: number;
  /** Whether objects may say how they are inspected, by code of their own. */
  customInspect: boolean;
}

const IN_NOTEBOOK: TableLimits = { rows: 60, columns: 40, text: 200, customInspect: true };

/** Whether a value is an array, not empty, of plain objects only. */
export function isTable(value: unknown): value is Row[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPlain) && columnsOf(value, 1).length > 0;
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null; // also of another realm
}

/** The first rows and columns as a table; a caption says how many there are when not all are shown. */
export function htmlTable(rows: readonly Row[], limits: TableLimits = IN_NOTEBOOK): string {
  const columns = columnsOf(rows, limits.rows);
  const shownColumns = columns.slice(0, limits.columns);
  const head = shownColumns.map((column) => `<th>${escapeHtml(column)}</th>`).join('');
  const body = rows.slice(0, limits.rows).map((row, index) => {
    const cells = shownColumns.map((column) => cell(row[column], limits)).join('');
    return `<tr><th>${index}</th>${cells}</tr>`;
  });
  const isCut = rows.length > limits.rows || columns.length > limits.columns;
  const size = isCut ? `<p>${rows.length} rows × ${columns.length} columns</p>` : '';
  return `<table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join('')}</tbody></table>${size}`;
}

function columnsOf(rows: readonly Row[], count: number): string[] {
  return [...new Set(rows.slice(0, count).flatMap((row) => Object.keys(row)))];
}

function cell(value: unknown, limits: TableLimits): string {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  return `<td${isNumber ? ' style="text-align: right"' : ''}>${escapeHtml(cut(cellText(value, limits), limits.text))}</td>`;
}

function cellText(value: unknown, { customInspect }: TableLimits): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 10, customInspect });
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
