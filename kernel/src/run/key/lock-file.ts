/** What npm's lock file says of installed packages. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { LockedPackage } from '../../export/locked-package.js';
import { withSlashes } from '../../files/slashes.js';

export interface LockFile {
  /** The directory that the entries are relative to. */
  directory: string;
  /** By path relative to the directory, with `/`: `node_modules/lodash`. */
  packages: Readonly<Record<string, LockedPackage>>;
}

/** What npm wrote down when it installed tells more than what is to be installed. */
const NAMES = ['node_modules/.package-lock.json', 'npm-shrinkwrap.json', 'package-lock.json'];

/** The lock file that governs a directory: the nearest above. Undefined if there is none, or none of npm 7 or later. */
export function lockFileOf(directory: string): LockFile | undefined {
  return nearest(directory, NAMES);
}

/** The same as the project has it, also for other machines than this one. */
export function packageLockOf(directory: string): LockFile | undefined {
  return nearest(directory, NAMES.slice(1));
}

function nearest(directory: string, names: readonly string[]): LockFile | undefined {
  for (let above = directory; ; above = dirname(above)) {
    for (const name of names) {
      const packages = packagesIn(join(above, name));
      if (packages) return { directory: above, packages };
    }
    if (above === dirname(above)) return undefined;
  }
}

/** The entry of the package that lies in a directory. */
export function lockedIn(lock: LockFile | undefined, directory: string): LockedPackage | undefined {
  if (!lock) return undefined;
  const path = withSlashes(relative(lock.directory, directory));
  return Object.hasOwn(lock.packages, path) ? lock.packages[path] : undefined;
}

const parsed = new Map<string, { stamp: string; packages: LockFile['packages'] | undefined }>();

/** Parsed once for each process and state of the file: lock files are large. */
function packagesIn(file: string): LockFile['packages'] | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  const stamp = `${stat.mtimeMs} ${stat.size}`;
  const known = parsed.get(file);
  if (known?.stamp === stamp) return known.packages;
  const packages = parse(readFileSync(file, 'utf8'));
  parsed.set(file, { stamp, packages });
  return packages;
}

function parse(text: string): LockFile['packages'] | undefined {
  try {
    const { packages } = JSON.parse(text) as Partial<LockFile>;
    return typeof packages === 'object' && packages !== null ? packages : undefined;
  } catch {
    return undefined;
  }
}
