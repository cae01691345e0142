/** A step of a run as text. */
import {
  attemptText,
  oneLine,
  shownType,
  sizeText,
  type Artifact,
  type Attempt,
  type Failure,
  type Pipeline,
  type StepRun,
} from '@tagflow/schema';
import colors from 'picocolors';
import { stateText, table, timeText } from './text.js';

/** What went wrong in a step, with the number of the cell (1-based, text cells counted) and the line. */
export function failureText(step: string, failure: Failure, pipeline: Pipeline): string {
  const cell = pipeline.cells.find(({ id }) => id === failure.cell);
  const place = cell && `cell ${cell.index + 1}${failure.line === undefined ? '' : `, line ${failure.line}`}`;
  const item = itemText(failure);
  return `${colors.red(`${step} failed`)}${place ? ` in ${place}` : ''}${item && `, ${item}`}: ${failure.name}: ${failure.message}\n`;
}

/** `item 3 ({ id: 7 })` of a loop; empty where there is none. */
export function itemText({ index, input }: Failure): string {
  if (index === undefined) return '';
  return `item ${index}${input === undefined ? '' : ` (${oneLine(input, 80)})`}`;
}

/** Where the results of a step come from that did not run. */
export function cachedText({ cached }: StepRun): string {
  return cached === undefined ? '' : colors.dim(`as in run ${cached}`);
}

/** What of a step is not reproducible. */
export function differsText({ name, differs = [] }: StepRun): string {
  if (differs.length === 0) return '';
  return `${colors.yellow(`${name} is not reproducible`)}: an earlier run made ${differs.join(', ')} differently from the same code and inputs.\n`;
}

/** `37 of 100 items`, of each loop of a step that has begun. */
export function loopsText({ loops = [] }: StepRun): string {
  return loops
    .map(({ total, succeeded, failed, cached = 0 }) => {
      const which = failed.slice(0, 5).join(', ') + (failed.length > 5 ? ', …' : '');
      const known = cached > 0 && cached < total ? `, ${cached} known` : '';
      return `${succeeded} of ${total} items${known}${failed.length > 0 ? `, failed: ${which}` : ''}`;
    })
    .join('; ');
}

/** Attempts of a loop may be many: the first so many are listed. */
const LISTED = 20;

/** What became of each attempt, in columns. */
export function attemptsTable(attempts: readonly Attempt[], step: string, { steps }: Pipeline): string {
  const programs = steps.find(({ name }) => name === step)?.programs ?? [];
  const rows = attempts
    .slice(0, LISTED)
    .map(({ place, state, started, ended, failure }) => [
      `  ${attemptText(place, programs)}`,
      stateText(state),
      timeText(started, ended),
      failure ? oneLine(`${failure.name}: ${failure.message}`, 120) : '',
    ]);
  const more = attempts.length - rows.length;
  return table(rows) + (more > 0 ? `  ${more} more attempts are not listed.\n` : '');
}

/** @param tries the attempts, where there was more than one */
export function stepText(step: StepRun, pipeline: Pipeline, tries: string): string {
  const time = timeText(step.started, step.ended);
  const attempts = step.attempts > 1 ? `, ${step.attempts} attempts` : '';
  const loops = loopsText(step);
  return [
    `${colors.bold(step.name)}  ${stateText(step.state)}${time ? ` after ${time}` : ''}${attempts}${loops && `, ${loops}`}\n`,
    tries,
    ...(step.failure ? [failureText(step.name, step.failure, pipeline)] : []),
    ...step.outputs.map((artifact) => `\n${artifactText(artifact)}`),
    ...step.notKept.map(({ name, reason }) => `\n${name}: not kept. ${reason}\n`),
  ].join('');
}

export function artifactText({ name, type, size, digest, preview }: Artifact): string {
  const facts = colors.dim(`${sizeText(size)}, sha256 ${digest.slice(0, 12)}…`);
  return `${colors.bold(name)}: ${oneLine(shownType(type), 200)}  ${facts}\n${preview.text.replace(/^/gm, '  ')}\n`;
}

/** Steps of a run with their states and values, in columns. */
export function stepsTable(steps: readonly StepRun[]): string {
  return table(
    steps.map((step) => [
      step.name,
      [stateText(step.state), cachedText(step), loopsText(step)].filter(Boolean).join(' '),
      timeText(step.started, step.ended),
      oneLine(
        step.outputs.map(({ name, type }) => `${name}: ${oneLine(shownType(type), 40)}`).join(', '),
        120,
      ),
    ]),
  );
}
