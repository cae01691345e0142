/** Large objects in parts: all of them, or nothing; and what is left where a writer was killed meanwhile. */
import { type S3Client, textOf } from './s3-request.js';
import { sideBySide } from './side-by-side.js';
import { StoreAccessError, StoreError, UnreachableStoreError } from './store.js';

/** In bytes. S3 takes ten thousand parts. */
const PART = 16 * 2 ** 20;
const MOST_PARTS = 10_000;

export async function putInParts(
  client: S3Client,
  key: string,
  chunks: readonly Uint8Array[],
): Promise<void> {
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const parts = partsOf(chunks, Math.max(PART, Math.ceil(size / MOST_PARTS)));
  const { body } = await client.send({ method: 'POST', key, query: { uploads: '' } });
  const uploadId = textOf(Buffer.from(body).toString(), 'UploadId');
  if (uploadId === undefined) throw new StoreError('The S3 service began no upload in parts.');
  try {
    const tags: string[] = [];
    await sideBySide([...parts.entries()], async ([i, part]) => {
      const query = { partNumber: String(i + 1), uploadId };
      const { headers } = await client.send({ method: 'PUT', key, query, body: part });
      tags[i] = headers.etag ?? '';
    });
    const list = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const document = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
    const done = await client.send({
      method: 'POST',
      key,
      query: { uploadId },
      body: [Buffer.from(document)],
    });
    // It may answer that all is well and say only then that it is not.
    const problem = textOf(Buffer.from(done.body).toString(), 'Code');
    if (problem !== undefined)
      throw new StoreError(`The S3 service did not put ${key} together: ${problem}.`);
  } catch (error) {
    await abandon(client, { key, uploadId }).catch(() => undefined);
    throw error;
  }
}

/** Parts that are not put together: no object yet, but they are paid for. */
export interface Upload {
  key: string;
  uploadId: string;
}

/**
 * A page at a time; none where the service does not tell of them.
 * @param root the prefix in the bucket under which all keys lie
 */
export async function* unfinishedUploads(
  client: S3Client,
  root: string,
  prefix: string,
): AsyncGenerator<(Upload & { size: number; begun: number })[]> {
  for (let marker: Record<string, string> | undefined = {}; marker;) {
    const query = { uploads: '', 'encoding-type': 'url', prefix: root + prefix, ...marker };
    const page = await asked(client, query);
    const uploads = [...page.matchAll(/<Upload>(.*?)<\/Upload>/gs)].map(([, xml]) => ({
      key: keyOf(textOf(xml!, 'Key')!).slice(root.length),
      uploadId: textOf(xml!, 'UploadId')!,
      begun: Date.parse(textOf(xml!, 'Initiated')!),
    }));
    yield await Promise.all(
      uploads.map(async (upload) => ({ ...upload, size: await sizeOf(client, upload) })),
    );
    const next = textOf(page, 'NextKeyMarker');
    marker =
      next && textOf(page, 'IsTruncated') === 'true'
        ? { 'key-marker': keyOf(next), 'upload-id-marker': textOf(page, 'NextUploadIdMarker') ?? '' }
        : undefined;
  }
}

/** Whoever may not list them, or asks a service that cannot, has none to clear away. */
async function asked(client: S3Client, query: Readonly<Record<string, string>>): Promise<string> {
  try {
    return Buffer.from((await client.send({ method: 'GET', key: '', query })).body).toString();
  } catch (error) {
    if (error instanceof StoreAccessError && !(error instanceof UnreachableStoreError)) return '';
    throw error;
  }
}

/** In bytes, as far as the first thousand parts go. */
async function sizeOf(client: S3Client, { key, uploadId }: Upload): Promise<number> {
  const { body } = await client.send({ method: 'GET', key, query: { uploadId } });
  const parts = Buffer.from(body)
    .toString()
    .matchAll(/<Size>(\d+)<\/Size>/g);
  return [...parts].reduce((sum, [, size]) => sum + Number(size), 0);
}

export async function abandon(client: S3Client, { key, uploadId }: Upload): Promise<void> {
  await client.send({ method: 'DELETE', key, query: { uploadId } });
}

/** As a list has it. */
export function keyOf(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

/** Stretches of the chunks, none of which is copied. */
export function partsOf(chunks: readonly Uint8Array[], size: number): Uint8Array[][] {
  const parts: Uint8Array[][] = [];
  let part: Uint8Array[] = [];
  let free = size;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      const piece = chunk.subarray(from, from + free);
      part.push(piece);
      from += piece.length;
      free -= piece.length;
      if (free > 0) continue;
      parts.push(part);
      part = [];
      free = size;
    }
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
