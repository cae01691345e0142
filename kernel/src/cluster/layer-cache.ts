/** Layers that were made before lie in `~/.cache/tagflow/layers`, by what they were made of. */
import { createReadStream, createWriteStream, existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { type NamedLayer } from '../export/image.js';
import { type Layer, packLayer } from '../export/layer.js';
import type { TarEntry } from '../export/tar.js';
import { cacheFolder, removeOldCached } from '../files/cache-folder.js';
import { diskTrouble } from './disk-trouble.js';

/** A layer with its bytes. */
export interface PackedLayer extends NamedLayer {
  open(): Readable;
}

interface Making {
  /** What it holds, for the image's history. */
  content: string;
  /** Digits that say what it is made of. */
  key: string;
  /**
   * The files of the layer.
   * @param folder empty, for what is needed on the way; it is removed afterwards
   */
  make(folder: string): Promise<Iterable<TarEntry>>;
  signal?: AbortSignal | undefined;
}

const FOLDER = 'layers';
/** Layers; what is used again is kept longest. */
const KEPT = 16;
const LAYER = 'layer.tar.gz';
const FACTS = 'layer.json';

/**
 * The layer as it was made before, or made now.
 * @throws ClusterError if there is no room on the disk, and what `make` throws
 */
export async function cachedLayer({ content, key, make, signal }: Making): Promise<PackedLayer> {
  const place = join(await layersFolder(), key);
  const known = await readLayer(place, content);
  if (known) return known;
  const work = await mkdtemp(`${place}-`);
  try {
    const files = join(work, 'files');
    const made = join(work, 'made');
    await mkdir(files);
    await mkdir(made);
    const layer = await packLayer(await make(files), createWriteStream(join(made, LAYER)), signal);
    await writeFile(join(made, FACTS), JSON.stringify(layer));
    // Another process may have made the same meanwhile.
    await rename(made, place).catch((error: unknown) => existsSync(place) || Promise.reject(error as Error));
    removeOldCached(FOLDER, /^[0-9a-f]+$/, KEPT);
    return (await readLayer(place, content))!;
  } catch (error) {
    throw diskTrouble(error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A small layer, made in memory. */
export async function layerInMemory(content: string, entries: Iterable<TarEntry>): Promise<PackedLayer> {
  const pieces: Buffer[] = [];
  const sink = new Writable({
    write(piece: Buffer, _, done) {
      pieces.push(piece);
      done();
    },
  });
  return { content, ...(await packLayer(entries, sink)), open: () => Readable.from(pieces) };
}

let instead: string | undefined;

/** Where the home folder cannot be written to, layers last as long as this process. */
async function layersFolder(): Promise<string> {
  const folder = join(cacheFolder(), FOLDER);
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch {
    return (instead ??= await temporaryFolder());
  }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tagflow-layers-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function readLayer(place: string, content: string): Promise<PackedLayer | undefined> {
  const file = join(place, LAYER);
  try {
    const layer = JSON.parse(await readFile(join(place, FACTS), 'utf8')) as Layer;
    if ((await stat(file)).size !== layer.size) return undefined;
    const now = new Date();
    await utimes(place, now, now).catch(() => undefined);
    return { content, ...layer, open: () => createReadStream(file) };
  } catch {
    return undefined;
  }
}
