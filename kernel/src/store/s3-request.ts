/** Requests to an S3 service: signed, tried again where that may help, and what it refuses as sentences. */
import { setMaxListeners } from 'node:events';
import {
  Agent as HttpAgent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { Credentials, S3Access } from './s3-access.js';
import { codeOf, isUnknownHost, isUntrusted, speaksNoTls } from './connection.js';
import { StoreAccessError, StoreError, UnreachableStoreError } from './store.js';

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Within the bucket. */
  key: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: readonly Uint8Array[];
}

export interface S3Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Uint8Array;
}

/** What the service says of an error, from its XML. */
export interface S3Problem {
  status: number;
  code: string;
  message: string;
}

const TRIES = 6;
/** Before the second try, in milliseconds; then twice as long each time. */
const FIRST_WAIT = 100;
/** Nothing comes for so long, in milliseconds: the connection is given up. */
const SILENCE = 60_000;
/** Credentials are asked for anew so long before they end, in milliseconds. */
const EARLY = 60_000;
const PASSING = new Set([408, 429, 500, 502, 503, 504]);
const PASSING_CODES = new Set(['SlowDown', 'RequestTimeout', 'InternalError', 'ServiceUnavailable']);

export class S3Client {
  private known: Credentials | undefined;
  private asked: Promise<Credentials> | undefined;
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly leave = new AbortController();

  constructor(private readonly access: S3Access) {
    // Each request listens, and many are under way at once.
    setMaxListeners(0, this.leave.signal);
    const options = { keepAlive: true, maxSockets: 64, ...(access.ca ? { ca: access.ca } : {}) };
    this.agent = access.endpoint.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /**
   * An answer of success, or that there is nothing (404).
   * @param onPiece hears of the body's pieces; when a try breaks off after the first, nothing is tried again
   * @throws StoreError when the service refuses, or cannot be reached
   */
  async send(request: S3Request, onPiece?: (piece: Uint8Array) => void): Promise<S3Answer> {
    let told = false;
    const tell = onPiece && ((piece: Uint8Array) => ((told = true), onPiece(piece)));
    for (let attempt = 1; ; attempt++) {
      const last = attempt === TRIES || told;
      try {
        const answer = await this.sendOnce(request, tell);
        if (answer.status < 300) return answer;
        const problem = problemIn(answer);
        if (answer.status === 404 && problem.code !== 'NoSuchBucket') return answer;
        if (last || !(PASSING.has(problem.status) || PASSING_CODES.has(problem.code)))
          throw refusal(problem, this.access);
      } catch (error) {
        if (error instanceof StoreError) throw error;
        if (last || !isPassing(error) || this.leave.signal.aborted) throw unreachable(error, this.access);
      }
      const wait = FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + Math.random());
      await pause(wait, undefined, { signal: this.leave.signal });
    }
  }

  /** Gives up what is being asked. */
  close(): void {
    this.leave.abort();
  }

  /** How the service names an object to copy. */
  copySource(key: string): string {
    const { bucket, urlOf, endpoint } = this.access;
    const path = urlOf(key).pathname.slice(endpoint.pathname.replace(/\/$/, '').length);
    return endpoint.hostname.startsWith(`${bucket}.`) ? `/${bucket}${path}` : path;
  }

  private async sendOnce(
    { method, key, query = {}, headers = {}, body = [] }: S3Request,
    onPiece?: (piece: Uint8Array) => void,
  ): Promise<S3Answer> {
    const url = this.access.urlOf(key);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const { path, headers: signed } = await this.sign(url, method, headers);
    const size = body.reduce((sum, chunk) => sum + chunk.length, 0);
    const sent = { ...signed, ...(body.length > 0 ? { 'content-length': String(size) } : {}) };
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const { agent } = this;
      const { signal } = this.leave;
      const outgoing = request(url, { path, method, headers: sent, agent, signal }, (answer) => {
        const pieces: Uint8Array[] = [];
        const isWanted = (answer.statusCode ?? 0) < 300;
        answer.on('data', (piece: Uint8Array) => {
          pieces.push(piece);
          if (isWanted) onPiece?.(piece);
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (!answer.complete) return reject(new Error('The answer broke off.'));
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) });
        });
      });
      outgoing.setTimeout(SILENCE, () => outgoing.destroy(new Error('Nothing came for a minute.')));
      outgoing.on('error', reject);
      for (const chunk of body) outgoing.write(chunk);
      outgoing.end();
    });
  }

  private async sign(
    { host, pathname, search }: URL,
    method: string,
    headers: S3Request['headers'],
  ): Promise<{ path?: string; headers?: OutgoingHttpHeaders }> {
    const { default: aws4 } = await import('aws4'); // most stores are folders
    const { region } = this.access;
    const wanted = { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const request = { service: 's3', region, host, path: pathname + search, method, headers: wanted };
    const { accessKeyId, secretAccessKey, sessionToken } = await this.credentials();
    return aws4.sign(request, { accessKeyId, secretAccessKey, sessionToken });
  }

  /** Such as hold for a while yet. */
  private async credentials(): Promise<Credentials> {
    const until = this.known?.expiration?.getTime() ?? Infinity;
    if (this.known && until - EARLY >= Date.now()) return this.known;
    // Once for all requests that wait for them.
    this.asked ??= this.access
      .credentials()
      .then((credentials) => (this.known = credentials))
      .finally(() => (this.asked = undefined));
    return this.asked;
  }
}

function problemIn({ status, body }: S3Answer): S3Problem {
  const text = Buffer.from(body).toString();
  return { status, code: textOf(text, 'Code') ?? String(status), message: textOf(text, 'Message') ?? '' };
}

/** The text of the first element of a name in XML. */
export function textOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

function isPassing(error: unknown): boolean {
  return !(isUntrusted(error) || speaksNoTls(error) || isUnknownHost(error) || /ERR_/.test(codeOf(error)));
}

function refusal({ status, code, message }: S3Problem, { location, bucket, region }: S3Access): StoreError {
  const said = message ? ` It says: ${message}` : '';
  const reasons: Record<string, string> = {
    NoSuchBucket: `there is no bucket ${bucket}. Make it, or name another in \`store.url\`.`,
    AccessDenied: `access is denied. Its credentials need to read, write, list and delete in the bucket.${said}`,
    InvalidAccessKeyId: 'the access key is unknown. Check AWS_ACCESS_KEY_ID.',
    SignatureDoesNotMatch: 'the secret key does not fit. Check AWS_SECRET_ACCESS_KEY.',
    RequestTimeTooSkewed: "this machine's clock is wrong. Set it right.",
    AuthorizationHeaderMalformed: `the region ${region} is wrong. Set \`store.region\` or AWS_REGION.${said}`,
    PermanentRedirect: `the bucket lies in another region than ${region}. Set \`store.region\` or AWS_REGION.`,
    ExpiredToken: 'the credentials have expired. Log in again.',
  };
  const reason =
    reasons[code] ?? reasons[status === 403 ? 'AccessDenied' : ''] ?? `it answers ${code}.${said}`;
  return new StoreAccessError(`The store at ${location} cannot be used: ${reason}`);
}

function unreachable(error: unknown, { location, endpoint }: S3Access): StoreError {
  const code = codeOf(error);
  const failure = `The store at ${location} cannot be reached`;
  if (isUntrusted(error))
    return new StoreAccessError(
      `${failure}: its certificate is not trusted (${code}). Name the one that signs it in \`store.ca\`, or in NODE_EXTRA_CA_CERTS.`,
    );
  if (speaksNoTls(error))
    return new StoreAccessError(
      `${failure}: ${endpoint.host} does not speak HTTPS. Write \`store.endpoint\` with http://.`,
    );
  const reason = isUnknownHost(error)
    ? `there is no host ${endpoint.hostname}`
    : `${endpoint.host} does not answer (${code || (error as Error).message})`;
  return new UnreachableStoreError(`${failure}: ${reason}. Check \`store.endpoint\` and the network.`, {
    cause: error,
  });
}
