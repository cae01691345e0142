/** Large objects in parts: all of them, or nothing. */
import { type S3Client, textOf } from './s3-request.js';
import { sideBySide } from './side-by-side.js';
import { StoreError } from './store.js';

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
    await client.send({ method: 'DELETE', key, query: { uploadId } }).catch(() => undefined);
    throw error;
  }
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
