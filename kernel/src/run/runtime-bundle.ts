/** Tagflow's own files that run with a step's program, as few files instead of many. */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { BuildOptions, OutputFile, Plugin } from 'esbuild';
import { LIBRARY } from '../language/build-stamp.js';

/** What a step's process starts from, and what it imports by name, so that it gets the same instances. */
export const STEP_ENTRIES = ['run/step.js', 'library/index.js', 'library/tslab.js'];

export interface RuntimeFile {
  /** Relative to the folder of all, with `/`. */
  path: string;
  content: Uint8Array;
}

/**
 * The files, each entry at its path and what they share beside them.
 *
 * @param entries paths in Tagflow's compiled files
 * @param addressOf what a file takes as its own address, by its path there: it looks for others from it
 */
export async function bundleRuntime(
  entries: readonly string[],
  addressOf: (path: string) => string,
  options: Pick<BuildOptions, 'minifyWhitespace' | 'legalComments' | 'banner'> = {},
): Promise<RuntimeFile[]> {
  const { build } = await import('esbuild');
  const outdir = join(LIBRARY, 'bundled');
  const { outputFiles } = await build({
    ...options,
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
    keepNames: true,
    logLevel: 'silent',
    plugins: [addresses(addressOf)],
  });
  return outputFiles.map(({ path, contents }: OutputFile) => ({
    path: withSlashes(relative(outdir, path)),
    content: contents,
  }));
}

function addresses(addressOf: (path: string) => string): Plugin {
  return {
    name: 'addresses',
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, ({ path }) => {
        const address = JSON.stringify(addressOf(withSlashes(relative(LIBRARY, path))));
        return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', address) };
      });
    },
  };
}

function withSlashes(path: string): string {
  return path.split(sep).join('/');
}
