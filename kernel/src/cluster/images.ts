/** The images of a pipeline, built here without Docker and brought to a registry. */
import { Readable } from 'node:stream';
import type { Deployment } from '@tagflow/schema';
import type { BaseImage } from '../export/image.js';
import { imageNameOf, imagePlaceOf } from '../export/image-name.js';
import { type BuiltImage, buildImage, buildTools } from './image-build.js';
import type { ImagePlan } from './image-plan.js';
import type { Registry } from './registry.js';
import { ClusterError } from './error.js';
import type { Brought, Content } from './registry/upload.js';

export interface StepImage {
  /** As nodes pull it: a name with a digest. */
  reference: string;
  /** `sha256:…` of the base image for the platform. */
  base: string;
  /** Major version of its Node, where the base says it. */
  node?: number;
  /** Such as `linux/amd64`. */
  platform: string;
  /** The image was there already. */
  reused: boolean;
}

/** What happens while images are built and pushed. */
export type ImageEvent =
  | { kind: 'install'; steps: readonly string[]; packages: number }
  /** A layer on its way: sizes in bytes. */
  | { kind: 'upload'; digest: string; size: number; sent: number }
  | { kind: 'layer'; digest: string; size: number; how: Brought }
  | { kind: 'image'; steps: readonly string[]; reference: string; reused: boolean };

export interface BuildOptions {
  registry: Deployment['registry'];
  onProgress?: (event: ImageEvent) => void;
  signal?: AbortSignal;
}

/** All images lie in one repository, so that they share their layers wherever they come from. */
const REPOSITORY = 'tagflow';

/**
 * Builds the images and pushes what the registry lacks; nothing is built or sent twice.
 *
 * @returns by step
 * @throws ClusterError, SliceError, ImageNameError, each with a sentence that says what to do
 */
export async function buildImages(
  plans: readonly ImagePlan[],
  { registry, onProgress = () => undefined, signal }: BuildOptions,
): Promise<Record<string, StepImage>> {
  const push = pushPlace(registry);
  const place = imagePlaceOf(push);
  const tools = buildTools(
    registry,
    ({ steps }, packages) => onProgress({ kind: 'install', steps, packages }),
    signal,
  );
  const target: Target = {
    registry: tools.registryOf(place.registry),
    repository: [place.path, REPOSITORY].filter(Boolean).join('/'),
    brought: new Map(),
    onProgress,
  };
  const pulled = `${(registry?.pull ?? push).replace(/\/$/, '')}/${REPOSITORY}`;
  const images: Record<string, StepImage> = {};
  for (const plan of plans) {
    const built = await buildImage(plan, tools);
    const reused = await bringImage(built, target);
    const reference = `${pulled}@${built.image.digest}`;
    onProgress({ kind: 'image', steps: plan.steps, reference, reused });
    const node = nodeOf(built.base);
    const image = { reference, base: built.base.digest, platform: plan.platform, reused };
    for (const step of plan.steps) images[step] = { ...image, ...(node === undefined ? {} : { node }) };
  }
  return images;
}

/** @throws ClusterError if the project names none */
export function pushPlace(registry: Deployment['registry']): string {
  if (registry?.push !== undefined) return registry.push;
  throw new ClusterError(
    'There is no registry for images. Set registry.push under "tagflow" in package.json, such as "registry.example.com/team".',
  );
}

/** Official images of Node say it in their environment. */
function nodeOf({ config }: BaseImage): number | undefined {
  const said = config.config?.Env?.find((variable) => variable.startsWith('NODE_VERSION='));
  const major = /^NODE_VERSION=(\d+)/.exec(said ?? '')?.[1];
  return major === undefined ? undefined : Number(major);
}

interface Target {
  registry: Registry;
  repository: string;
  /** By digest: images share layers. */
  brought: Map<string, Promise<void>>;
  onProgress(event: ImageEvent): void;
}

/** Layers on their way at once. */
const AT_ONCE = 3;

/** Whether it was there. */
async function bringImage({ plan, image, base, contents }: BuiltImage, target: Target): Promise<boolean> {
  const { registry, repository } = target;
  if ((await registry.digestOf(repository, image.digest)) === image.digest) return true;
  const { bytes, ...descriptor } = image.config;
  const from = imageNameOf(base.name);
  const ofBase = new Set(base.manifest.layers.map(({ digest }) => digest));
  const mount =
    from.registry === registry.name && from.repository !== repository ? from.repository : undefined;
  const waiting: Content[] = [
    ...contents.map((content) => (ofBase.has(content.digest) ? { ...content, mount } : content)),
    { ...descriptor, open: () => Readable.from([bytes]) },
  ];
  const work = async (): Promise<void> => {
    for (let content = waiting.shift(); content; content = waiting.shift()) await bring(content, target);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await registry.putManifest(repository, tagOf(plan, image.digest), image.mediaType, image.manifest);
  return false;
}

function bring(content: Content, { registry, repository, brought, onProgress }: Target): Promise<void> {
  const { digest, size, urls } = content;
  // What may not be copied is fetched from where it is by whoever needs it.
  if (urls?.length) return Promise.resolve();
  const known =
    brought.get(digest) ??
    registry
      .put(repository, content, (sent) => onProgress({ kind: 'upload', digest, size, sent }))
      .then((how) => onProgress({ kind: 'layer', digest, size, how }));
  brought.set(digest, known);
  return known;
}

/** For people who look into the registry, and for its clearing away of what has no tag. */
export function tagOf({ pipeline }: ImagePlan, digest: string): string {
  return `${pipeline.slice(0, 100)}-${digest.slice('sha256:'.length).slice(0, 12)}`;
}
