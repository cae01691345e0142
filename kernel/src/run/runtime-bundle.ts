/** What runs in a step's process, as few files instead of fifty. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { LIBRARY } from '../language/build-stamp.js';

/**
 * @param entries paths in Tagflow's library; each becomes a file of the same path
 * @param placeOf where a file of the library, by its path there, is to look for others from
 */
export async function bundleRuntime(
  entries: readonly string[],
  outdir: string,
  placeOf: (path: string) => string,
): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    entryPoints: entries.map((path) => join(LIBRARY, path)),
    outbase: LIBRARY,
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    keepNames: true,
    logLevel: 'silent',
    // What is loaded only where notebooks are analysed.
    external: ['esbuild', 'typescript', 'zeromq', 'oxc-transform'],
    banner: { js: REQUIRE },
    plugins: [addresses(placeOf)],
  });
}

/** For packages among them that are CommonJS. */
const REQUIRE = `import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);`;

function addresses(placeOf: (path: string) => string): Plugin {
  return {
    name: 'addresses',
    setup(build) {
      build.onLoad(
        { filter: /[\\/]kernel[\\/]lib[\\/].*\.js$|[\\/]tagflow[\\/]lib[\\/].*\.js$/ },
        ({ path }) => {
          const url = JSON.stringify(pathToFileURL(placeOf(relative(LIBRARY, path))).href);
          return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url) };
        },
      );
    },
  };
}
