/** Images that are there already, as whoever exports names them: by digest, where their registries tell it. */
import type { Deployment } from '@tagflow/schema';
import { digestIn, imageNameOf, imageNameText } from '../export/image-name.js';
import { DEFAULT_PLATFORM } from '../export/machine.js';
import { ClusterError } from './error.js';
import type { StepImage } from './images.js';
import { openRegistries } from './registry.js';

/** An answer of a registry is waited for so long, in milliseconds: it may be one that only nodes reach. */
const PATIENCE = 15_000;

/**
 * By step. Nobody knows what is in them: results of steps in one stand for steps in the same alone.
 *
 * @throws ImageNameError
 */
export async function givenImages(
  given: Readonly<Record<string, string>>,
  { registry, platform = DEFAULT_PLATFORM }: Deployment,
  tell: (text: string) => void,
): Promise<Record<string, StepImage>> {
  const found = new Map<string, string>();
  for (const name of new Set(Object.values(given))) {
    if (digestIn(name) !== undefined) continue;
    tell(`Asking for the digest of ${name}`);
    found.set(name, (await withDigest(name, registry)) ?? name);
  }
  return Object.fromEntries(
    Object.entries(given).map(([step, name]) => {
      const reference = found.get(name) ?? name;
      return [step, { reference, base: digestIn(reference) ?? reference, platform, reused: true }];
    }),
  );
}

/** What a tag stands for now; undefined if its registry does not say. */
async function withDigest(name: string, target: Deployment['registry']): Promise<string | undefined> {
  const image = imageNameOf(name);
  const late = AbortSignal.timeout(PATIENCE);
  try {
    const registry = openRegistries(target, late)(image.registry);
    const digest = await registry.digestOf(image.repository, image.reference);
    return digest && imageNameText({ ...image, reference: digest });
  } catch (error) {
    if (error instanceof ClusterError || late.aborted) return undefined;
    throw error;
  }
}
