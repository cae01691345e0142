/** How a blob comes into a registry: it is there, or is taken from beside it, or is sent. */
import { pipeline, Readable, Transform } from 'node:stream';
import type { Descriptor } from '../../export/image.js';
import { unexpected } from './access.js';
import { type Answer, persistently, type Question, textOf } from './http.js';
import { ClusterError } from '../error.js';
import { PassingError } from './trouble.js';

/** A blob with its bytes. */
export interface Content extends Descriptor {
  open(): Readable | Promise<Readable>;
  /** Repository of the same registry that has it. */
  mount?: string | undefined;
}

/** How a blob came to be where it is wanted. */
export type Brought = 'there' | 'mounted' | 'uploaded';

interface Way {
  /** Where the repository's blobs are. */
  root: URL;
  ask(question: Question): Promise<Answer>;
  signal?: AbortSignal | undefined;
  progress?: (sent: number) => void;
}

/** Sent in one request unless that fails; then at most so much, in bytes. */
const PIECE = 16 * 1024 * 1024;

/** @param way.progress is told how many bytes have been sent */
export async function upload(content: Content, way: Way): Promise<Brought> {
  let piece = content.size;
  return persistently(async () => {
    const known = await way.ask({ method: 'HEAD', url: new URL(`./${content.digest}`, way.root) });
    await textOf(known);
    if (known.status === 200) return 'there';
    const started = await begin(content, way);
    if (started === undefined) return 'mounted';
    try {
      await (piece < content.size
        ? sendPieces(content, piece, started, way)
        : sendAtOnce(content, started, way));
    } catch (error) {
      // What stands before a registry may have a limit for one request; it tells it, or just breaks off.
      if (error instanceof TooLargeError) piece = Math.min(PIECE, Math.ceil(piece / 4));
      else if (content.size > PIECE) piece = piece < content.size ? content.size : PIECE;
      throw error;
    }
    return 'uploaded';
  }, way.signal);
}

class TooLargeError extends PassingError {}

/** Where to send it; undefined if it need not be sent. */
async function begin({ digest, mount }: Content, way: Way): Promise<Answer | undefined> {
  const url = new URL('uploads/', way.root);
  if (mount !== undefined) {
    url.searchParams.set('mount', digest);
    url.searchParams.set('from', mount);
  }
  const question = { method: 'POST', url };
  const answer = await way.ask(question);
  if (answer.status === 201) {
    await textOf(answer);
    return undefined;
  }
  if (answer.status === 404) {
    await textOf(answer);
    const repository = way.root.pathname.replace(/^\/v2\/|\/blobs\/$/g, '');
    throw new ClusterError(
      `${way.root.host} has no repository ${repository}, and makes none by itself. Create it there, or set registry.push under "tagflow" in package.json.`,
    );
  }
  if (answer.status !== 202) throw await unexpected(answer, question);
  await textOf(answer);
  return answer;
}

async function sendAtOnce(content: Content, started: Answer, way: Way): Promise<void> {
  const url = nextPlace(started, way);
  url.searchParams.set('digest', content.digest);
  const body = { size: content.size, open: async () => counted(await content.open(), way.progress) };
  const question = { method: 'PUT', url, headers: { 'content-type': 'application/octet-stream' }, body };
  const answer = await way.ask(question);
  if (answer.status !== 201) throw await refusedContent(answer, content);
  await textOf(answer);
}

async function sendPieces(content: Content, size: number, started: Answer, way: Way): Promise<void> {
  let last = started;
  let sent = 0;
  const least = Number(started.headers['oci-chunk-min-length'] ?? 0);
  for await (const piece of inPiecesOf(Math.max(size, least), await content.open())) {
    const question = {
      method: 'PATCH',
      url: nextPlace(last, way),
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `${sent}-${sent + piece.length - 1}`,
      },
      body: { size: piece.length, open: () => Readable.from([piece]) },
    };
    last = await way.ask(question);
    if (last.status !== 202) throw await refusedContent(last, content);
    await textOf(last);
    sent += piece.length;
    way.progress?.(sent);
  }
  const url = nextPlace(last, way);
  url.searchParams.set('digest', content.digest);
  const answer = await way.ask({ method: 'PUT', url, body: { size: 0, open: () => Readable.from([]) } });
  if (answer.status !== 201) throw await refusedContent(answer, content);
  await textOf(answer);
}

/** A registry behind a proxy may not know that it is asked by HTTPS. */
function nextPlace({ headers, url }: Answer, way: Way): URL {
  const next = new URL(headers.location ?? url.href, way.root);
  if (next.host === way.root.host) next.protocol = way.root.protocol;
  return next;
}

/** An upload that it has lost or got damaged may succeed anew, and one that is too large in pieces. */
async function refusedContent(answer: Answer, { digest }: Content): Promise<ClusterError> {
  const error = await unexpected(answer, { method: 'the upload of' });
  const message = `${error.message} (${digest})`;
  if (answer.status === 413) return new TooLargeError(message, 0);
  return [400, 404, 416].includes(answer.status) ? new PassingError(message) : error;
}

function counted(source: Readable, progress: Way['progress']): Readable {
  if (!progress) return source;
  let sent = 0;
  const counter = new Transform({
    transform(bytes: Buffer, _, done) {
      progress((sent += bytes.length));
      done(null, bytes);
    },
  });
  // Who fails is told at the other end.
  return pipeline(source, counter, () => undefined);
}

async function* inPiecesOf(size: number, source: Readable): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const bytes of source as AsyncIterable<Buffer>) {
    for (let start = 0; start < bytes.length;) {
      const part = bytes.subarray(start, start + size - length);
      waiting.push(part);
      length += part.length;
      start += part.length;
      if (length < size) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(waiting);
}
