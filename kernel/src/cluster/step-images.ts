/** The images of a prepared run's steps: built, pushed where they are missing, and told of on the way. */
import { createHash } from 'node:crypto';
import { type ClusterSettings, type Deployment, type Pipeline, sizeText } from '@tagflow/schema';
import type { StepImage as PlacedImage } from '../run/placement.js';
import type { Prepared } from '../run/prepare.js';
import { type ProgramFile, planImages } from './image-plan.js';
import { type StepImage, buildImages } from './images.js';

export interface StepImagesOptions {
  deployment: Deployment;
  settings: ClusterSettings;
  /** The notebook's. */
  directory: string;
  /** Hears what takes a while. */
  tell: (text: string) => void;
}

/** A smaller layer is there before one could read of it; in bytes. */
const TOLD = 4_000_000;

/** By step. Throws as `buildImages` does. */
export async function stepImages(
  { plan, programOf }: Prepared,
  { deployment, settings, directory, tell }: StepImagesOptions,
): Promise<Record<string, StepImage>> {
  const programs = Object.fromEntries(
    plan.steps.map(({ step }) => [
      step.name,
      step.programs.map((program) => programFile(programOf(program))),
    ]),
  );
  const isBuiltIn = settings.program === 'image';
  const plans = await planImages(plan.pipeline, deployment, directory, isBuiltIn ? { programs } : {});
  const begun = new Set<string>();
  return buildImages(plans, {
    registry: deployment.registry,
    onProgress(event) {
      if (event.kind === 'install')
        tell(`Installing ${event.packages} packages for ${event.steps.join(', ')}`);
      if (event.kind !== 'upload' || event.size < TOLD || begun.has(event.digest)) return;
      begun.add(event.digest);
      tell(`Pushing a layer of ${sizeText(event.size)}`);
    },
  });
}

/** As a placement has them: the base counts only where a step names it. */
export function placedImages(
  { steps }: Pipeline,
  images: Readonly<Record<string, StepImage>>,
): Record<string, PlacedImage> {
  return Object.fromEntries(
    steps.map(({ name, settings }) => {
      const { reference, base } = images[name]!;
      return [name, { image: reference, ...(settings.image === undefined ? {} : { base }) }];
    }),
  );
}

/** References by step. */
export function imageNames(images: Readonly<Record<string, StepImage>>): Record<string, string> {
  return Object.fromEntries(Object.entries(images).map(([step, { reference }]) => [step, reference]));
}

function programFile(code: string): ProgramFile {
  return { digest: createHash('sha256').update(code).digest('hex'), code };
}
