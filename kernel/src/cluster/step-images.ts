/** The images of a prepared run's steps: built, pushed where they are missing, and told of on the way. */
import { type ClusterSettings, type Deployment, type Pipeline, sizeText } from '@tagflow/schema';
import type { PlacedImage } from '../run/pod/placement.js';
import { sha256 } from '../run/key/sha256.js';
import type { Prepared } from '../run/prepare.js';
import { givenImages } from './given-images.js';
import { type ImagePlan, type ProgramFile, planImages } from './image-plan.js';
import { type StepImage, buildImages } from './images.js';

export interface StepImagesOptions {
  deployment: Deployment;
  settings: ClusterSettings;
  /** The notebook's. */
  directory: string;
  /** Images by step that are there already. */
  given?: Readonly<Record<string, string>>;
  /** Hears what takes a while. */
  tell: (text: string) => void;
}

/** A smaller layer is there before one could read of it; in bytes. */
const TOLD = 4_000_000;

/** By step. Throws as `buildImages` does. */
export async function stepImages(
  prepared: Prepared,
  options: StepImagesOptions,
): Promise<Record<string, StepImage>> {
  const { deployment, given = {}, tell } = options;
  const named = await givenImages(given, deployment, tell);
  const plans = (await imagePlans(prepared, options))
    .map((plan) => ({ ...plan, steps: plan.steps.filter((step) => !Object.hasOwn(named, step)) }))
    .filter(({ steps }) => steps.length > 0);
  if (plans.length === 0) return named;
  const begun = new Set<string>();
  const built = await buildImages(plans, {
    registry: deployment.registry,
    onProgress(event) {
      if (event.kind === 'install') tell(installs(event));
      if (event.kind !== 'upload' || event.size < TOLD || begun.has(event.digest)) return;
      begun.add(event.digest);
      tell(`Pushing a layer of ${sizeText(event.size)}`);
    },
  });
  return { ...built, ...named };
}

export const installs = ({ packages, steps }: { packages: number; steps: readonly string[] }): string =>
  `Installing ${packages} packages for ${steps.join(', ')}`;

/** What the images of a prepared run's steps are made of. */
export async function imagePlans(
  { plan, programOf }: Prepared,
  { deployment, settings, directory }: Omit<StepImagesOptions, 'given' | 'tell'>,
): Promise<ImagePlan[]> {
  const programs = Object.fromEntries(
    plan.steps.map(({ step }) => [
      step.name,
      step.programs.map((program) => programFile(programOf(program))),
    ]),
  );
  const isBuiltIn = settings.program === 'image';
  return planImages(plan.pipeline, deployment, directory, isBuiltIn ? { programs } : {});
}

/** As a placement has them: the base counts only where a step, or whoever exports it, names it. */
export function placedImages(
  { steps }: Pipeline,
  images: Readonly<Record<string, StepImage>>,
  given: Readonly<Record<string, string>> = {},
): Record<string, PlacedImage> {
  return Object.fromEntries(
    steps.map(({ name, settings }) => {
      const { reference, base } = images[name]!;
      const isNamed = settings.image !== undefined || Object.hasOwn(given, name);
      return [name, { image: reference, ...(isNamed ? { base } : {}) }];
    }),
  );
}

/** References by step. */
export function imageNames(images: Readonly<Record<string, StepImage>>): Record<string, string> {
  return Object.fromEntries(Object.entries(images).map(([step, { reference }]) => [step, reference]));
}

function programFile(code: string): ProgramFile {
  return { digest: sha256(code), code };
}
