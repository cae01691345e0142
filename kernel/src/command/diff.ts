/** `tagflow diff`: what differs between two runs. */
import type { Artifact, Run } from '@tagflow/schema';
import { parseCells } from '../pipeline/cells.js';
import { parseNotebook } from '../pipeline/notebook.js';
import { readArtifact } from '../store/artifact.js';
import { type CodeUnit, diffRuns } from '../store/diff.js';
import { openStore } from '../store/location.js';
import { findRunId, readNotebook, readPipeline, readRun } from '../store/records.js';
import { StoreError, type Store } from '../store/store.js';
import { diffText } from './diff-text.js';
import { writeJson } from './text.js';

/** Larger values are compared by size and digest only, in bytes. */
const COMPARED = 32 * 2 ** 20;
/** A number's encoding is shorter than this, in bytes. */
const NUMBER = 32;

export async function diff(
  from: string,
  to: string,
  { directory, json }: { directory: string; json?: boolean },
): Promise<void> {
  const store = openStore(directory);
  const [first, second] = await Promise.all(
    [from, to].map(async (reference) => readRun(store, await findRunId(store, reference))),
  );
  const [before, after] = await codeOf(store, [first!, second!]);
  const values = await valuesOf(store, first!, second!);
  const found = diffRuns({ run: first!, code: before }, { run: second!, code: after }, values);
  if (json) writeJson(found);
  else process.stdout.write(diffText(found));
}

/** The cells of both notebooks; the programs of both if one of the notebooks was not recorded. */
async function codeOf(store: Store, runs: readonly [Run, Run]): Promise<[CodeUnit[], CodeUnit[]]> {
  const [first, second] = await Promise.all(runs.map((run) => readNotebook(store, run.id)));
  if (first !== undefined && second !== undefined) return [cellsOf(first), cellsOf(second)];
  return Promise.all([programsOf(store, runs[0]), programsOf(store, runs[1])]);
}

/** A cell's tag and settings are part of its code. */
function cellsOf(notebook: string): CodeUnit[] {
  return parseCells(parseNotebook(notebook)).cells.map(({ id, index, role, step, settings, source }) => {
    const tag = step === undefined ? role : `step:${step}`;
    const head = [
      ...(role === 'none' ? [] : [`// ${tag}`]),
      ...(Object.keys(settings).length > 0 ? [`// ${JSON.stringify(settings)}`] : []),
    ];
    const title = `cell ${index + 1}${role === 'none' ? '' : ` (${tag})`}`;
    return { id, title, text: [...head, source].join('\n') };
  });
}

async function programsOf(store: Store, run: Run): Promise<CodeUnit[]> {
  const { steps } = await readPipeline(store, run);
  return steps.flatMap(({ name, programs }) =>
    programs.map(({ segment, source }) => {
      const title = `step ${name}${programs.length > 1 ? `, segment ${segment}` : ''}`;
      return { id: `${name}/${segment}`, title, text: source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '') };
    }),
  );
}

/** Values by digest: those of artifacts that changed, and numbers. One whose blob is gone or damaged is left out. */
async function valuesOf(store: Store, from: Run, to: Run): Promise<Map<string, unknown>> {
  const artifacts = [from, to].map(
    (run) =>
      new Map(
        run.steps.flatMap(({ name, outputs }) => outputs.map((each) => [`${name} ${each.name}`, each])),
      ),
  ) as [Map<string, Artifact>, Map<string, Artifact>];
  const values = new Map<string, unknown>();
  for (const [key, a] of artifacts[0]) {
    const b = artifacts[1].get(key);
    const largest = b && a.digest === b.digest ? NUMBER : COMPARED;
    if (!b || Math.max(a.size, b.size) > largest) continue;
    for (const { digest } of [a, b]) if (!values.has(digest)) await addValue(store, digest, values);
  }
  return values;
}

async function addValue(store: Store, digest: string, values: Map<string, unknown>): Promise<void> {
  try {
    values.set(digest, await readArtifact(store, digest));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
