/** Which packages a program depends on, in all that they depend on in turn. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { LockedPackage } from '../../export/locked-package.js';
import { fits } from '../../export/machine.js';
import { type LockFile, lockFileOf, lockedIn } from './lock-file.js';
import { filesDigest, hasNativeCode } from './package-files.js';
import { packageNames } from './package-names.js';

export interface Packages {
  /**
   * By the name under which it is installed: `4.17.21 sha512-…`; for an alias `lodash@3.10.1 sha512-…`; without a lock
   * file the version alone; from git its commit; for a link the digest of its files. Several versions of one name tell
   * whose they are.
   */
  versions: Record<string, string>;
  /** Names of packages with code for one kind of machine, sorted. */
  native: string[];
}

/**
 * The closure of the packages that specifiers name, seen from a directory: what the lock file that governs it says, and
 * what is installed where the two differ. Node's own modules are no packages; neither is Tagflow's library, which is
 * that of whoever runs the program.
 */
export function packagesOf(specifiers: Iterable<string>, directory: string): Packages {
  const real = realpathSync(directory);
  return new Closure(lockFileOf(real)).from(specifiers, real);
}

interface Found {
  /** Name under which it is installed. */
  name: string;
  directory: string;
  version: string;
  /** As it stands in a key, without whose it is. */
  text: string;
  needs: Needs;
  native: boolean;
  /** What asked for it. */
  users: Set<string>;
}

interface Needs {
  /** Names; what is missing of them is told. */
  wanted: string[];
  /** Names; what is missing of them is not needed. */
  optional: string[];
}

/** Instead of a version. */
const MISSING = 'not installed';

class Closure {
  private readonly found = new Map<string, Found>();
  private readonly missing = new Set<string>();

  constructor(private readonly lock: LockFile | undefined) {}

  from(specifiers: Iterable<string>, directory: string): Packages {
    const waiting: Found[] = [];
    const need = (name: string, from: string, user: string, optional: boolean) => {
      const place = this.locate(name, from);
      if (place === undefined) {
        if (!optional) this.missing.add(name);
        return;
      }
      const known = this.found.get(`${name} ${place}`);
      const found = known ?? this.read(name, place);
      found.users.add(user);
      if (known) return;
      this.found.set(`${name} ${place}`, found);
      waiting.push(found);
    };
    for (const name of packageNames(specifiers)) need(name, directory, 'the notebook', false);
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { name, version, directory: from, needs } = next;
      for (const wanted of needs.wanted) need(wanted, from, `${name}@${version}`, false);
      for (const wanted of needs.optional) need(wanted, from, `${name}@${version}`, true);
    }
    return this.packages();
  }

  private packages(): Packages {
    const byName = new Map<string, Found[]>();
    for (const found of this.found.values())
      byName.set(found.name, [...(byName.get(found.name) ?? []), found]);
    const entries = [...byName].map(([name, all]): [string, string] => [name, textOf(all)]);
    for (const name of this.missing) if (!byName.has(name)) entries.push([name, MISSING]);
    const native = [...this.found.values()].filter((found) => found.native).map(({ name }) => name);
    return {
      versions: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
      native: [...new Set(native)].sort(),
    };
  }

  /** Where Node would find it; before it is installed, where the lock file puts it. */
  private locate(name: string, from: string): string | undefined {
    for (let above = from; ; above = dirname(above)) {
      const place = join(above, 'node_modules', name);
      if (existsSync(join(place, 'package.json'))) return place;
      if (this.isToBeInstalled(place)) return place;
      if (above === dirname(above)) return undefined;
    }
  }

  private isToBeInstalled(place: string): boolean {
    const locked = lockedIn(this.lock, place);
    return !!locked && fitsHere(locked) && !existsSync(join(this.lock!.directory, 'node_modules'));
  }

  private read(name: string, place: string): Found {
    const locked = lockedIn(this.lock, place);
    const directory = realDirectory(place, locked, this.lock);
    const target = directory === place ? locked : lockedIn(this.lock, directory);
    const manifest: Manifest = manifestIn(directory) ?? target ?? {};
    const version = manifest.version ?? target?.version ?? '';
    const own = manifest.name ?? target?.name ?? name;
    const isLink = !`${directory}${sep}`.includes(`${sep}node_modules${sep}`);
    const proof = isLink
      ? filesDigest(directory)
      : target?.version === version
        ? (target.integrity ?? commitOf(target))
        : undefined;
    const text = [own === name ? version : `${own}@${version}`, proof].filter(Boolean).join(' ');
    const native =
      !!(manifest.os ?? manifest.cpu) || manifest.gypfile === true || hasNativeCode(directory, version);
    return { name, directory, version, text, needs: needsOf(manifest), native, users: new Set() };
  }
}

type Manifest = LockedPackage & { gypfile?: boolean };

function manifestIn(directory: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

/** npm notes no integrity of what it takes from git; without the address, which may hold a token. */
function commitOf({ resolved }: LockedPackage): string | undefined {
  return resolved === undefined ? undefined : /^git\b.*(#[0-9a-f]{7,})$/.exec(resolved)?.[1];
}

/** A peer that is not there is not used, or its absence is an error of the program. */
function needsOf({ dependencies = {}, optionalDependencies = {}, peerDependencies = {} }: Manifest): Needs {
  const optional = Object.keys({ ...optionalDependencies, ...peerDependencies });
  return { wanted: Object.keys(dependencies).filter((name) => !optional.includes(name)), optional };
}

/** Whether npm would install the package here. */
function fitsHere(locked: LockedPackage): boolean {
  return fits(locked, { os: process.platform, cpu: process.arch });
}

/** Where links lead. */
function realDirectory(place: string, locked: LockedPackage | undefined, lock: LockFile | undefined): string {
  if (existsSync(place)) return realpathSync(place);
  return locked?.link && locked.resolved !== undefined ? join(lock!.directory, locked.resolved) : place;
}

/** One version speaks for itself; of several it matters who has which. */
function textOf(all: readonly Found[]): string {
  const users = new Map<string, string[]>();
  for (const found of all) users.set(found.text, [...(users.get(found.text) ?? []), ...found.users]);
  if (users.size === 1) return all[0]!.text;
  return [...users]
    .map(([text, names]) => `${text} for ${[...new Set(names)].sort().join(' and ')}`)
    .sort()
    .join(', ');
}
