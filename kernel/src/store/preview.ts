/** A glance at a value, made when it is written: a short text, and a table where the value is one. */
import type { Preview } from '@tagflow/schema';
import { inspect } from 'node:util';
import { htmlTable, isTable, type TableLimits } from './html-table.js';

const TEXT_LENGTH = 2000;
/** No code of the value's is called: it may be in the middle of something. */
const TABLE: TableLimits = { rows: 10, columns: 12, text: 80, customInspect: false };
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
  const html = isTable(value) ? htmlTable(value, TABLE) : undefined;
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

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
