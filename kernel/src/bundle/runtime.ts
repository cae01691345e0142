/** What runs in a step's process, as few files instead of fifty. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';
import { LIBRARY } from '../files/build-stamp.js';
import { withSlashes } from '../files/slashes.js';

/** What a step's process starts from, and what it imports by name, so that it gets the same instances. */
export const STEP_ENTRIES = ['run/step/step.js', 'library/index.js', 'library/tslab.js'];

export interface RuntimeFile {
  /** Relative to the folder of all, with `/`. */
  path: string;
  content: Uint8Array;
}

/**
 * The files, each entry at its path and what they share beside them.
 *
 * @param entries paths in Tagflow's library
 * @param placeOf where a file of the library, by its path there, is to look for others from
 */
export async function bundleRuntime(
  entries: readonly string[],
  placeOf: (path: string) => string,
  options: Pick<BuildOptions, 'minifyWhitespace' | 'legalComments'> = {},
): Promise<RuntimeFile[]> {
  const { build } = await import('esbuild');
  const outdir = join(LIBRARY, 'bundled');
  const { outputFiles } = await build({
    ...options,
    // Names of shared files come from where theirs lie, seen from here.
    absWorkingDir: LIBRARY,
    entryPoints: entries.map((path) => join(LIBRARY, path)),
    outbase: LIBRARY,
    outdir,
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // Of CommonJS that is loaded when it is needed, names would be lost: AWS's ways to credentials come as both.
    mainFields: ['module', 'main'],
    keepNames: true,
    logLevel: 'silent',
    // What is loaded only where notebooks are analysed.
    external: ['esbuild', 'typescript', 'zeromq', 'oxc-transform'],
    banner: { js: REQUIRE },
    plugins: [addresses(placeOf)],
  });
  return outputFiles.map(({ path, contents }) => ({
    path: withSlashes(relative(outdir, path)),
    content: contents,
  }));
}

/** For packages among them that are CommonJS. */
const REQUIRE = `import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);`;

function addresses(placeOf: (path: string) => string): Plugin {
  return {
    name: 'addresses',
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!path.startsWith(LIBRARY)) return undefined;
        const address = pathToFileURL(placeOf(withSlashes(relative(LIBRARY, path)))).href;
        const text = readFileSync(path, 'utf8');
        return { contents: text.replaceAll('import.meta.url', JSON.stringify(address)) };
      });
    },
  };
}
