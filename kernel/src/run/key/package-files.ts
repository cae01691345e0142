/** What an installed package consists of, as far as its name and version do not tell. */
import { createHash } from 'node:crypto';
import { type Dirent, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** sha256 over the files of a package that is edited where it lies: their paths and contents. */
export function filesDigest(directory: string): string {
  const hash = createHash('sha256');
  for (const path of packageFiles(directory)) {
    const bytes = readFileSync(join(directory, path));
    hash.update(`${path}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

const native = new Map<string, boolean>();

/**
 * Whether a package holds code for one kind of machine, or compiles some when it is installed. Looked for once for each
 * process and version.
 */
export function hasNativeCode(directory: string, version: string): boolean {
  const key = `${directory}@${version}`;
  const known =
    native.get(key) ?? packageFiles(directory).some((path) => /(\.node|(^|\/)binding\.gyp)$/.test(path));
  native.set(key, known);
  return known;
}

/** Paths relative to the directory, sorted; without other packages, what tools keep there, and what is secret. */
export function packageFiles(directory: string): string[] {
  const found: string[] = [];
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesOf(join(directory, folder))) {
      const path = folder + entry.name;
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) waiting.push(`${path}/`);
      else if (isFile(entry, join(directory, path)) && !SECRET.test(entry.name)) found.push(path);
    }
  }
  return found.sort();
}

const SKIPPED = /^(node_modules|\..*)$/;
/** Tokens of registries, values of environments: neither part of a package nor anything to be packed. */
const SECRET = /^\.(npmrc|env(\..*)?)$/;

/** Also one that lies elsewhere. Folders elsewhere are left out: they may be anything, such as all that a build made. */
function isFile(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
