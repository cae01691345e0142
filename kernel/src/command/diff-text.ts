/** The difference of two runs as text. */
import {
  type ArtifactDiff,
  type CodeDiff,
  type ColumnSummary,
  commitText,
  type DiffLine,
  instantText,
  type NumberDiff,
  oneLine,
  type RunDiff,
  shownType,
  shownTypeChange,
  sizeText,
} from '@tagflow/schema';
import colors from 'picocolors';
import { stateText, table } from './text.js';

const TYPE_LENGTH = 100;
const VALUE_LENGTH = 40;
/** Equal lines that are shown around those that changed. */
const CONTEXT = 2;
const FIELDS = 20;

export function diffText(diff: RunDiff): string {
  const changed = diff.artifacts.filter(({ change }) => change !== 'equal');
  const equal = diff.artifacts.length - changed.length;
  const sections = [
    section('parameters', parametersText(diff)),
    section('code', codeText(diff)),
    section(
      'steps',
      table(diff.steps.map(({ name, from, to }) => [`  ${name}`, stateOr(from), '->', stateOr(to)])),
    ),
    section('values', changed.map(artifactText).join('')),
  ];
  const rest = equal === 1 ? '1 value is equal' : `${equal} values are equal`;
  return [
    table([runRow('from', diff.from), runRow('to', diff.to)]),
    ...sections,
    sections.every((text) => text === '') ? `\nNothing differs; ${rest}.\n` : `\n${rest}.\n`,
  ].join('');
}

function section(title: string, text: string): string {
  return text === '' ? '' : `\n${colors.bold(title)}\n${text}`;
}

function runRow(name: string, { id, pipeline, created, state, git }: RunDiff['from']): string[] {
  return [name, id, pipeline, instantText(created), stateText(state), commitText(git)];
}

function stateOr(state: RunDiff['steps'][number]['from']): string {
  return state === undefined ? 'no such step' : stateText(state);
}

function parametersText({ parameters }: RunDiff): string {
  const rows = parameters.filter(({ change }) => change !== 'equal');
  return table(
    rows.map((each) => [
      `  ${each.name}`,
      'from' in each ? shown(each.from) : '(none)',
      '->',
      'to' in each ? shown(each.to) : '(none)',
    ]),
  );
}

function codeText({ code, reordered }: RunDiff): string {
  const order = reordered ? '  The cells stand in another order.\n' : '';
  return order + code.map(unitText).join('');
}

function unitText({ title, change, lines }: CodeDiff): string {
  return `  ${title}, ${change}\n${hunks(lines)}`;
}

/** Lines that changed with a few around them. */
function hunks(lines: readonly DiffLine[]): string {
  const near = new Set(
    lines.flatMap(({ change }, i) =>
      change === 'equal' ? [] : Array.from({ length: 2 * CONTEXT + 1 }, (_, k) => i - CONTEXT + k),
    ),
  );
  const signs = { equal: ' ', added: '+', removed: '-' };
  const paints = { equal: colors.dim, added: colors.green, removed: colors.red };
  return lines
    .map(({ change, text }, i) => {
      if (near.has(i)) return `${paints[change](`    ${signs[change]} ${text}`.trimEnd())}\n`;
      return near.has(i + 1) && i > 0 ? colors.dim('    …\n') : '';
    })
    .join('');
}

function artifactText(diff: ArtifactDiff): string {
  const { step, name, change, from, to, number, fields, table: rows } = diff;
  const head = `  ${colors.dim(step)} ${colors.bold(name)}`;
  if (!from || !to) {
    const { type, size } = (from ?? to)!;
    return `${head}: ${change}, ${oneLine(shownType(type), TYPE_LENGTH)}, ${sizeText(size)}\n`;
  }
  const types = from.type === to.type ? '' : typesText(from.type, to.type);
  if (number) return `${head}: ${numberText(number)}\n${types}`;
  if (fields) return `${head}\n${types}${more(fields, fieldRow)}`;
  if (rows) {
    const count = rows.rows[0] === rows.rows[1] ? `${rows.rows[0]}` : rows.rows.join(' -> ');
    return `${head}: ${count} rows\n${types}${more(rows.columns, columnRow)}`;
  }
  if (from.digest === to.digest) return `${head}: the value is equal\n${types}`;
  const bytes = [from, to].map(({ size, digest }) => `${sizeText(size)} (${digest.slice(0, 12)})`);
  return `${head}: ${bytes.join(' -> ')}\n${types}`;
}

function typesText(from: string, to: string): string {
  const [before, after] = shownTypeChange(from, to).map((type) => oneLine(type, TYPE_LENGTH));
  return `    type ${before}\n      -> ${after}\n`;
}

function more<T>(all: readonly T[], row: (each: T) => string[]): string {
  const left = all.length > FIELDS ? `    … and ${all.length - FIELDS} more\n` : '';
  return table(all.slice(0, FIELDS).map(row)) + left;
}

function fieldRow(field: NonNullable<ArtifactDiff['fields']>[number]): string[] {
  const name = `    ${field.name}`;
  if (field.number) return [name, numberText(field.number)];
  return [
    name,
    `${'from' in field ? shown(field.from) : '(none)'} -> ${'to' in field ? shown(field.to) : '(none)'}`,
  ];
}

function columnRow({
  name,
  from,
  to,
  changed,
}: NonNullable<ArtifactDiff['table']>['columns'][number]): string[] {
  const [a, b] = [from ? summaryText(from) : '(none)', to ? summaryText(to) : '(none)'];
  return [`    ${name}`, a === b ? a : `${a} -> ${b}`, changed ? `${changed} changed` : ''];
}

function summaryText({ mean, min, max, distinct, missing }: ColumnSummary): string {
  const what =
    mean === undefined ? `${distinct} different` : `mean ${short(mean)} (${short(min!)} to ${short(max!)})`;
  return missing > 0 ? `${what}, ${missing} missing` : what;
}

function numberText({ from, to, difference, relative }: NumberDiff): string {
  const sign = difference > 0 ? '+' : '';
  const share = relative === undefined ? '' : ` (${sign}${short(relative * 100)} %)`;
  return `${short(from)} -> ${short(to)}  ${colors.dim(`${sign}${short(difference)}${share}`)}`;
}

/** At most six significant digits. */
function short(number: number): string {
  return Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(6)));
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
  return oneLine(text ?? String(value), VALUE_LENGTH);
}
