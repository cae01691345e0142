/** The image that others are made from, as its registry has it now. */
import {
  type BaseImage,
  type Descriptor,
  DOCKER_LIST,
  type ImageConfig,
  type Manifest,
  OCI_INDEX,
} from '../export/image.js';
import { type ImageName, imageNameOf, imageNameText } from '../export/image-name.js';
import { readCached, writeCached } from '../files/cache-folder.js';
import { buffer } from 'node:stream/consumers';
import { digestOfBytes } from '../export/layer.js';
import type { Registry } from './registry.js';
import { ClusterError } from './error.js';

interface Index {
  manifests: (Descriptor & { platform?: { os: string; architecture: string; variant?: string } })[];
}

/**
 * What a name stands for now. One small question, if it was asked before and the answer is the same: what a digest
 * stands for is kept.
 *
 * @param platform such as `linux/amd64`
 * @throws ClusterError if there is none for it
 */
export async function findBase(text: string, platform: string, registry: Registry): Promise<BaseImage> {
  const name = imageNameOf(text);
  const { reference } = name;
  const digest = reference.startsWith('sha256:')
    ? reference
    : await registry.digestOf(name.repository, reference);
  if (digest === undefined) throw noImage(name);
  const at = await manifestFor(platform, { ...name, reference: digest }, text, registry);
  const manifest = JSON.parse(at.text) as Manifest;
  if (!Array.isArray(manifest.layers)) {
    throw new ClusterError(
      `The image ${text} has a manifest of an old form. Push it again with a current version of Docker.`,
    );
  }
  const config = JSON.parse(await configText(name.repository, manifest.config, registry)) as ImageConfig;
  if (`${config.os}/${config.architecture}` !== platform) throw noPlatform(text, platform, [config]);
  return { name: text, digest: at.digest, manifest: { ...manifest, mediaType: at.mediaType }, config };
}

async function manifestFor(platform: string, name: ImageName, text: string, registry: Registry) {
  const found = await manifestOf(name, registry);
  if (found.mediaType !== OCI_INDEX && found.mediaType !== DOCKER_LIST) return found;
  const { manifests } = JSON.parse(found.text) as Index;
  const fitting = manifests.filter(({ platform: p }) => p && `${p.os}/${p.architecture}` === platform);
  // Of several variants of a processor the plain one, which all can run.
  const [chosen] = fitting.sort((a, b) =>
    (a.platform?.variant ?? '').localeCompare(b.platform?.variant ?? ''),
  );
  if (!chosen)
    throw noPlatform(
      text,
      platform,
      manifests.flatMap((manifest) => manifest.platform ?? []),
    );
  return manifestOf({ ...name, reference: chosen.digest }, registry);
}

/** @param name with a digest */
async function manifestOf(
  name: ImageName,
  registry: Registry,
): Promise<{ mediaType: string; digest: string; text: string }> {
  const digest = name.reference;
  const text = cached(digest);
  if (text !== undefined) {
    const { mediaType } = JSON.parse(text) as { mediaType?: string };
    if (mediaType !== undefined) return { mediaType, digest, text };
  }
  const found = await registry.manifest(name.repository, digest);
  if (!found) throw noImage(name);
  keep(digest, found.text);
  return found;
}

async function configText(repository: string, config: Descriptor, registry: Registry): Promise<string> {
  const known = cached(config.digest);
  if (known !== undefined) return known;
  const bytes = await buffer(await registry.open(repository, config));
  if (digestOfBytes(bytes) !== config.digest) {
    throw new ClusterError(
      `${registry.name} gave other bytes for ${config.digest} of ${repository} than its digest says.`,
    );
  }
  keep(config.digest, bytes.toString());
  return bytes.toString();
}

function cached(digest: string): string | undefined {
  const bytes = readCached(fileOf(digest));
  return bytes && digestOfBytes(bytes) === digest ? bytes.toString() : undefined;
}

function keep(digest: string, text: string): void {
  writeCached(fileOf(digest), text);
}

function fileOf(digest: string): string {
  return `bases/${digest.replace('sha256:', '')}.json`;
}

function noImage(name: ImageName): ClusterError {
  return new ClusterError(
    `There is no image ${imageNameText(name)}. Name another as "base" under "tagflow" in package.json, or as a step's setting image.`,
  );
}

function noPlatform(
  text: string,
  platform: string,
  found: readonly { os: string; architecture: string }[],
): ClusterError {
  const there = [...new Set(found.map(({ os, architecture }) => `${os}/${architecture}`))].filter(
    (name) => !name.includes('unknown'),
  );
  return new ClusterError(
    `The image ${text} is for ${there.join(', ') || 'no platform that it names'}, not for ${platform}. ` +
      'Set "platform" under "tagflow" in package.json to what the nodes are, or take another base image.',
  );
}
