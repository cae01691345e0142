/** How commands write durations, sizes, states and tables. */
import type { RunState, StepState } from '@tagflow/schema';
import colors from 'picocolors';

export function writeJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** `35 ms`, `4.2 s`, `2 min 5 s`; empty if the end or the start is not known. */
export function durationText(from: string | undefined, to: string | undefined): string {
  if (from === undefined || to === undefined) return '';
  const milliseconds = Date.parse(to) - Date.parse(from);
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `512 B`, `1.5 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
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
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, width(cell))),
    [],
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => cell + ' '.repeat(widths[i]! - width(cell))).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

function width(text: string): number {
  return text.replace(/\x1b\[[0-9;]*m/g, '').length;
}

/** A text on one line, cut. */
export function oneLine(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
