/** A glance at a value, made when it is written: a short text, and a table where the value is one. */
import type { Preview } from '@tagflow/schema';
import { inspect } from 'node:util';

const TEXT_LENGTH = 2000;
const TABLE_ROWS = 10;
const TABLE_COLUMNS = 12;
const CELL_LENGTH = 80;
/** Objects with more keys than this are shown in part: a preview must not cost what the value costs. */
const SHOWN_KEYS = 50;

export function previewOf(value: unknown): Preview {
  const text = inspect(outline(value, 3), {
    depth: 3,
    maxArrayLength: 20,
    maxStringLength: 500,
    breakLength: 100,
    customInspect: false,
  });
  const html = tableOf(value);
  return { text: cut(text, TEXT_LENGTH), ...(html === undefined ? {} : { html }) };
}

/** The value with the keys of large objects cut, as deep as it is shown. */
function outline(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.length <= 20 ? value.map((each) => outline(each, depth - 1)) : value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const shown = Object.entries(value).slice(0, SHOWN_KEYS);
  return Object.fromEntries(shown.map(([key, each]) => [key, outline(each, depth - 1)]));
}

/** An HTML table of the first rows, if the value is an array of plain objects. */
function tableOf(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const rows = value.slice(0, TABLE_ROWS) as unknown[];
  if (!rows.every(isRow)) return undefined;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, TABLE_COLUMNS);
  if (columns.length === 0) return undefined;
  const head = columns.map((column) => `<th>${escape(column)}</th>`).join('');
  const body = rows.map((row) => `<tr>${columns.map((column) => cell(row[column])).join('')}</tr>`).join('');
  const rest = value.length > rows.length ? `<caption>${value.length} rows</caption>` : '';
  return `<table>${rest}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function isRow(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function cell(value: unknown): string {
  const text =
    typeof value === 'string' ? value : inspect(value, { depth: 0, maxArrayLength: 5, customInspect: false });
  const align = typeof value === 'number' ? ' style="text-align:right"' : '';
  return `<td${align}>${escape(cut(value === undefined ? '' : text, CELL_LENGTH))}</td>`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
