/** An image as it would be pushed: what is in it, and where the bytes of each part are. */
import { existsSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Deployment } from '@tagflow/schema';
import { type BaseImage, type Image, imageOn } from '../export/image.js';
import { imageNameOf } from '../export/image-name.js';
import { machineOf } from '../export/machine.js';
import { type Slice, sliceOf } from '../export/package-slice.js';
import { APP } from '../export/pod-paths.js';
import { fileEntry } from '../export/tar.js';
import { withSlashes } from '../files/slashes.js';
import { lockFileOf, type LockFile, packageLockOf } from '../run/key/lock-file.js';
import { findBase } from './base-image.js';
import type { ImagePlan } from './image-plan.js';
import { PROVIDED } from './install-scripts.js';
import { layerInMemory, type PackedLayer } from './layer-cache.js';
import { packagesLayer } from './packages-layer.js';
import { openRegistries, type Registry } from './registry.js';
import { runtimeLayer } from './runtime-layer.js';
import { ClusterError } from './error.js';
import type { Content } from './registry/upload.js';

export interface BuiltImage {
  plan: ImagePlan;
  image: Image;
  base: BaseImage;
  /** All layers and the configuration. */
  contents: Content[];
}

/** What images that are built together share. */
export interface BuildTools {
  registryOf(name: string): Registry;
  baseOf(plan: ImagePlan): Promise<BaseImage>;
  /** Packages are installed, so many: it takes seconds. */
  onInstall(plan: ImagePlan, count: number): void;
  signal?: AbortSignal | undefined;
}

/** @param target that images are pushed to; where it is spoken to by plain HTTP, so is it for base images */
export function buildTools(
  target: Deployment['registry'],
  onInstall: BuildTools['onInstall'],
  signal?: AbortSignal,
): BuildTools {
  const registryOf = openRegistries(target, signal);
  const bases = new Map<string, Promise<BaseImage>>();
  return {
    registryOf,
    baseOf({ base, platform }) {
      const key = `${base} ${platform}`;
      const known = bases.get(key) ?? baseImage(base, platform, registryOf(imageNameOf(base).registry));
      bases.set(key, known);
      return known;
    },
    onInstall,
    signal,
  };
}

/** Of a registry that is in trouble it is said why it is asked: nobody may have named it. */
async function baseImage(base: string, platform: string, registry: Registry): Promise<BaseImage> {
  try {
    return await findBase(base, platform, registry);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.message.includes(base)) throw error;
    throw new ClusterError(
      `The base image ${base} cannot be read: ${error.message} Another can be set as "base" under "tagflow" in package.json.`,
    );
  }
}

/** @throws ClusterError, SliceError, ImageNameError */
export async function buildImage(plan: ImagePlan, tools: BuildTools): Promise<BuiltImage> {
  const { signal } = tools;
  const { registry: from, repository } = imageNameOf(plan.base);
  const registry = tools.registryOf(from);
  const [base, runtime] = await Promise.all([tools.baseOf(plan), runtimeLayer(signal)]);
  const found = plan.packages.length > 0 ? sliceFor(plan, base) : undefined;
  const layers: PackedLayer[] = [runtime];
  if (found) {
    const { slice, lock } = found;
    const machine = machineOf(plan.platform, plan.base);
    const onInstall = (count: number): void => tools.onInstall(plan, count);
    layers.push(await packagesLayer({ slice, machine, directory: lock.directory, signal, onInstall }));
  }
  const directory = found?.slice.directory ? `${APP}/${found.slice.directory}` : APP;
  if (plan.programs.length > 0) layers.push(await programsLayer(plan, directory));
  const image = imageOn(base, layers, directory);
  const own = new Map(layers.map((layer) => [layer.digest, layer]));
  const contents = image.layers.map((descriptor): Content => {
    const layer = own.get(descriptor.digest);
    return layer
      ? { ...descriptor, open: () => layer.open() }
      : { ...descriptor, open: () => registry.open(repository, descriptor) };
  });
  return { plan, image, base, contents };
}

/**
 * The part of the lock file that an image's steps need.
 *
 * @param base where it is known: it may have packages itself
 * @throws ClusterError, SliceError
 */
export function sliceFor(plan: ImagePlan, base?: BaseImage): { slice: Slice; lock: LockFile } {
  const directory = realpathSync(plan.directory);
  const lock = packageLockOf(directory);
  if (!lock) {
    throw new ClusterError(
      `Images hold the packages that a lock file of npm says, and there is none for ${directory}, which needs ` +
        `${plan.packages.join(', ')}. Run \`npm install --package-lock-only\` beside package.json.`,
    );
  }
  const slice = sliceOf({
    packages: lock.packages,
    names: plan.packages,
    from: withSlashes(relative(lock.directory, directory)),
    machine: machineOf(plan.platform, plan.base),
    provided: base ? providedBy(base) : {},
  });
  checkInstalled(slice, lock.directory);
  return { slice, lock };
}

/** What the base image says that it has. */
function providedBy({ config }: BaseImage): Record<string, string> {
  const label = config.config?.Labels?.[PROVIDED] ?? '';
  return Object.fromEntries(
    label
      .split(/\s+/)
      .filter(Boolean)
      .map((text) => {
        const at = text.lastIndexOf('@');
        return [text.slice(0, at), text.slice(at + 1)];
      }),
  );
}

/** What runs here must be what runs on the cluster. */
function checkInstalled({ packages }: Slice, directory: string): void {
  if (!existsSync(join(directory, 'node_modules'))) return;
  const here = lockFileOf(directory)?.packages ?? {};
  for (const [path, { version }] of Object.entries(packages)) {
    const installed = here[path]?.version;
    if (installed === undefined || version === undefined || installed === version) continue;
    throw new ClusterError(
      `node_modules has ${path.replace(/^.*node_modules\//, '')} ${installed}, but package-lock.json says ${version}: ` +
        'what runs here and what runs on the cluster would not be the same. Run `npm ci`.',
    );
  }
}

function programsLayer({ programs }: ImagePlan, directory: string): Promise<PackedLayer> {
  return layerInMemory(
    'programs',
    programs.map(({ digest, code }) => fileEntry(`${directory.slice(1)}/programs/${digest}.mjs`, code)),
  );
}
