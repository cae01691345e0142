/** A step of a run as text. */
import type { Artifact, Failure, Pipeline, StepRun } from '@tagflow/schema';
import colors from 'picocolors';
import { durationText, oneLine, sizeText, stateText, table } from './text.js';

/** What went wrong in a step, with the number of the cell (1-based, text cells counted) and the line. */
export function failureText(step: string, failure: Failure, pipeline: Pipeline): string {
  const cell = pipeline.cells.find(({ id }) => id === failure.cell);
  const place = cell && `cell ${cell.index + 1}${failure.line === undefined ? '' : `, line ${failure.line}`}`;
  return `${colors.red(`${step} failed`)}${place ? ` in ${place}` : ''}: ${failure.name}: ${failure.message}\n`;
}

export function stepText(step: StepRun, pipeline: Pipeline): string {
  const time = durationText(step.started, step.ended);
  const attempts = step.attempts > 1 ? `, ${step.attempts} attempts` : '';
  return [
    `${colors.bold(step.name)}  ${stateText(step.state)}${time ? ` after ${time}` : ''}${attempts}\n`,
    ...(step.failure ? [failureText(step.name, step.failure, pipeline)] : []),
    ...step.outputs.map((artifact) => `\n${artifactText(artifact)}`),
    ...step.notKept.map(({ name, reason }) => `\n${name}: not kept. ${reason}\n`),
  ].join('');
}

export function artifactText({ name, type, size, digest, preview }: Artifact): string {
  const facts = colors.dim(`${sizeText(size)}, sha256 ${digest.slice(0, 12)}…`);
  return `${colors.bold(name)}: ${oneLine(type, 200)}  ${facts}\n${preview.text.replace(/^/gm, '  ')}\n`;
}

/** Steps of a run with their states and values, in columns. */
export function stepsTable(steps: readonly StepRun[]): string {
  return table(
    steps.map((step) => [
      step.name,
      stateText(step.state),
      durationText(step.started, step.ended),
      oneLine(step.outputs.map(({ name, type }) => `${name}: ${oneLine(type, 40)}`).join(', '), 120),
    ]),
  );
}
