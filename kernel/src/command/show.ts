/** `tagflow show`: a run, a step of it, or a value that the step made. */
import { writeFile } from 'node:fs/promises';
import { type Artifact, commitText, type Run, type StepRun } from '@tagflow/schema';
import { jsonForm, readArtifact } from '../store/artifact.js';
import { repeatedAttempts } from '../store/attempts.js';
import { getBlob } from '../store/content.js';
import { artifactOf, stepOf } from '../store/named.js';
import { readAttempts, readPipeline } from '../store/records.js';
import type { Store } from '../store/store.js';
import { UsageError } from './failure.js';
import { artifactText, attemptsTable, failureText, stepText, stepsTable } from './step-text.js';
import { print, printAside, stateText, timeText, writeJson } from './text.js';
import { pastRun } from '../cluster/past-run.js';

export interface ShowOptions {
  out?: string;
  directory: string;
  json?: boolean;
}

/** Values whose JSON is longer than this, in characters, are not printed; `--out` writes them. */
const JSON_LIMIT = 32 * 2 ** 20;

export async function show(
  reference: string,
  stepName: string | undefined,
  artifactName: string | undefined,
  options: ShowOptions,
): Promise<void> {
  if (options.out !== undefined && artifactName === undefined) {
    throw new UsageError(
      '--out writes one value: name the step and the value too, as in `tagflow show latest train model --out FILE`.',
    );
  }
  const { store, run, unasked } = await pastRun(options.directory, reference);
  if (unasked !== undefined) printAside(`Whether the run goes on is not known. ${unasked}\n`);
  if (stepName === undefined) return showRun(store, run, options);
  const step = stepOf(run, stepName);
  if (artifactName === undefined) return showStep(store, run, step, options);
  await showArtifact(store, artifactOf(step, artifactName), options);
}

async function showRun(store: Store, run: Run, { json }: ShowOptions): Promise<void> {
  if (json) return writeJson(run);
  const pipeline = await readPipeline(store, run);
  const parameters = Object.entries(run.parameters).map(
    ([name, value]) => `  ${name} = ${JSON.stringify(value)}\n`,
  );
  const commit = commitText(run.git);
  const time = timeText(run.created, run.ended);
  print(
    [
      `Run ${run.id} of ${run.pipeline}: ${stateText(run.state)}${time ? ` in ${time}` : ''}\n`,
      `  ${run.created} by ${run.user}${run.notebook ? ` from ${run.notebook}` : ''}${commit && `, ${commit}`}\n`,
      ...(run.tags ? [`  tags: ${run.tags.join(', ')}\n`] : []),
      ...parameters,
      `\n${stepsTable(run.steps)}`,
      ...run.steps.flatMap(({ name, failure }) =>
        failure ? [`\n${failureText(name, failure, pipeline)}`] : [],
      ),
    ].join(''),
  );
}

async function showStep(store: Store, run: Run, step: StepRun, { json }: ShowOptions): Promise<void> {
  if (json) return writeJson(step);
  const pipeline = await readPipeline(store, run);
  const isAlive = run.state === 'running';
  const attempts = step.attempts > 1 ? await readAttempts(store, run.id, step.name) : [];
  const table = attemptsTable(repeatedAttempts(attempts, isAlive), step.name, pipeline);
  print(stepText(step, pipeline, table));
}

async function showArtifact(store: Store, artifact: Artifact, { json, out }: ShowOptions): Promise<void> {
  if (out !== undefined) {
    const bytes = await getBlob(store, artifact.digest);
    await writeFile(out, bytes).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`${out} cannot be written: the system says ${error.code}.`);
    });
    if (!json) print(`${bytes.length} bytes written to ${out}.\n`);
  }
  if (json) {
    const value = jsonForm(await readArtifact(store, artifact.digest), JSON_LIMIT);
    return writeJson({ ...artifact, ...value });
  }
  if (out !== undefined) return;
  // What is shown stands in the records; the bytes are checked all the same.
  await getBlob(store, artifact.digest);
  print(artifactText(artifact));
}
