/** What differs between two runs, read from their stores; and between a run's code and a notebook. */
import type { Artifact, CodeDiff, CodeUnit, Run, RunDiff } from '@tagflow/schema';
import { parseCells } from '../pipeline/cells.js';
import { parseNotebook } from '../pipeline/notebook.js';
import { readArtifact } from '../store/artifact.js';
import { diffCode, diffRuns } from '../store/diff.js';
import { readNotebook, readPipeline } from '../store/records.js';
import { StoreError, type Store } from '../store/store.js';

/** Larger values are compared by size and digest only, in bytes. */
const COMPARED = 32 * 2 ** 20;
/** A number's encoding is shorter than this, in bytes. */
const NUMBER = 32;

interface StoredRun {
  store: Store;
  run: Run;
}

/** @throws StoreError if records of one of them cannot be read */
export async function compareRuns(first: StoredRun, second: StoredRun): Promise<RunDiff> {
  const [before, after] = await codeOf(first, second);
  const values = await valuesOf(first, second);
  return diffRuns({ run: first.run, code: before }, { run: second.run, code: after }, values);
}

/**
 * A run's code, and how a notebook differs from it.
 * @param notebook its text
 * @throws StoreError if the run's records cannot be read
 */
export async function compareCode(
  past: StoredRun,
  notebook: string,
): Promise<{ code: CodeUnit[]; diff: CodeDiff[]; reordered: boolean }> {
  const recorded = await readNotebook(past.store, past.run.id);
  const code = recorded === undefined ? await programsOf(past) : cellsOf(recorded);
  const { code: diff, reordered } = diffCode(code, recorded === undefined ? code : cellsOf(notebook));
  return { code, diff, reordered };
}

/** The cells of both notebooks; the programs of both if one of the notebooks was not recorded. */
async function codeOf(...runs: readonly [StoredRun, StoredRun]): Promise<[CodeUnit[], CodeUnit[]]> {
  const [first, second] = await Promise.all(runs.map(({ store, run }) => readNotebook(store, run.id)));
  if (first !== undefined && second !== undefined) return [cellsOf(first), cellsOf(second)];
  return Promise.all([programsOf(runs[0]), programsOf(runs[1])]);
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

async function programsOf({ store, run }: StoredRun): Promise<CodeUnit[]> {
  const { steps } = await readPipeline(store, run);
  return steps.flatMap(({ name, programs }) =>
    programs.map(({ segment, source }) => {
      const title = `step ${name}${programs.length > 1 ? `, segment ${segment}` : ''}`;
      return { id: `${name}/${segment}`, title, text: source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '') };
    }),
  );
}

/** Values by digest: those of artifacts that changed, and numbers. One whose blob is gone or damaged is left out. */
async function valuesOf(from: StoredRun, to: StoredRun): Promise<Map<string, unknown>> {
  const artifacts = [from, to].map(
    ({ run }) =>
      new Map(
        run.steps.flatMap(({ name, outputs }) => outputs.map((each) => [`${name} ${each.name}`, each])),
      ),
  ) as [Map<string, Artifact>, Map<string, Artifact>];
  const values = new Map<string, unknown>();
  for (const [key, a] of artifacts[0]) {
    const b = artifacts[1].get(key);
    const largest = b && a.digest === b.digest ? NUMBER : COMPARED;
    if (!b || Math.max(a.size, b.size) > largest) continue;
    if (!values.has(a.digest)) await addValue(from.store, a.digest, values);
    if (!values.has(b.digest)) await addValue(to.store, b.digest, values);
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
