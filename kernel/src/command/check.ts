/** `tagflow check`: the pipeline of a notebook, what is wrong with it, and what of it would run again. */
import type { Pipeline, Staleness } from '@tagflow/schema';
import { checkText } from '../pipeline/report.js';
import { analyse } from '../run/analysis/analysis.js';
import { openStore } from '../store/location.js';
import { readNotebookFile } from './notebook.js';
import { print, writeJson } from './text.js';

export async function check(
  path: string,
  { json, stale }: { json?: boolean; stale?: boolean },
): Promise<void> {
  const { text: notebook, directory, path: name } = await readNotebookFile(path);
  const pipeline = await analyse({ notebook, directory, name });
  const isSound = pipeline.diagnostics.every(({ severity }) => severity !== 'error');
  const staleness = stale && isSound ? await staleSteps(pipeline, directory) : undefined;
  if (json) writeJson({ ...pipeline, ...(staleness ? { staleness } : {}) });
  else print(checkText(pipeline) + (staleness ? stalenessText(staleness) : ''));
  if (pipeline.diagnostics.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}

async function staleSteps(pipeline: Pipeline, directory: string): Promise<Staleness[]> {
  const { stalenessOf } = await import('../run/staleness/staleness.js');
  return stalenessOf(openStore(directory), pipeline, directory);
}

function stalenessText(steps: readonly Staleness[]): string {
  const again = steps.filter(({ stale }) => stale);
  if (again.length === 0) return '\nNothing would run again: earlier results stand for all steps.\n';
  const lines = again.map(({ step, reasons }) => `  ${step}: ${reasons.join('; ')}\n`);
  return `\nWould run again, ${again.length} of ${steps.length} steps:\n${lines.join('')}`;
}
