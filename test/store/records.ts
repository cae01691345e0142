/** Records of made-up runs, for tests of what reads them. */
import { createHash } from 'node:crypto';
import type { AttemptEnd, AttemptStart, Pipeline, RunStart } from '@tagflow/schema';
import { putBlob } from '../../kernel/lib/store/index.js';
import { encode } from '../../kernel/lib/store/codec.js';
import {
  writeAttemptEnd,
  writeAttemptStart,
  writeRunEnd,
  writeRunStart,
} from '../../kernel/lib/store/journal.js';
import type { AttemptRecord } from '../../kernel/lib/store/state.js';
import type { Store } from '../../kernel/lib/store/store.js';

export interface StepSpec {
  step: string;
  segment?: number;
  index?: number;
  /** Names of inputs with their values. */
  uses?: Record<string, unknown>;
  makes?: Record<string, unknown>;
  read?: AttemptEnd['read'];
  state?: AttemptEnd['state'];
}

export interface RunSpec {
  id: string;
  pipeline?: string;
  parameters?: Record<string, unknown>;
  tags?: string[];
  steps: StepSpec[];
}

export function digestOf(value: unknown): string {
  return createHash('sha256').update(encode(value)).digest('hex');
}

/** Each step starts a second after the one before and takes half of one. */
export function recordsOf({ id, pipeline = 'tour', parameters = {}, tags, steps }: RunSpec): {
  start: RunStart;
  attempts: Required<AttemptRecord>[];
} {
  const created = timeOf(id);
  const at = (seconds: number): string => new Date(created + seconds * 1000).toISOString();
  const start: RunStart = {
    format: 1,
    id,
    pipeline,
    document: createHash('sha256').update(documentOf(pipeline, steps)).digest('hex'),
    created: at(0),
    parameters,
    ...(tags ? { tags } : {}),
    trigger: 'command',
    user: 'u',
    versions: { tagflow: '0.1.0', node: 'v20.19.0', codec: 1 },
  };
  const attempts = steps.map((spec, i) => ({
    start: startOf(id, spec, at(i + 1)),
    end: endOf(spec, at(i + 1.5)),
  }));
  return { start, attempts };
}

/** Writes a run that has ended, with its blobs. */
export async function writeRun(store: Store, spec: RunSpec): Promise<void> {
  const { start, attempts } = recordsOf(spec);
  await putBlob(store, documentOf(start.pipeline, spec.steps));
  await writeRunStart(store, start, '{"cells": []}');
  for (const { uses = {}, makes = {} } of spec.steps) {
    for (const value of [...Object.values(uses), ...Object.values(makes)])
      await putBlob(store, encode(value));
  }
  for (const attempt of attempts) {
    await putBlob(store, encode(attempt.start.step));
    await writeAttemptStart(store, attempt.start);
    await writeAttemptEnd(store, attempt.start, attempt.end);
  }
  const steps = [...new Set(spec.steps.map(({ step }) => step))].map((name) => {
    const { end } = attempts.findLast((attempt) => attempt.start.step === name)!;
    return { name, state: end.state, attempts: 1, outputs: end.outputs, notKept: [] };
  });
  const ended = attempts.at(-1)?.end.ended ?? start.created;
  await writeRunEnd(store, { format: 1, id: spec.id, state: 'succeeded', ended, start, steps });
}

function startOf(
  run: string,
  { step, segment = 0, index, uses = {} }: StepSpec,
  created: string,
): AttemptStart {
  const inputs = Object.fromEntries(
    Object.entries(uses).map(([name, value]) => [`c#${name}`, digestOf(value)]),
  );
  const place = { run, step, segment, ...(index === undefined ? {} : { index }) };
  return { format: 1, ...place, attempt: 1, created, program: digestOf(step), inputs, host: 'h' };
}

function endOf({ makes = {}, read, state = 'succeeded' }: StepSpec, ended: string): AttemptEnd {
  const outputs = Object.entries(makes).map(([name, value]) => ({
    name,
    variable: `c#${name}`,
    digest: digestOf(value),
    size: encode(value).length,
    type: typeof value,
    preview: { text: '' },
  }));
  return { format: 1, state, ended, outputs, notKept: [], ...(read ? { read } : {}) };
}

function documentOf(name: string, steps: readonly StepSpec[]): Uint8Array {
  const names = [...new Set(steps.map(({ step }) => step))];
  const document: Pipeline = {
    format: 1,
    name,
    parameters: [],
    steps: names.map((step) => ({ name: step, produces: [], programs: [] })) as unknown as Pipeline['steps'],
    cells: [],
    diagnostics: [],
  };
  return Buffer.from(JSON.stringify(document));
}

function timeOf(id: string): number {
  const [, y, m, d, h, min, s] = /^(....)(..)(..)-(..)(..)(..)/.exec(id)!;
  return Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`);
}
