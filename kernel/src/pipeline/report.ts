import { edgesOf, shownType, type Diagnostic, type Edge, type Pipeline, type Step } from '@tagflow/schema';

/**
 * A pipeline as plain text, for a terminal: steps, what flows along each edge with its type, and the diagnostics with
 * the number of the cell (1-based, text cells counted) and the line.
 */
export function checkText(pipeline: Pipeline): string {
  const numbers = new Map(pipeline.cells.map(({ id, index }) => [id, index + 1]));
  const parts = [
    stepsText(pipeline, numbers),
    ...pipeline.diagnostics.map((found) => diagnosticText(found, numbers)),
  ];
  return `${[...parts, summary(pipeline)].filter(Boolean).join('\n\n')}\n`;
}

/** Number of each cell in the notebook, by id. */
type Numbers = ReadonlyMap<string, number>;

function stepsText(pipeline: Pipeline, numbers: Numbers): string {
  const edges = new Map<string, Edge[]>();
  for (const edge of edgesOf(pipeline)) edges.set(edge.to, [...(edges.get(edge.to) ?? []), edge]);
  const title = `Pipeline ${pipeline.name}: ${count(pipeline.steps.length, 'step')}`;
  const parameters = pipeline.parameters.map(
    ({ name, type, value }) => `  parameter ${name}: ${type} = ${JSON.stringify(value)}`,
  );
  const steps = pipeline.steps.flatMap((step) => [
    `  ${step.name} (${step.cells.length === 1 ? 'cell' : 'cells'} ${step.cells.map((id) => numbers.get(id)).join(', ')})`,
    ...flowText(step, edges.get(step.name) ?? []),
  ]);
  return [title, ...parameters, ...steps].join('\n');
}

function flowText(step: Step, edges: Edge[]): string[] {
  const parameters = step.consumes.filter(({ from }) => from === undefined).map(({ name }) => name);
  return [
    ...(parameters.length ? [`    <- parameters: ${parameters.join(', ')}`] : []),
    ...edges.map(({ from, values }) => {
      const list = values.map(({ name, type }) => `${name}: ${shortened(shownType(type))}`).join(', ');
      return `    <- ${from}${list ? `: ${list}` : ' (after)'}`;
    }),
  ];
}

function diagnosticText(
  { code, severity, message, advice, cell, range }: Diagnostic,
  numbers: Numbers,
): string {
  const number = cell === undefined ? undefined : numbers.get(cell);
  const where = number === undefined ? 'notebook' : `cell ${number}`;
  const line = range ? `, line ${range.start.line}` : '';
  const text = message.replaceAll('\n', '\n  ');
  return `${where}${line}: ${severity} ${code}: ${text}${advice ? `\n  ${advice}` : ''}`;
}

function summary({ diagnostics }: Pipeline): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  if (!errors && !warnings) return 'No problems found.';
  return `${[errors && count(errors, 'error'), warnings && count(warnings, 'warning')].filter(Boolean).join(', ')}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function shortened(type: string): string {
  return type.length > 80 ? `${type.slice(0, 79)}…` : type;
}
