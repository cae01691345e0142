/** A store in a bucket of S3, or of a service that speaks like it. */
import { checkRoot, newRoot, ROOT } from './root.js';
import { type S3Access, prefixOf } from './s3-access.js';
import { S3Client, textOf } from './s3-request.js';
import { abandon, keyOf, putInParts, unfinishedUploads } from './s3-upload.js';
import type { Entry, Store } from './store.js';

/** Larger objects are sent in parts. In bytes. */
const LARGE = 64 * 2 ** 20;
/** In the name of an upload that did not come to its end, between what it was to be and its id. */
const UPLOAD = '?uploadId=';
/** One request writes them, whether they are there or not. In bytes. */
const SMALL = 16 * 2 ** 10;

export class S3Store implements Store {
  readonly location: string;
  readonly smallWrite = SMALL;
  readonly access: Readonly<Record<string, string>>;
  private readonly client: S3Client;
  private readonly prefix: string;
  private checked: Promise<boolean> | undefined;
  private prepared: Promise<void> | undefined;

  /** @param isKnown whether another process has looked at its root already */
  constructor(access: S3Access, isKnown = false) {
    this.location = access.location;
    this.access = access.environment;
    this.client = new S3Client(access);
    this.prefix = prefixOf(access.location);
    if (isKnown) this.checked = Promise.resolve(true);
  }

  async get(key: string, onPiece?: (piece: Uint8Array) => void): Promise<Uint8Array | undefined> {
    await this.check();
    const { status, body } = await this.client.send({ method: 'GET', key }, onPiece);
    return status === 404 ? undefined : body;
  }

  async stat(key: string): Promise<{ size: number; modified: number } | undefined> {
    await this.check();
    const { status, headers } = await this.client.send({ method: 'HEAD', key });
    if (status === 404) return undefined;
    return { size: Number(headers['content-length']), modified: Date.parse(headers['last-modified'] ?? '') };
  }

  async put(key: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    await (this.prepared ??= this.prepare());
    await this.write(key, bytes instanceof Uint8Array ? [bytes] : bytes);
  }

  async list(prefix: string): Promise<string[]> {
    await this.check();
    const names: string[] = [];
    for await (const page of this.pages(prefix, '/')) {
      names.push(...this.keysIn(page));
      for (const [, key] of page.matchAll(/<CommonPrefixes>\s*<Prefix>([^<]*)<\/Prefix>/g))
        names.push(this.plain(key!));
    }
    return names
      .map((key) => key.slice(prefix.length))
      .filter((name) => name !== '')
      .sort();
  }

  async *keys(prefix: string): AsyncGenerator<string[]> {
    await this.check();
    for await (const page of this.pages(prefix)) {
      const keys = this.keysIn(page);
      if (keys.length > 0) yield keys;
    }
  }

  async *entries(prefix: string): AsyncGenerator<Entry[]> {
    await this.check();
    for await (const page of this.pages(prefix)) {
      const entries = [...page.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, xml]) => ({
        key: this.plain(textOf(xml!, 'Key')!),
        size: Number(textOf(xml!, 'Size')),
        modified: Date.parse(textOf(xml!, 'LastModified')!),
        unfinished: false,
      }));
      if (entries.length > 0) yield entries;
    }
    for await (const uploads of unfinishedUploads(this.client, this.prefix, prefix)) {
      const entries = uploads.map(({ key, uploadId, size, begun }) => ({
        key: `${key}${UPLOAD}${uploadId}`,
        ...{ size, modified: begun, unfinished: true },
      }));
      if (entries.length > 0) yield entries;
    }
  }

  async touch(key: string): Promise<boolean> {
    const source = this.client.copySource(key);
    const headers = { 'x-amz-copy-source': source, 'x-amz-metadata-directive': 'REPLACE' };
    try {
      return (await this.client.send({ method: 'PUT', key, headers })).status !== 404;
    } catch (error) {
      // Larger than what can be copied at once: then the long way.
      const bytes = (await this.stat(key))?.size ?? 0;
      if (bytes < 5 * 2 ** 30) throw error;
      await this.write(key, [(await this.get(key))!]);
      return true;
    }
  }

  async delete(key: string): Promise<void> {
    const [object, uploadId] = key.split(UPLOAD) as [string, string?];
    if (uploadId !== undefined) await abandon(this.client, { key: object, uploadId });
    else await this.client.send({ method: 'DELETE', key });
  }

  close(): void {
    this.client.close();
  }

  private async write(key: string, chunks: readonly Uint8Array[]): Promise<void> {
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (size > LARGE) return putInParts(this.client, key, chunks);
    const body = chunks.length > 0 ? chunks : [new Uint8Array()];
    await this.client.send({ method: 'PUT', key, body });
  }

  private keysIn(page: string): string[] {
    return [...page.matchAll(/<Contents>.*?<Key>([^<]*)<\/Key>/gs)].map(([, key]) => this.plain(key!));
  }

  private async *pages(prefix: string, delimiter?: string): AsyncGenerator<string> {
    for (let next: string | undefined; ;) {
      const query = {
        'list-type': '2',
        'encoding-type': 'url',
        prefix: this.prefix + prefix,
        ...(delimiter === undefined ? {} : { delimiter }),
        ...(next === undefined ? {} : { 'continuation-token': next }),
      };
      const { body } = await this.client.send({ method: 'GET', key: '', query });
      const page = Buffer.from(body).toString();
      yield page;
      next = textOf(page, 'NextContinuationToken');
      if (next === undefined || textOf(page, 'IsTruncated') !== 'true') return;
      next = next.replaceAll('&amp;', '&');
    }
  }

  /** The store's key of a key as a list has it. */
  private plain(key: string): string {
    return keyOf(key).slice(this.prefix.length);
  }

  /** Whether there is a store, which this version can read. */
  private check(): Promise<boolean> {
    return (this.checked ??= this.readRoot().catch((error: unknown) => {
      this.checked = undefined;
      throw error;
    }));
  }

  private async readRoot(): Promise<boolean> {
    const { status, body } = await this.client.send({ method: 'GET', key: ROOT });
    if (status === 404) return false;
    checkRoot(Buffer.from(body).toString(), { location: this.location, other: 'name another prefix' });
    return true;
  }

  /** Two who make it at once make the same, but for an id that either may have. */
  private async prepare(): Promise<void> {
    try {
      if (await this.check()) return;
      await this.write(ROOT, [newRoot()]);
    } catch (error) {
      this.prepared = undefined;
      throw error;
    }
  }
}
