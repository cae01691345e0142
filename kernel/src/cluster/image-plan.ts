/** Which images a pipeline needs: one for each environment that its steps differ in. */
import { edgesOf, type Deployment, type Pipeline, type Step } from '@tagflow/schema';
import { DEFAULT_PLATFORM } from '../export/machine.js';
import { localFilesOf } from '../run/key/local-files.js';
import { packageNames } from '../run/key/package-names.js';

export interface ImagePlan {
  /** Name of the pipeline. */
  pipeline: string;
  /** Steps whose pods run this image. */
  steps: string[];
  /** Name of the base image. */
  base: string;
  /** Such as `linux/amd64`. */
  platform: string;
  /** The notebook's: packages are looked up from there. */
  directory: string;
  /** Names of the packages that the steps import, or that instances which flow in come from; sorted. */
  packages: string[];
  /** Programs that lie in the image. */
  programs: ProgramFile[];
}

export interface ProgramFile {
  /** sha256 of its code, in hexadecimal. */
  digest: string;
  code: string | Uint8Array;
}

export interface PlanOptions {
  /** Programs by step, where they are to lie in the images. */
  programs?: Readonly<Record<string, readonly ProgramFile[]>>;
}

/**
 * The images, in the order of the first step of each.
 *
 * @param directory the notebook's
 * @throws BundleError when a local file is missing or does not parse
 */
export async function planImages(
  pipeline: Pipeline,
  deployment: Pick<Deployment, 'base' | 'platform'>,
  directory: string,
  { programs = {} }: PlanOptions = {},
): Promise<ImagePlan[]> {
  const imported = new Map<string, Set<string>>();
  for (const step of pipeline.steps) imported.set(step.name, await importedBy(step, directory));
  const plans = new Map<string, ImagePlan>();
  for (const step of pipeline.steps) {
    const base = step.settings.image ?? deployment.base ?? DEFAULT_BASE;
    const packages = [
      ...new Set(within(step.name, pipeline).flatMap((name) => [...imported.get(name)!])),
    ].sort();
    const environment = JSON.stringify([base, packages]);
    const plan = plans.get(environment) ?? {
      pipeline: pipeline.name,
      steps: [],
      base,
      platform: deployment.platform ?? DEFAULT_PLATFORM,
      directory,
      packages,
      programs: [],
    };
    plan.steps.push(step.name);
    for (const program of programs[step.name] ?? []) {
      if (plan.programs.every(({ digest }) => digest !== program.digest)) plan.programs.push(program);
    }
    plans.set(environment, plan);
  }
  return [...plans.values()];
}

/** As old as the Node that the notebook runs on. */
const DEFAULT_BASE = `node:${process.versions.node.split('.')[0]}-slim`;

async function importedBy(step: Step, directory: string): Promise<Set<string>> {
  const local = await localFilesOf(
    [...new Set(step.programs.flatMap(({ localFiles }) => localFiles))],
    directory,
  );
  return packageNames([...step.programs.flatMap(({ packages }) => packages), ...local.packages]);
}

/** The step and all whose values may reach it: instances of a package's classes bring their methods along. */
function within(step: string, pipeline: Pipeline): string[] {
  const edges = edgesOf(pipeline).filter(({ values }) => values.length > 0);
  const found = new Set([step]);
  for (const to of found) for (const edge of edges) if (edge.to === to) found.add(edge.from);
  return [...found];
}
