/** Names of images, as Docker writes them: `node:20-slim`, `registry.example.com/team/app@sha256:…`. */

export interface ImageName {
  /** Host, with its port where it has one: `docker.io`, `127.0.0.1:5000`. */
  registry: string;
  /** Path in the registry: `library/node`. */
  repository: string;
  /** Tag, or digest where there is one. */
  reference: string;
}

/** A name that is none; the message says how it should look. */
export class ImageNameError extends Error {
  override name = 'ImageNameError';
}

const DOCKER = 'docker.io';

/**
 * Without a registry Docker Hub's is meant, there without a user `library`, and without a tag `latest`.
 * @throws ImageNameError
 */
export function imageNameOf(text: string): ImageName {
  const found = /^(.+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text);
  const place = found && placeIn(found[1]!);
  if (!place?.path) {
    throw new ImageNameError(
      `${JSON.stringify(text)} is not the name of an image. It looks like node:22-slim or registry.example.com/team/app:1.`,
    );
  }
  const { registry, path } = place;
  const repository = registry === DOCKER && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, reference: found![3] ?? found![2] ?? 'latest' };
}

/**
 * Registry and path of a place that images are pushed to: `registry.example.com/team`; the path may be empty.
 * @throws ImageNameError
 */
export function imagePlaceOf(text: string): { registry: string; path: string } {
  const place = placeIn(text.replace(/\/$/, ''));
  if (place) return place;
  throw new ImageNameError(
    `${JSON.stringify(text)} is not a place for images. It looks like registry.example.com/team, without https://.`,
  );
}

/** `sha256:…` where a name has it: then it stands for the same image for ever. */
export function digestIn(name: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(name)?.[1];
}

/** The name in full, with its registry. */
export function imageNameText({ registry, repository, reference }: ImageName): string {
  return `${registry}/${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
}

/** Lower-case, as the specification of distribution wants it. */
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const HOST = /^[A-Za-z0-9.-]+(?::\d+)?$|^\[[0-9a-fA-F:]+\](?::\d+)?$/;

/** What comes before the first slash is a registry if it looks like a host: that is Docker's rule. */
function placeIn(text: string): { registry: string; path: string } | undefined {
  const first = text.split('/', 1)[0]!;
  const isHost = /[.:]/.test(first) || first === 'localhost';
  const registry = isHost ? first.replace(/^(index|registry-1)\.docker\.io$/, DOCKER) : DOCKER;
  const path = isHost ? text.slice(first.length + 1) : text;
  return HOST.test(registry) && (path === '' || PATH.test(path)) ? { registry, path } : undefined;
}
