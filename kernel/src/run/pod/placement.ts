/** How a pipeline is brought to pods: what they need of the project lies in the store. */
import { mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Pipeline, Placement, Program, RunStart, Step, StepPlacement } from '@tagflow/schema';
import { APP } from '../../export/pod-paths.js';
import { getBlob, putBlob } from '../../store/content.js';
import { StoreError, type Store } from '../../store/store.js';
import { StepFailure } from '../failure.js';
import type { ProgramFile } from '../program-run.js';
import type { Surroundings } from '../key/surroundings.js';
import { environmentOf, makeWorkingDirectory, removeWorkingDirectory } from '../workplace.js';

/** Where an image holds the project: its packages, and the programs that were built in. */
export const PROJECT = process.env['TAGFLOW_PROJECT'] ?? APP;

export function stepPlacement({ steps }: Placement, { name }: Step): StepPlacement {
  const placement = steps[name];
  if (!placement) throw new StoreError(`The run's placement says nothing of step ${name}. Submit it again.`);
  return placement;
}

/** What a pod knows of the project is what the placement says of it. */
export function placedSurroundings(
  { start, pipeline, placement }: { start: Pick<RunStart, 'id'>; pipeline: Pipeline; placement: Placement },
  step: Step,
): Surroundings {
  const owner = new Map(pipeline.steps.flatMap((each) => each.programs.map((program) => [program, each])));
  return {
    directory: PROJECT,
    localFiles: async (program: Program) => {
      const { localFiles, packages } = stepPlacement(placement, owner.get(program)!).programs[
        program.segment
      ]!;
      return { digests: localFiles, packages };
    },
    files: async (each) => stepPlacement(placement, each).files,
    env: { ...process.env, ...stepPlacement(placement, step).env },
    image: (each) => imageFact(stepPlacement(placement, each).base, start.id),
  };
}

/** A tag may stand for another image in the next run: what is made in it stands for that run alone. */
function imageFact(base: string | undefined, run: string): string | undefined {
  return base === undefined || base.startsWith('sha256:') ? base : `${base} in run ${run}`;
}

/** The program that was built into the image, or else its blob as a file. */
export async function placedProgram(store: Store, digest: string): Promise<ProgramFile> {
  const path = join(PROJECT, 'programs', `${digest}.mjs`);
  if (await isThere(path)) return { path, digest };
  const folder = await mkdtemp(join(tmpdir(), 'tagflow-program-'));
  const file = join(folder, `${digest}.mjs`);
  await writeFile(file, await getBlob(store, digest));
  return { path: file, digest };
}

/** A folder with the declared files of a step, as they were when the run was submitted. */
export async function placedFiles(store: Store, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tagflow-files-'));
  for (const [path, digest] of Object.entries(files)) {
    const target = join(folder, path);
    if (path.endsWith('/')) {
      await mkdir(target, { recursive: true });
      continue;
    }
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await getBlob(store, digest));
  }
  return folder;
}

/** What a step's pods run, and where it is named the digest of its base, or else its name. */
export interface PlacedImage {
  image: string;
  base?: string;
}

export interface Placing {
  store: Store;
  /** The project's, on this machine. */
  surroundings: Surroundings;
  /** JavaScript of a program, as an ES module. */
  programOf: (program: Program) => string;
  /** By step. */
  images: Readonly<Record<string, PlacedImage>>;
  cache: boolean;
}

/**
 * Puts all that pods need of the project into the store.
 * @returns the digest of the placement's blob
 * @throws StepFailure if a declared file or variable is missing
 */
export async function placePipeline({ steps }: Pipeline, placing: Placing): Promise<string> {
  const { store, cache } = placing;
  const placed: Placement = { format: 1, steps: {}, cache };
  for (const step of steps) placed.steps[step.name] = await placeStep(step, placing);
  return (await putBlob(store, Buffer.from(JSON.stringify(placed)))).digest;
}

async function placeStep(
  step: Step,
  { store, surroundings, programOf, images }: Placing,
): Promise<StepPlacement> {
  const { env } = await environmentOf(
    { envFrom: step.settings.envFrom },
    surroundings.env,
    surroundings.directory,
  );
  const files = await surroundings.files(step);
  await keepFiles(store, surroundings.directory, step.settings.files ?? [], files);
  const programs = step.programs.map(async (program) => {
    const { digests, packages } = await surroundings.localFiles(program);
    const { digest } = await putBlob(store, Buffer.from(programOf(program)));
    return {
      program: digest,
      localFiles: digests,
      packages: [...new Set([...program.packages, ...packages])],
    };
  });
  return { ...images[step.name]!, files, env, programs: await Promise.all(programs) };
}

/**
 * Puts declared files into the store, where they are not there yet.
 * @throws StepFailure if one is missing, or was changed since its digest was found
 */
async function keepFiles(
  store: Store,
  directory: string,
  declared: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<void> {
  // Whatever would keep a step from its files keeps the run from being submitted.
  if (declared.length > 0) await removeWorkingDirectory(await makeWorkingDirectory(directory, declared));
  for (const [path, digest] of Object.entries(files)) {
    if (path.endsWith('/')) continue;
    const kept = await putBlob(store, await readFile(join(directory, path)));
    if (kept.digest !== digest)
      throw new StepFailure(
        'ChangedFile',
        `The file ${path} was changed while the run was submitted. Submit it again.`,
      );
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
