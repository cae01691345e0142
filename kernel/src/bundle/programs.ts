/** The programs of a pipeline as JavaScript; those in which there are no files are kept for the next run. */
import { deserialize, serialize } from 'node:v8';
import type { Program } from '@tagflow/schema';
import { buildStamp, digestOf } from '../files/build-stamp.js';
import { readCached, removeOldCached, writeCached } from '../files/cache-folder.js';
import { bundleProgram } from './program.js';

const FOLDER = 'bundles';
/** Of how many pipelines they are kept, those made last. */
const KEPT = 200;

/** Code of each program in turn; undefined of one that has files in it, which may change. */
type Kept = (string | undefined)[];

/**
 * @param directory the notebook's
 * @throws BundleError when one cannot be bundled
 */
export async function bundlePrograms(
  programs: readonly Program[],
  directory: string,
): Promise<Map<Program, string>> {
  const name = `${FOLDER}/${digestOf(buildStamp(), directory, ...programs.map(({ source }) => source))}.v8`;
  const known = kept(name);
  const bundles = await Promise.all(
    programs.map(async (program, i) => {
      const code = known?.[i];
      return code === undefined ? bundleProgram(program, { directory }) : { code, hasFiles: false };
    }),
  );
  if (!known) {
    writeCached(
      name,
      serialize(bundles.map(({ code, hasFiles }) => (hasFiles ? undefined : code)) satisfies Kept),
    );
    removeOldCached(FOLDER, /\.v8$/, KEPT);
  }
  return new Map(programs.map((program, i) => [program, bundles[i]!.code]));
}

function kept(name: string): Kept | undefined {
  try {
    const bytes = readCached(name);
    return bytes && (deserialize(bytes) as Kept);
  } catch {
    return undefined; // damaged, or of another Node
  }
}
