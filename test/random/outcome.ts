/** What became of a notebook: refused, failed naming a variable, or the values that its cells give. Else a finding. */
import type { Diagnostic, Pipeline } from '@tagflow/schema';
import { DIAGNOSTICS } from '../../kernel/lib/diagnostics/table.js';
import { decode } from '../../kernel/lib/store/codec.js';
import { pipelineFrom, type Row } from '../pipeline/notebook.ts';
import {
  type Bytes,
  CellFailed,
  StepFailed,
  valuesOfNotebook,
  valuesOfPipeline,
} from '../pipeline/values.ts';

export type Outcome = { kind: 'refused' | 'changed' | 'threw' | 'same' } | { kind: 'finding'; what: string };

const finding = (what: string): Outcome => ({ kind: 'finding', what });

export async function outcomeOf(rows: readonly Row[]): Promise<Outcome> {
  let pipeline: Pipeline;
  try {
    pipeline = pipelineFrom(rows);
  } catch (error) {
    return finding(`The analysis failed: ${(error as Error).stack}`);
  }
  const strange = pipeline.diagnostics.find((each) => !isKnown(each));
  if (strange) return finding(`No diagnostic of ours: ${JSON.stringify(strange)}`);
  if (pipeline.diagnostics.some(({ severity }) => severity === 'error')) return { kind: 'refused' };
  let expected: Map<string, Bytes>;
  try {
    expected = await valuesOfNotebook(rows, pipeline);
  } catch (error) {
    return threw(pipeline, error);
  }
  try {
    const found = await valuesOfPipeline(pipeline);
    const difference = differenceOf(expected, found);
    return difference ? finding(difference) : { kind: 'same' };
  } catch (error) {
    if (isChanged(error)) return { kind: 'changed' };
    return finding(`The run failed: ${(error as Error).stack}`);
  }
}

/** A notebook with a cell that fails: if it is one of a step, its run fails for the same reason. */
async function threw(pipeline: Pipeline, error: unknown): Promise<Outcome> {
  if (!(error instanceof CellFailed)) return finding(`The notebook failed: ${(error as Error).stack}`);
  if (!pipeline.steps.some(({ cells }) => cells.includes(error.cell))) return { kind: 'threw' };
  const { message, cause } = error;
  try {
    await valuesOfPipeline(pipeline);
  } catch (failed) {
    const isSame = failed instanceof StepFailed && failed.name === (cause as Error | undefined)?.name;
    if (isSame || isChanged(failed)) return { kind: 'threw' };
    return finding(`The notebook failed: ${message}; its run: ${(failed as Error).stack}`);
  }
  return finding(`The notebook failed and its run did not: ${message}`);
}

function isChanged(error: unknown): boolean {
  return error instanceof StepFailed && error.name === 'ChangedInPlace';
}

function isKnown({ code, message, advice }: Diagnostic): boolean {
  const known = /^TF/.test(code) ? Object.hasOwn(DIAGNOSTICS, code) : /^TS\d+$/.test(code);
  return known && !(/^TF/.test(code) && /\bundefined\b|\[object/.test(`${message} ${advice ?? ''}`));
}

/** The first value that is another one, or missing. */
export function differenceOf(expected: Map<string, Bytes>, found: Map<string, Bytes>): string | undefined {
  for (const [step, values] of expected) {
    for (const [variable, bytes] of values) {
      const got = found.get(step)?.get(variable);
      if (got && Buffer.compare(got, bytes) === 0) continue;
      return `${variable} after ${step} is ${text(got)}; in the notebook it is ${text(bytes)}`;
    }
  }
  return undefined;
}

function text(bytes: Uint8Array | undefined): string {
  if (!bytes) return 'not kept';
  let value: string;
  try {
    value = JSON.stringify(decode(bytes));
  } catch (error) {
    value = (error as Error).message;
  }
  return `${value} (${Buffer.from(bytes).toString('hex').slice(0, 200)})`;
}
