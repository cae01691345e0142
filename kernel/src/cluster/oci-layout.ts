/** Images as a folder, by the OCI's image layout specification: for registries that cannot be reached from here. */
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { meter } from '../export/layer.js';
import { OCI_INDEX } from '../export/image.js';
import { MADE_BY } from '../export/made-by.js';
import { diskTrouble } from './disk-trouble.js';
import { ClusterError } from './error.js';
import { buildImage, buildTools, type BuiltImage } from './image-build.js';
import type { ImagePlan } from './image-plan.js';
import { type BuildOptions, tagOf } from './images.js';
import type { Content } from './registry/upload.js';
import { checkReplaceable } from './replaceable.js';

/** An image in the layout. */
export interface LayoutImage {
  /** Its name there. */
  tag: string;
  /** `sha256:…`. */
  digest: string;
}

/**
 * Builds the images into a folder, which `skopeo copy --all oci:DIRECTORY:TAG docker://…` and the like understand. What
 * lies there already is not fetched again.
 *
 * @returns by step
 * @throws ClusterError, SliceError, ImageNameError, or ExportError if anything is in the way: each with a sentence that
 * says what to do
 */
export async function writeOciLayout(
  plans: readonly ImagePlan[],
  directory: string,
  { registry, onProgress = () => undefined, signal }: BuildOptions,
): Promise<Record<string, LayoutImage>> {
  await checkReplaceable(directory, [INDEX, 'oci-layout', 'blobs'], INDEX);
  const tools = buildTools(
    registry,
    ({ steps }, packages) => onProgress({ kind: 'install', steps, packages }),
    signal,
  );
  const blobs = join(directory, 'blobs', 'sha256');
  const written: Record<string, LayoutImage> = {};
  const manifests = [];
  try {
    for (const plan of plans) {
      const built = await buildImage(plan, tools);
      await mkdir(blobs, { recursive: true });
      // Whatever comes in between, the folder is known as ours.
      if (!existsSync(join(directory, INDEX))) await writeIndex(directory, []);
      for (const content of partsOf(built)) {
        const how = await writeBlob(content, blobs, signal);
        onProgress({ kind: 'layer', digest: content.digest, size: content.size, how });
      }
      const { image } = built;
      const tag = tagOf(plan, image.digest);
      manifests.push({
        mediaType: image.mediaType,
        digest: image.digest,
        size: image.manifest.length,
        annotations: { 'org.opencontainers.image.ref.name': tag },
      });
      for (const step of plan.steps) written[step] = { tag, digest: image.digest };
    }
    await writeIndex(directory, manifests);
  } catch (error) {
    throw diskTrouble(error);
  }
  return written;
}

const INDEX = 'index.json';

async function writeIndex(directory: string, manifests: readonly object[]): Promise<void> {
  const annotations = { 'org.opencontainers.image.description': MADE_BY };
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests, annotations };
  await writeFile(join(directory, INDEX), `${JSON.stringify(index, null, 2)}\n`);
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}\n');
}

function partsOf({ image, contents }: BuiltImage): Content[] {
  const { bytes, ...config } = image.config;
  const manifest = { mediaType: image.mediaType, digest: image.digest, size: image.manifest.length };
  return [
    ...contents.filter(({ urls }) => !urls?.length),
    { ...config, open: () => Readable.from([bytes]) },
    { ...manifest, open: () => Readable.from([image.manifest]) },
  ];
}

async function writeBlob(
  content: Content,
  blobs: string,
  signal?: AbortSignal,
): Promise<'there' | 'uploaded'> {
  const file = join(blobs, content.digest.replace('sha256:', ''));
  if ((await stat(file).catch(() => undefined))?.size === content.size) return 'there';
  const work = await mkdtemp(join(blobs, '.partial-'));
  try {
    const partial = join(work, 'blob');
    const counted = meter();
    await pipeline(await content.open(), counted.stream, createWriteStream(partial), { signal });
    if (counted.digest() !== content.digest)
      throw new ClusterError(`The bytes of ${content.digest} were damaged on their way. Try again.`);
    await rename(partial, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return 'uploaded';
}
