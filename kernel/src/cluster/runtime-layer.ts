/** What a pod runs besides the notebook's own code: Tagflow's runtime, as a layer. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Layer, type LayerFile, layerOf } from '../export/layer.js';
import { buildStamp, digestOf } from '../language/build-stamp.js';
import { bundleRuntime } from '../run/runtime-bundle.js';
import { VERSION } from '../run/version.js';
import { cachedLayer } from './layer-cache.js';

/** Where it lies in an image. */
const PLACE = 'tagflow/lib';
const ENTRIES = ['run/pod.js', 'run/step.js', 'library/index.js', 'library/tslab.js'];
/** Raised when it is made otherwise. */
const FORMAT = '1';

export function runtimeLayer(): Promise<Layer> {
  return cachedLayer(`runtime-${digestOf(FORMAT, buildStamp())}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tagflow-runtime-'));
    try {
      await bundleRuntime(ENTRIES, folder, (path) => `/${PLACE}/${path}`);
      const manifest = JSON.stringify({ name: 'tagflow', version: VERSION, type: 'module' });
      return await layerOf([
        { path: 'tagflow/package.json', content: Buffer.from(manifest) },
        ...filesIn(folder, ''),
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function filesIn(root: string, folder: string): LayerFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory()) return filesIn(root, `${path}/`);
    return [{ path: `${PLACE}/${path}`, content: readFileSync(join(root, path)) }];
  });
}
