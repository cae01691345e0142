/** `tagflow diff`: what differs between two runs. */
import type { Artifact } from '@tagflow/schema';
import { parseCells } from '../pipeline/cells.js';
import { parseNotebook } from '../pipeline/notebook.js';
import { readArtifact } from '../store/artifact.js';
import { type CodeUnit, diffRuns } from '../store/diff.js';
import { readNotebook, readPipeline } from '../store/records.js';
import { StoreError, type Store } from '../store/store.js';
import { type PastRun, pastRun } from '../cluster/past-run.js';
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
  const first = await pastRun(directory, from);
  const second = await pastRun(directory, to);
  const [before, after] = await codeOf(first, second);
  const values = await valuesOf(first, second);
  const found = diffRuns({ run: first.run, code: before }, { run: second.run, code: after }, values);
  if (json) writeJson(found);
  else process.stdout.write(diffText(found));
}

/** The cells of both notebooks; the programs of both if one of the notebooks was not recorded. */
async function codeOf(...runs: readonly [PastRun, PastRun]): Promise<[CodeUnit[], CodeUnit[]]> {
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

async function programsOf({ store, run }: PastRun): Promise<CodeUnit[]> {
  const { steps } = await readPipeline(store, run);
  return steps.flatMap(({ name, programs }) =>
    programs.map(({ segment, source }) => {
      const title = `step ${name}${programs.length > 1 ? `, segment ${segment}` : ''}`;
      return { id: `${name}/${segment}`, title, text: source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '') };
    }),
  );
}

/** Values by digest: those of artifacts that changed, and numbers. One whose blob is gone or damaged is left out. */
async function valuesOf(from: PastRun, to: PastRun): Promise<Map<string, unknown>> {
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
