/** Layers that were made before: what they are made of names them. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from '../export/layer.js';
import { cacheFolder, removeOldCached } from '../language/cache-folder.js';

/** Layers of so many environments stay. */
const KEPT = 20;

/** @param name of a file: equal names promise equal layers */
export async function cachedLayer(name: string, make: () => Promise<Layer>): Promise<Layer> {
  const folder = join(cacheFolder(), 'layers', name);
  try {
    const known = JSON.parse(readFileSync(join(folder, 'layer.json'), 'utf8')) as Omit<Layer, 'bytes'>;
    return { ...known, bytes: readFileSync(join(folder, 'layer.tar.gz')) };
  } catch {
    // it is made now
  }
  const layer = await make();
  const { bytes, ...facts } = layer;
  const partial = `${folder}.${process.pid}.tmp`;
  try {
    mkdirSync(partial, { recursive: true });
    writeFileSync(join(partial, 'layer.tar.gz'), bytes);
    writeFileSync(join(partial, 'layer.json'), JSON.stringify(facts));
    renameSync(partial, folder);
    removeOldCached('layers', /^\w+-[0-9a-f]+$/, KEPT);
  } catch {
    // A read-only home, or another who was first: it is only made again.
  }
  return layer;
}
