/** Errors of user code, without what the user did not write. */
import { inspect } from 'node:util';
import { inCell } from './cell-positions.js';
import type { ErrorContent } from './messages.js';

const OURS = new URL('..', import.meta.url).href;
const FRAME = /^\s+at /;
const ELIDED = /^\s+\.\.\. \d+ lines matching cause stack trace \.\.\.$/;

/** The error with positions in the cells and in the user's files, without frames of the kernel and of Node's inside. */
export function errorContent(error: unknown): ErrorContent {
  const { ename, evalue } = summary(error);
  const text = describe(error, `${ename}: ${evalue}`);
  return { ename, evalue, traceback: [withoutInternals(text.split('\n')).join('\n')] };
}

/** Frames of Node stay only above the user's: a call that failed inside. Below them is only how the code was started. */
function withoutInternals(lines: string[]): string[] {
  const kept: string[] = [];
  let below = true;
  for (const line of lines.reverse()) {
    if (ELIDED.test(line)) continue; // frames above of which some are dropped
    if (!FRAME.test(line)) below = true;
    else if (isInternal(line) || (below && /\(?node:[\w/]+:\d+/.test(line))) continue;
    else below = false;
    kept.push(FRAME.test(line) ? inCell(line) : line);
  }
  return kept.reverse();
}

function summary(error: unknown): { ename: string; evalue: string } {
  if (!isError(error)) return { ename: 'Error', evalue: describe(error) };
  try {
    return { ename: String(error.name), evalue: String(error.message) };
  } catch {
    return { ename: 'Error', evalue: '' };
  }
}

/** @param summary stands for an error that cannot be shown */
function describe(value: unknown, summary?: string): string {
  try {
    const text = inspect(value);
    return isError(value) ? text : `Thrown: ${text}`;
  } catch {
    return (isError(value) && summary) || 'Thrown: a value that cannot be shown';
  }
}

function isError(value: unknown): value is Error {
  try {
    return Object.prototype.toString.call(value) === '[object Error]' || value instanceof Error;
  } catch {
    return false; // a proxy whose handler throws
  }
}

function isInternal(frame: string): boolean {
  return (
    frame.includes(OURS) ||
    /\bnode:internal\//.test(frame) ||
    /^\s+at new Promise \(<anonymous>\)/.test(frame)
  );
}
