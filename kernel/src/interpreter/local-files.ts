/** Which file a relative specifier means, as TypeScript's bundler resolution finds it. */
import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export { isLocal } from '../language/slice-modules.js';

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'];
const WRITTEN_FOR: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/** The file that a path or a `file:` URL means, seen from a directory; undefined if there is none. */
export function resolveLocalFile(directory: string, specifier: string): string | undefined {
  const wanted = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
  const path = isAbsolute(wanted) ? wanted : join(directory, wanted);
  return candidates(path).find(isFile);
}

function* candidatesOf(path: string): Generator<string> {
  yield path;
  const extension = /\.[cm]?jsx?$/.exec(path)?.[0];
  for (const source of WRITTEN_FOR[extension ?? ''] ?? []) yield path.slice(0, -extension!.length) + source;
  for (const added of EXTENSIONS) yield path + added;
  for (const added of EXTENSIONS) yield join(path, 'index' + added);
}

const candidates = (path: string) => [...candidatesOf(path)];

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
