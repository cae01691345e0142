/** How commands write times, states and tables. */
import { durationText, type RunState, type StepState } from '@tagflow/schema';
import colors from 'picocolors';
import { printable } from '../run/printable.js';

/** What a command tells. */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** What it tells besides. */
export function printAside(text: string): void {
  process.stderr.write(printable(text));
}

export function writeJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Between two times; empty if the end or the start is not known. */
export function timeText(from: string | undefined, to: string | undefined): string {
  return from === undefined || to === undefined ? '' : durationText(Date.parse(to) - Date.parse(from));
}

const SIGNS: Record<StepState | RunState, string> = {
  pending: colors.dim('·'),
  running: colors.cyan('▸'),
  succeeded: colors.green('✓'),
  failed: colors.red('✗'),
  stopped: colors.yellow('■'),
  skipped: colors.dim('–'),
  omitted: colors.dim('–'),
  lost: colors.red('?'),
};

/** A sign and the word. */
export function stateText(state: StepState | RunState): string {
  return `${SIGNS[state]} ${state}`;
}

/** Rows in columns of equal width; colours do not count. */
export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(printable));
  const widths = shown.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, width(cell))),
    [],
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => cell + ' '.repeat(widths[i]! - width(cell))).join('  ');
  return shown.map((row) => `${line(row).trimEnd()}\n`).join('');
}

function width(text: string): number {
  return text.replace(/\x1b\[[0-9;]*m/g, '').length;
}
