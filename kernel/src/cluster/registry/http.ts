/** Requests to registries: bodies of known length, answers as streams, redirects without what is secret. */
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connectionTrouble, PassingError } from './trouble.js';

export interface Question {
  method: string;
  url: URL;
  headers?: Record<string, string>;
  /** With its length in bytes, which some registries insist on. */
  body?: { size: number; open(): Readable | Promise<Readable> };
  signal?: AbortSignal | undefined;
}

export interface Answer {
  url: URL;
  status: number;
  headers: IncomingHttpHeaders;
  body: IncomingMessage;
}

/** Nothing is heard for so long, in milliseconds. */
const SILENCE = 60_000;
const REDIRECTS = 5;
/** Of what registries say of errors and of manifests, in bytes. */
const LONGEST_TEXT = 8 * 1024 * 1024;

/**
 * The answer, unless the other side is in trouble itself, after redirects of questions without a body.
 *
 * @throws ClusterError, PassingError
 */
export async function ask(question: Question): Promise<Answer> {
  let { url, headers = {} } = question;
  for (let redirects = 0; ; redirects++) {
    const answer = await askOnce({ ...question, url, headers });
    if (answer.status === 429 || answer.status >= 500) throw await busy(answer);
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status > 399 || location === undefined || redirects === REDIRECTS)
      return answer;
    if (question.method !== 'GET' && question.method !== 'HEAD') return answer;
    answer.body.resume();
    const next = new URL(location, url);
    // A storage service has its own way to know who asks, and no business with our credentials.
    if (next.origin !== url.origin)
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
    url = next;
  }
}

/** It could answer, but not now. */
async function busy(answer: Answer): Promise<PassingError> {
  const { host } = answer.url;
  const said = (await textOf(answer)).trim().slice(0, 300);
  const words = said === '' ? '' : `: ${said}`;
  const after = Number(answer.headers['retry-after']) * 1000;
  return new PassingError(
    answer.status === 429
      ? `${host} has had too many requests from here${words}. Wait, or log in: it may allow more then.`
      : `${host} has trouble (status ${answer.status})${words}.`,
    Number.isFinite(after) ? after : undefined,
  );
}

async function askOnce({ method, url, headers, body, signal }: Question): Promise<Answer> {
  const source = await body?.open();
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      source?.destroy();
      reject(connectionTrouble(error, url.host));
    };
    const length = body
      ? { 'content-length': String(body.size) }
      : method === 'POST'
        ? { 'content-length': '0' }
        : {};
    const send = url.protocol === 'http:' ? requestHttp : requestHttps;
    const request = send(url, {
      method,
      headers: { 'user-agent': 'tagflow', ...headers, ...length },
      signal,
    });
    request.setTimeout(SILENCE, () =>
      request.destroy(new PassingError(`${url.host} has not answered for ${SILENCE / 1000} s.`)),
    );
    request.on('error', fail);
    request.on('response', (answer) => {
      // It may answer, with a refusal, before it has heard everything.
      resolve({ url, status: answer.statusCode!, headers: answer.headers, body: answer });
    });
    if (source) pipeline(source, request).catch(fail);
    else request.end();
  });
}

/** The text of an answer. */
export async function textOf({ body, url }: Answer): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > LONGEST_TEXT) throw new Error('its answer is too long');
      pieces.push(piece);
    }
  } catch (error) {
    throw connectionTrouble(error, url.host);
  }
  return Buffer.concat(pieces).toString();
}

const TRIES = 5;
const FIRST_WAIT = 300;
const LONGEST_WAIT = 20_000;

/** Does something again, later and later, as long as it fails in passing. */
export async function persistently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PassingError) || tries === TRIES) throw error;
      const wait = FIRST_WAIT * 2 ** (tries - 1) * (1 + Math.random());
      await pause(Math.min(error.after ?? wait, LONGEST_WAIT), signal);
    }
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
