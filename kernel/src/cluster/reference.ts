/** Names of images, as Docker reads them. Pure. */
import { ClusterError } from './error.js';

export interface Reference {
  /** Host, with a port where one is given. */
  registry: string;
  /** Path below it. */
  repository: string;
  /** A tag, or a digest. */
  version: string;
}

const FORM = /^([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** @throws ClusterError if it is no name of an image */
export function parseReference(text: string): Reference {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const registry = hasHost ? first : 'docker.io';
  const [, path, tag, digest] = FORM.exec(hasHost ? text.slice(slash + 1) : text) ?? [];
  if (path === undefined)
    throw new ClusterError(
      `${JSON.stringify(text)} is no name of an image, such as registry.example.com/team/node:20.`,
    );
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, version: digest ?? tag ?? 'latest' };
}

export function referenceText({ registry, repository, version }: Reference): string {
  return `${registry}/${repository}${version.startsWith('sha256:') ? '@' : ':'}${version}`;
}
