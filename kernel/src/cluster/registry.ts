/** A registry of images, spoken to as the OCI distribution specification has it. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Descriptor,
  INDEX,
  type ImageConfig,
  MANIFEST,
  type Manifest,
  digestOf,
} from '../export/image.js';
import { ClusterError } from './error.js';
import { loginOf } from './registry-login.js';

const ACCEPTED = [
  MANIFEST,
  INDEX,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const TRIES = 4;
/** Before the second try, in milliseconds; then twice as long each time. */
const FIRST_WAIT = 300;

interface Index {
  manifests: (Descriptor & { platform?: { os: string; architecture: string; variant?: string } })[];
}

export interface BaseImage {
  digest: string;
  manifest: Manifest;
  config: ImageConfig;
}

export class Registry {
  /** Values of the header `authorization`, by what they allow. */
  private readonly allowed = new Map<string, string>();
  private readonly address: string;

  constructor(
    private readonly name: string,
    insecure = false,
  ) {
    const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(name);
    const host = name === 'docker.io' ? 'registry-1.docker.io' : name;
    this.address = `${insecure || isHere ? 'http' : 'https'}://${host}/v2/`;
  }

  /**
   * An image for a platform (`linux/amd64`).
   * @throws ClusterError if it is not there
   */
  async image(repository: string, version: string, platform: string): Promise<BaseImage> {
    const { bytes, digest } = await this.manifest(repository, version);
    const parsed = JSON.parse(bytes) as Manifest | Index;
    if ('manifests' in parsed) {
      const fitting = parsed.manifests.find(
        (each) => `${each.platform?.os}/${each.platform?.architecture}` === platform,
      );
      if (!fitting)
        throw new ClusterError(
          `The image ${this.name}/${repository}:${version} has no version for ${platform}.`,
        );
      return this.image(repository, fitting.digest, platform);
    }
    const answer = await this.send('GET', `${repository}/blobs/${parsed.config.digest}`);
    return { digest, manifest: parsed, config: (await answer.json()) as ImageConfig };
  }

  async has(repository: string, kind: 'blobs' | 'manifests', version: string): Promise<boolean> {
    const headers: Record<string, string> = kind === 'manifests' ? { accept: ACCEPTED.join(', ') } : {};
    const answer = await this.send('HEAD', `${repository}/${kind}/${version}`, { headers }, [404]);
    return answer.ok;
  }

  /** The bytes of a blob. */
  async blob(repository: string, digest: string): Promise<Uint8Array> {
    const bytes = new Uint8Array(
      await (await this.send('GET', `${repository}/blobs/${digest}`)).arrayBuffer(),
    );
    if (digestOf(bytes) !== digest)
      throw new ClusterError(`The registry ${this.name} gives other bytes than ${digest}.`);
    return bytes;
  }

  /** Has a blob of another repository of the same registry stand for one of this; false if that is not to be had. */
  async mount(repository: string, digest: string, from: string): Promise<boolean> {
    const path = `${repository}/blobs/uploads/?mount=${digest}&from=${encodeURIComponent(from)}`;
    return (await this.send('POST', path, {}, [400, 401, 403, 404, 405])).status === 201;
  }

  async pushBlob(repository: string, bytes: Uint8Array, digest: string): Promise<void> {
    const { headers } = await this.send('POST', `${repository}/blobs/uploads/`);
    const place = new URL(headers.get('location') ?? '', `${this.address}${repository}/blobs/uploads/`);
    place.searchParams.set('digest', digest);
    const type = { 'content-type': 'application/octet-stream' };
    await this.send('PUT', place, { headers: type, body: bytes }, [], `repository:${repository}:pull,push`);
  }

  async pushManifest(repository: string, version: string, bytes: Uint8Array): Promise<void> {
    const request = { headers: { 'content-type': MANIFEST }, body: bytes };
    await this.send('PUT', `${repository}/manifests/${version}`, request);
  }

  private async manifest(repository: string, version: string): Promise<{ bytes: string; digest: string }> {
    const headers = { accept: ACCEPTED.join(', ') };
    const answer = await this.send('GET', `${repository}/manifests/${version}`, { headers }, [404]);
    if (answer.status === 404)
      throw new ClusterError(
        `There is no image ${this.name}/${repository}:${version}. Name another in \`base\` or \`image\`.`,
      );
    const bytes = await answer.text();
    return { bytes, digest: digestOf(Buffer.from(bytes)) };
  }

  private async send(
    method: string,
    path: string | URL,
    { headers = {}, body }: { headers?: Record<string, string>; body?: Uint8Array } = {},
    expected: readonly number[] = [],
    scope = scopeOf(method, path),
  ): Promise<Response> {
    const url = path instanceof URL ? path : new URL(this.address + path);
    for (let attempt = 1; ; attempt++) {
      const authorization = this.allowed.get(scope);
      const request = {
        method,
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body: Buffer.from(body) }),
      };
      let answer: Response;
      try {
        answer = await fetch(url, request);
      } catch (error) {
        if (attempt < TRIES) {
          await pause(FIRST_WAIT * 2 ** (attempt - 1));
          continue;
        }
        throw this.unreachable(error);
      }
      if (answer.ok || expected.includes(answer.status)) return answer;
      if (answer.status === 401 && authorization === undefined && (await this.logIn(answer, scope))) continue;
      if ((answer.status >= 500 || answer.status === 429) && attempt < TRIES) {
        await pause(FIRST_WAIT * 2 ** (attempt - 1));
        continue;
      }
      throw this.refusal(answer.status, method);
    }
  }

  /** Gets what the registry asks for; false if there is no way to it. */
  private async logIn(answer: Response, scope: string): Promise<boolean> {
    const challenge = answer.headers.get('www-authenticate') ?? '';
    const login = await loginOf(this.name);
    const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
    if (/^basic/i.test(challenge)) {
      if (basic === undefined) return false;
      this.allowed.set(scope, basic);
      return true;
    }
    const realm = /realm="([^"]+)"/.exec(challenge)?.[1];
    if (realm === undefined) return false;
    const url = new URL(realm);
    const service = /service="([^"]+)"/.exec(challenge)?.[1];
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', scope);
    const given = await fetch(url, basic === undefined ? {} : { headers: { authorization: basic } });
    if (!given.ok) return false;
    const { token, access_token: other } = (await given.json()) as { token?: string; access_token?: string };
    if (token === undefined && other === undefined) return false;
    this.allowed.set(scope, `Bearer ${token ?? other}`);
    return true;
  }

  private refusal(status: number, method: string): ClusterError {
    const what = method === 'GET' || method === 'HEAD' ? 'read from' : 'push to';
    if (status === 401 || status === 403)
      return new ClusterError(
        `The registry ${this.name} does not let you ${what} it. Log in: docker login ${this.name}`,
      );
    return new ClusterError(`The registry ${this.name} answers ${status}. Try again, or ask who runs it.`);
  }

  private unreachable(error: unknown): ClusterError {
    const cause = (error as { cause?: NodeJS.ErrnoException }).cause;
    const { code = '', message = String(error) } = cause ?? {};
    const advice = /CERT|SELF_SIGNED|UNABLE_TO/.test(code)
      ? `its certificate is not trusted (${code}). Name the one that signs it in NODE_EXTRA_CA_CERTS.`
      : `it does not answer (${code || message}).`;
    return new ClusterError(`The registry ${this.name} cannot be reached: ${advice}`, { cause: error });
  }
}

function scopeOf(method: string, path: string | URL): string {
  const [, repository = ''] = /^(.+)\/(?:blobs|manifests)\//.exec(String(path)) ?? [];
  return `repository:${repository}:${method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'}`;
}
