/** The programs of a pipeline as JavaScript; those that are made of nothing but the notebook are kept for the next run. */
import { deserialize, serialize } from 'node:v8';
import type { Program } from '@tagflow/schema';
import { buildStamp, digestOf } from '../language/build-stamp.js';
import { readCached, removeOldCached, writeCached } from '../language/cache-folder.js';
import { bundleProgram } from './program.js';

const FOLDER = 'bundles';
/** Of how many pipelines they are kept, those made last. */
const KEPT = 200;

/**
 * @param directory the notebook's
 * @throws BundleError when one cannot be bundled
 */
export async function bundlePrograms(
  programs: readonly Program[],
  directory: string,
): Promise<Map<Program, string>> {
  const ofNotebook = programs.filter(({ localFiles }) => localFiles.length === 0);
  const others = programs.filter(({ localFiles }) => localFiles.length > 0);
  const name = `${FOLDER}/${digestOf(buildStamp(), directory, ...ofNotebook.map(({ source }) => source))}.v8`;
  const known = readCached(name);
  const codes = known ? (deserialize(known) as string[]) : await bundle(ofNotebook, directory);
  if (!known) {
    writeCached(name, serialize(codes));
    removeOldCached(FOLDER, /\.v8$/, KEPT);
  }
  const bundled = others.length > 0 ? await bundle(others, directory) : [];
  return new Map([
    ...ofNotebook.map((program, i) => [program, codes[i]!] as const),
    ...others.map((program, i) => [program, bundled[i]!] as const),
  ]);
}

function bundle(programs: readonly Program[], directory: string): Promise<string[]> {
  return Promise.all(programs.map((program) => bundleProgram(program, { directory })));
}
