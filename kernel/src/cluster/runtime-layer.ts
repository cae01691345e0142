/** The layer `/tagflow`: what runs steps in a pod, without compiler, bundler or client of Kubernetes. */
import { createRequire } from 'node:module';
import { APP, LIBRARY, RUNTIME } from '../export/pod-paths.js';
import { fileEntry, type TarEntry } from '../export/tar.js';
import { buildStamp, digestOf } from '../files/build-stamp.js';
import { bundleRuntime, type RuntimeFile, STEP_ENTRIES } from '../bundle/runtime.js';
import { VERSION } from '../run/version.js';
import { cachedLayer, type PackedLayer } from './layer-cache.js';

const ENTRIES = ['run/pod/pod.js', ...STEP_ENTRIES];
/** Raised when it is made otherwise. */
const FORMAT = '1';

/** Relative to `/tagflow`; the same files wherever Tagflow is installed. */
export async function runtimeFiles(): Promise<RuntimeFile[]> {
  const files = await bundleRuntime(ENTRIES, (path) => `${RUNTIME}/${LIBRARY}/${path}`, {
    // Without its remarks on where each file lay.
    minifyWhitespace: true,
    legalComments: 'none',
  });
  return [
    ...files.map(({ path, content }) => ({ path: `${LIBRARY}/${path}`, content })),
    json('package.json', { name: 'tagflow', version: VERSION, type: 'module' }),
    // `versions.typescript` says in a pod what it says in the notebook.
    json('node_modules/typescript/package.json', { name: 'typescript', version: typescriptVersion() }),
  ];
}

export function runtimeLayer(signal?: AbortSignal): Promise<PackedLayer> {
  return cachedLayer({
    content: `tagflow ${VERSION}`,
    key: digestOf('runtime', FORMAT, buildStamp()),
    make: async () => runtimeEntries(await runtimeFiles()),
    signal,
  });
}

function runtimeEntries(files: readonly RuntimeFile[]): TarEntry[] {
  return [
    // The directory that images start in, also where there are no packages.
    { kind: 'folder', path: APP.slice(1) },
    ...files.map(({ path, content }) => fileEntry(`${RUNTIME.slice(1)}/${path}`, content)),
  ];
}

function json(path: string, value: object): RuntimeFile {
  return { path, content: new TextEncoder().encode(`${JSON.stringify(value)}\n`) };
}

function typescriptVersion(): string {
  return (createRequire(import.meta.url)('typescript/package.json') as { version: string }).version;
}
