import type { Diagnostic } from '@tagflow/schema';

const LABELS = { error: 'error', warning: 'warning', info: 'note' } as const;

export interface ReportOptions {
  /** How the cell is called, before line and column. */
  name?: string;
  /** Adds colours for a terminal. */
  colours?: boolean;
}

/**
 * Diagnostics of one cell as a compiler prints them: place, sentence, the source line, and the range underlined.
 * ```
 * 2:5 - error TS2551: Property 'lenght' does not exist on type 'number[]'. Did you mean 'length'?
 *
 * 2 rows.lenght
 *        ~~~~~~
 * ```
 */
export function report(
  source: string,
  diagnostics: readonly Diagnostic[],
  options: ReportOptions = {},
): string {
  return diagnostics.map((diagnostic) => entry(source.split(/\r?\n/), diagnostic, options)).join('\n\n');
}

function entry(
  lines: string[],
  { code, severity, message, advice, range }: Diagnostic,
  options: ReportOptions,
): string {
  const paint = options.colours ? colour : plain;
  const label = `${paint(severity === 'error' ? 31 : 33, LABELS[severity])} ${paint(90, `${code}:`)} ${message}`;
  const rest = advice ? [`  ${advice}`] : [];
  if (!range) return [label, ...rest].join('\n');
  const { line, column } = range.start;
  const place = [options.name, line, column].filter((part) => part !== undefined).join(':');
  const text = lines[line - 1] ?? '';
  const end = range.end.line === line ? range.end.column : text.length + 1;
  const gutter = String(line);
  // A tab before the range stays a tab, so that the underline stands where the reader's tab stops are.
  const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const underline = '~'.repeat(Math.max(1, end - column));
  return [
    `${paint(36, place)} - ${label}`,
    ...rest,
    '',
    `${paint(7, gutter)} ${text}`,
    `${' '.repeat(gutter.length)} ${before}${paint(31, underline)}`,
  ].join('\n');
}

function colour(code: number, text: string): string {
  return `\u001b[${code}m${text}\u001b[0m`;
}

function plain(_code: number, text: string): string {
  return text;
}
