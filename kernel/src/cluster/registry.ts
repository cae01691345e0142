/** A registry of images, by the OCI's distribution specification. */
import { Readable } from 'node:stream';
import type { Deployment } from '@tagflow/schema';
import { type Descriptor, DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../export/image.js';
import { imagePlaceOf } from '../export/image-name.js';
import { digestOfBytes } from '../export/layer.js';
import { accessTo, unexpected } from './registry/access.js';
import { type Answer, persistently, type Question, textOf } from './registry/http.js';
import { ClusterError } from './error.js';
import { type Brought, type Content, upload } from './registry/upload.js';

export interface StoredManifest {
  mediaType: string;
  digest: string;
  text: string;
}

export interface Registry {
  readonly name: string;
  /** Digest of what a tag stands for now; undefined if there is none. */
  digestOf(repository: string, reference: string): Promise<string | undefined>;
  /** Undefined if there is none. */
  manifest(repository: string, reference: string): Promise<StoredManifest | undefined>;
  putManifest(repository: string, reference: string, mediaType: string, bytes: Uint8Array): Promise<void>;
  /** The bytes of a blob, from a position on. */
  open(repository: string, blob: Descriptor, from?: number): Promise<Readable>;
  /** Brings a blob there, unless it is. */
  put(repository: string, content: Content, progress?: (sent: number) => void): Promise<Brought>;
}

export interface RegistryOptions {
  /** Plain HTTP; so it is on this machine anyway. */
  insecure?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

const MANIFESTS = [OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST].join(', ');

/** @param name such as `docker.io` or `127.0.0.1:5000` */
export function openRegistry(name: string, { insecure, signal }: RegistryOptions = {}): Registry {
  const host = name === 'docker.io' ? 'registry-1.docker.io' : name;
  const plain = insecure || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(name);
  const root = `${plain ? 'http' : 'https'}://${host}/v2/`;
  const access = accessTo(name, host);

  /** Of a question that may be asked again. */
  const ask = (
    question: Omit<Question, 'url'> & { path: string },
    scopes: readonly string[],
    accepted: readonly number[],
  ): Promise<Answer> =>
    persistently(async () => {
      const answer = await access.ask({ ...question, url: new URL(question.path, root), signal }, scopes);
      return accepted.includes(answer.status) ? answer : Promise.reject(await unexpected(answer, question));
    }, signal);

  const manifestAt = (method: string, repository: string, reference: string): Promise<Answer> =>
    ask(
      { method, path: `${repository}/manifests/${reference}`, headers: { accept: MANIFESTS } },
      [pullFrom(repository)],
      [200, 404],
    );

  return {
    name,
    async digestOf(repository, reference) {
      const answer = await manifestAt('HEAD', repository, reference);
      await textOf(answer);
      if (answer.status === 404) return undefined;
      const told = answer.headers['docker-content-digest'];
      // Some registries tell it only of what they hand out.
      return typeof told === 'string' ? told : (await this.manifest(repository, reference))?.digest;
    },
    async manifest(repository, reference) {
      const answer = await manifestAt('GET', repository, reference);
      const text = await textOf(answer);
      if (answer.status === 404) return undefined;
      const digest = digestOfBytes(new TextEncoder().encode(text));
      if (reference.startsWith('sha256:') && reference !== digest) {
        throw new ClusterError(
          `${name} gave other bytes for ${repository}@${reference} than its digest says.`,
        );
      }
      return { mediaType: mediaTypeOf(answer, text), digest, text };
    },
    async putManifest(repository, reference, mediaType, bytes) {
      const body = { size: bytes.length, open: () => Readable.from([bytes]) };
      const path = `${repository}/manifests/${reference}`;
      const headers = { 'content-type': mediaType };
      await textOf(await ask({ method: 'PUT', path, headers, body }, [pushTo(repository)], [200, 201, 202]));
    },
    async open(repository, { digest }, from = 0) {
      const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
      const path = `${repository}/blobs/${digest}`;
      return (await ask({ method: 'GET', path, headers }, [pullFrom(repository)], [from > 0 ? 206 : 200]))
        .body;
    },
    put(repository, content, progress) {
      const scopes = [pushTo(repository), ...(content.mount ? [pullFrom(content.mount)] : [])];
      return upload(content, {
        root: new URL(`${repository}/blobs/`, root),
        ask: (question) => access.ask({ ...question, signal }, scopes),
        signal,
        ...(progress ? { progress } : {}),
      });
    },
  };
}

/** Registries by name, each opened once; the one that images are pushed to may be spoken to by plain HTTP. */
export function openRegistries(
  target: Deployment['registry'],
  signal?: AbortSignal,
): (name: string) => Registry {
  const opened = new Map<string, Registry>();
  const plain = target?.insecure && target.push ? imagePlaceOf(target.push).registry : undefined;
  return (name) => {
    const known = opened.get(name) ?? openRegistry(name, { insecure: name === plain, signal });
    opened.set(name, known);
    return known;
  };
}

function pullFrom(repository: string): string {
  return `repository:${repository}:pull`;
}

function pushTo(repository: string): string {
  return `repository:${repository}:pull,push`;
}

function mediaTypeOf({ headers }: Answer, text: string): string {
  const { mediaType } = JSON.parse(text) as { mediaType?: string };
  return mediaType ?? headers['content-type']?.replace(/\s*;.*$/, '') ?? OCI_MANIFEST;
}
