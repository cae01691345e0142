/** What was thrown, as a record: the cell and line where it happened, and a stack of the notebook's own frames. */
import type { AttemptEnd, Failure } from '@tagflow/schema';
import { instant } from '../store/clock.js';
import { maskedEnd } from './secrets.js';
import { StoreError } from '../store/store.js';

/** What is known of a failure besides what was thrown. */
export type Failed = Pick<Failure, 'index' | 'input'>;

/** The end of an attempt that failed. Secrets do not stand in it. */
export function failedEnd(thrown: unknown, secrets: readonly string[], known: Failed = {}): AttemptEnd {
  const end: AttemptEnd = {
    format: 1,
    state: 'failed',
    ended: instant(),
    outputs: [],
    notKept: [],
    failure: { ...failureOf(thrown), ...known },
  };
  return maskedEnd(end, secrets);
}

/** A failure that the step's program did not throw but Tagflow found. */
export class StepFailure extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly cell?: string,
  ) {
    super(message);
  }
}

/** @param memory what the step may use, in bytes */
export function outOfMemory(memory: number | undefined): Failure {
  const limit = memory === undefined ? '' : ` of ${Math.round(memory / 2 ** 20)}Mi`;
  return {
    name: 'OutOfMemory',
    message: `The step ran out of memory${limit}. Raise its setting \`memory\`.`,
  };
}

/** `at name (cell:<id>:<line>:<column>)`: source maps name a program's sources by cell. */
const CELL_FRAME = /\bcell:([^\s:()]+):(\d+):(\d+)/;
const HIDDEN_FRAME =
  /node:internal|[/\\](?:kernel|tagflow)[/\\]lib[/\\]|^\s+at (?:process\.|async Promise\.)|tagflow:tagflow-/;
const STACK_LENGTH = 4000;

/** A loop in a loop failed, as a rule at one of its items. */
export class NestedFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof NestedFailure) return aroundNested(thrown.failure);
  if (!(thrown instanceof Error)) {
    return {
      name: 'Thrown',
      message: `${typeof thrown === 'string' ? thrown : safeText(thrown)} was thrown.`,
    };
  }
  // User code may have put anything there.
  const [name, message, stack] = (['name', 'message', 'stack'] as const).map((key) =>
    textAt(thrown, key),
  ) as [string, string, string];
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && !HIDDEN_FRAME.test(line));
  const [, cell, line, column] = CELL_FRAME.exec(frames.find((frame) => CELL_FRAME.test(frame)) ?? '') ?? [];
  const place = cell ? { cell, line: Number(line), column: Number(column) } : {};
  const own = thrown instanceof StepFailure || thrown instanceof StoreError;
  const head = `${name}: ${message}`;
  return {
    name,
    message,
    ...(thrown instanceof StepFailure && thrown.cell ? { cell: thrown.cell } : own ? {} : place),
    ...(own ? {} : { stack: [head, ...frames, ...causeOf(thrown)].join('\n').slice(0, STACK_LENGTH) }),
  };
}

/** Of the item around it: says at which of its own items it was, if it came to one. */
function aroundNested({ index, input, ...failure }: Failure): Failure {
  if (index === undefined) return failure;
  const item = `item ${index}${input === undefined ? '' : ` (${input})`}`;
  return { ...failure, message: `${failure.message} (at ${item} of its loop)` };
}

function causeOf(error: Error): string[] {
  const cause = valueAt(error, 'cause');
  if (cause === undefined) return [];
  const text =
    cause instanceof Error ? `${textAt(cause, 'name')}: ${textAt(cause, 'message')}` : safeText(cause);
  return [`caused by ${text}`];
}

function textAt(error: Error, key: 'name' | 'message' | 'stack'): string {
  const value = valueAt(error, key);
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : safeText(value);
}

function valueAt(error: Error, key: keyof Error): unknown {
  try {
    return error[key];
  } catch {
    return undefined;
  }
}

function safeText(value: unknown): string {
  try {
    return (typeof value === 'object' ? JSON.stringify(value) : undefined) ?? String(value);
  } catch {
    return 'A value';
  }
}
