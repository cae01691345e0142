/** `tagflow lineage`: what a value came from, and what came of it. */
import type { Run, StepRun } from '@tagflow/schema';
import { artifactOf, stepOf } from '../store/named.js';
import { findRunId, readAttempts, readRun } from '../store/records.js';
import { AmbiguousError, StoreError, type Store } from '../store/store.js';
import { type ArtifactPlace, findDigest, readLineage } from '../store/trace.js';
import { UsageError } from './failure.js';
import { storeOfRun, storesOf } from '../cluster/past-run.js';
import { requireIndex } from './index-of-runs.js';
import { lineageText } from './lineage-text.js';
import { print, writeJson } from './text.js';

export interface LineageOptions {
  up?: boolean;
  down?: boolean;
  depth?: number;
  directory: string;
  json?: boolean;
}

const DIGEST = /^(sha256[ :])?([0-9a-f]{6,64})$/;

export async function lineage(
  reference: string,
  step: string | undefined,
  name: string | undefined,
  { up, down, depth, directory, json }: LineageOptions,
): Promise<void> {
  const { store, artifact, others } =
    step === undefined
      ? await byDigest(directory, reference)
      : await inRun(await storeOfRun(directory, reference), reference, step, name);
  const both = up === down;
  const found = await readLineage(store, artifact, {
    up: both || up ? depth : 0,
    down: both || down ? depth : 0,
  });
  if (json) return writeJson(found);
  print(lineageText(found, { up: both || up === true, down: both || down === true }));
  if (others > 0)
    print(
      `\nThe same value was also made ${others === 1 ? 'once' : `${others} times`} elsewhere; this is the newest.\n`,
    );
}

interface Found {
  store: Store;
  artifact: ArtifactPlace;
  /** So many places of the same value besides. */
  others: number;
}

/** In this machine's store, or else in the cluster's. */
async function byDigest(directory: string, reference: string): Promise<Found> {
  const [, , digest] = DIGEST.exec(reference) ?? [];
  if (digest === undefined)
    throw new UsageError(
      `${JSON.stringify(reference)} is no digest, which has at least its first six digits. For a value of a run: tagflow lineage RUN STEP ARTIFACT.`,
    );
  let problem: StoreError | undefined;
  for (const store of storesOf(directory)) {
    await requireIndex(store);
    try {
      return { store, ...(await findDigest(store, digest)) };
    } catch (error) {
      if (!(error instanceof StoreError) || error instanceof AmbiguousError) throw error;
      problem = error;
    }
  }
  throw problem!;
}

async function inRun(
  store: Store,
  reference: string,
  stepName: string,
  name: string | undefined,
): Promise<Found> {
  await requireIndex(store);
  const run = await readRun(store, await findRunId(store, reference));
  if (name === undefined && !run.steps.some((step) => step.name === stepName)) {
    const parameter = await parameterOf(store, run, stepName);
    if (parameter) return { store, artifact: parameter, others: 0 };
  }
  const step = stepOf(run, stepName);
  const artifact = name === undefined ? onlyOne(step) : artifactOf(step, name);
  return {
    store,
    artifact: { run: run.id, step: step.name, name: artifact.name, digest: artifact.digest },
    others: 0,
  };
}

function onlyOne(step: StepRun): StepRun['outputs'][number] {
  const [only, ...others] = step.outputs;
  if (only && others.length === 0) return only;
  const names = step.outputs.map(({ name }) => name).join(', ');
  throw new UsageError(
    only ? `Step ${step.name} kept ${names}: say which one is meant.` : `Step ${step.name} kept nothing.`,
  );
}

/** A parameter's value has a digest where a step was given it. */
async function parameterOf(store: Store, run: Run, name: string): Promise<ArtifactPlace | undefined> {
  if (!Object.hasOwn(run.parameters, name)) return undefined;
  const made = run.steps.flatMap(({ outputs }) => outputs.map(({ variable }) => variable));
  for (const { start } of await readAttempts(store, run.id)) {
    const input = Object.entries(start.inputs).find(
      ([variable]) => variable.endsWith(`#${name}`) && !made.includes(variable),
    );
    if (input) return { run: run.id, name, digest: input[1] };
  }
  throw new UsageError(`No step of run ${run.id} was given the parameter ${name}.`);
}
