/** The images that a pipeline's steps run in: built here, without a daemon, and pushed where they are missing. */
import type { Deployment, Pipeline, Step } from '@tagflow/schema';
import { type Image, imageOn } from '../export/image.js';
import { type Layer, layerOf } from '../export/layer.js';
import { cut } from '../export/names.js';
import { sideBySide } from '../store/side-by-side.js';
import { ClusterError } from './error.js';
import { packagesLayer } from './packages-layer.js';
import { parseReference, referenceText } from './reference.js';
import { type BaseImage, Registry } from './registry.js';
import { runtimeLayer } from './runtime-layer.js';

export interface ImageOptions {
  deployment: Deployment;
  /** The notebook's directory. */
  directory: string;
  /** Specifiers of the packages that a step's programs and their local files import. */
  specifiersOf: (step: Step) => Promise<readonly string[]>;
  /** Programs to build in, by digest; none where they are fetched from the store. */
  programs?: ReadonlyMap<string, string>;
  /** Hears what is done. */
  tell: (text: string) => void;
}

export interface StepImage {
  /** As nodes pull it, with its digest. */
  image: string;
  /** Digest of the base, where the step names it. */
  base?: string;
  /** Major version of its Node, where the base says it. */
  node?: number;
  platform: string;
}

const PLATFORM = 'linux/amd64';

/** @throws ClusterError if the base is not there, packages cannot be installed, or the registry refuses */
export async function buildImages(
  { name, steps }: Pipeline,
  options: ImageOptions,
): Promise<Record<string, StepImage>> {
  const { push, pull = push, insecure } = options.deployment.registry ?? {};
  if (push === undefined || pull === undefined)
    throw new ClusterError(
      'Images need a registry: set `tagflow.registry.push` in package.json, such as registry.example.com/team.',
    );
  const target = parseReference(`${push}/${cut(name, 60)}`);
  const registry = new Registry(target.registry, insecure);
  const images: Record<string, StepImage> = {};
  for (const [base, group] of groupsOf(steps, options.deployment)) {
    const built = await buildImage(base, group, options);
    await pushImage(built, registry, target.repository, options.tell);
    const place = parseReference(`${pull}/${cut(name, 60)}`);
    const image = referenceText({ ...place, version: built.image.digest });
    for (const step of group) {
      const node = nodeOf(built.base);
      images[step.name] = {
        image,
        ...(step.settings.image === undefined ? {} : { base: built.base.digest }),
        ...(node === undefined ? {} : { node }),
        platform: options.deployment.platform ?? PLATFORM,
      };
    }
  }
  return images;
}

/** Steps by the name of their base: those on the same one share an image. */
function groupsOf(steps: readonly Step[], { base }: Deployment): Map<string, Step[]> {
  const standard = base ?? `node:${process.versions.node.split('.')[0]}-slim`;
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    const name = step.settings.image ?? standard;
    groups.set(name, [...(groups.get(name) ?? []), step]);
  }
  return groups;
}

interface Built {
  image: Image;
  layers: Layer[];
  base: BaseImage;
  /** Where the base's layers are. */
  from: { registry: string; repository: string };
}

async function buildImage(name: string, steps: readonly Step[], options: ImageOptions): Promise<Built> {
  const { deployment, directory, specifiersOf, programs, tell } = options;
  const { platform = PLATFORM } = deployment;
  const from = parseReference(name);
  const insecure = deployment.registry?.push?.startsWith(`${from.registry}/`) && deployment.registry.insecure;
  const specifiers = (await Promise.all(steps.map(specifiersOf))).flat();
  const slow = setTimeout(
    () => tell(`Preparing the image of ${steps.map((step) => step.name).join(', ')}`),
    500,
  );
  try {
    const [base, runtime, packages] = await Promise.all([
      new Registry(from.registry, insecure).image(from.repository, from.version, platform),
      runtimeLayer(),
      packagesLayer(specifiers, directory, platform),
    ]);
    const layers = [
      runtime,
      packages,
      ...(programs && programs.size > 0 ? [await programsLayer(programs)] : []),
    ];
    return { image: imageOn(base, layers), layers, base, from };
  } finally {
    clearTimeout(slow);
  }
}

function programsLayer(programs: ReadonlyMap<string, string>): Promise<Layer> {
  return layerOf(
    [...programs].map(([digest, code]) => ({
      path: `app/programs/${digest}.mjs`,
      content: Buffer.from(code),
    })),
  );
}

/** Nothing is sent that is there. */
async function pushImage(
  { image, layers, from }: Built,
  registry: Registry,
  repository: string,
  tell: (text: string) => void,
): Promise<void> {
  if (await registry.has(repository, 'manifests', image.digest)) return;
  const own = new Map(layers.map((layer) => [layer.digest, layer.bytes]));
  const source = new Registry(from.registry);
  tell(`Pushing the image ${repository}`);
  await sideBySide(image.layers, async ({ digest, size }) => {
    if (await registry.has(repository, 'blobs', digest)) return;
    if (!own.has(digest) && (await registry.mount(repository, digest, from.repository))) return;
    if (size > 2 ** 22) tell(`Pushing ${Math.round(size / 2 ** 20)} MB`);
    await registry.pushBlob(
      repository,
      own.get(digest) ?? (await source.blob(from.repository, digest)),
      digest,
    );
  });
  const config = JSON.parse(Buffer.from(image.manifest).toString()) as { config: { digest: string } };
  await registry.pushBlob(repository, image.config, config.config.digest);
  await registry.pushManifest(repository, image.digest, image.manifest);
}

function nodeOf({ config }: BaseImage): number | undefined {
  const env = config.config?.['Env'];
  const version = Array.isArray(env)
    ? env.find((each) => String(each).startsWith('NODE_VERSION='))
    : undefined;
  const major = Number(
    String(version ?? '')
      .slice('NODE_VERSION='.length)
      .split('.')[0],
  );
  return major > 0 ? major : undefined;
}
