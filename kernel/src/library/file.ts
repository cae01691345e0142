import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The absolute path of a file next to the notebook. The call also declares that the step needs the file: a step's
 * working directory holds only the files that its cells declare.
 *
 *     const text = await readFile(file('./measurements.csv'), 'utf8');
 *
 * @param path relative to the notebook; has to be a string literal
 * @throws Error if there is no such file
 */
export function file(path: string): string {
  const found = resolve(path);
  if (existsSync(found)) return found;
  throw new Error(
    `There is no file ${JSON.stringify(path)} beside the notebook (looked in ${process.cwd()}).`,
  );
}
