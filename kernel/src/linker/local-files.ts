/** Which file a specifier means, as TypeScript's bundler resolution finds it. */
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLocal } from '../language/slice/modules.js';
import { isSubpath, type SubpathTarget, subpathTarget, unknownSubpath } from '../language/subpaths.js';

export { isLocal, isSubpath };

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

/** What `#name` means in a file of the project: a file that is there, or a package. */
export type Subpath = SubpathTarget & Required<Pick<SubpathTarget, 'manifest'>>;

/**
 * @param directory of the importing file
 * @throws Error that says what is missing
 */
export function resolveSubpath(specifier: string, directory: string, require = false): Subpath {
  const found = subpathTarget(specifier, directory, readText, require);
  const { manifest, package: name } = found;
  const file = found.file === undefined ? undefined : resolveLocalFile(directory, found.file);
  if (manifest === undefined || (file ?? name) === undefined)
    throw new Error(unknownSubpath(specifier, found));
  return { manifest, file, package: name };
}

/** The package that a specifier may mean in a file of the directory; `#name` may be one. */
export function packageMeant(specifier: string, directory: string): string | undefined {
  const name = isSubpath(specifier) ? subpathTarget(specifier, directory, readText).package : specifier;
  return name === undefined || isLocal(name) ? undefined : name;
}

function readText(path: string): string | undefined {
  return isFile(path) ? readFileSync(path, 'utf8') : undefined;
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
