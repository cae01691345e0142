/** The part of a lock file that some packages need, in all that they need in turn. Pure. */
import type { LockFile, LockedPackage } from '../run/lock-file.js';

export interface LockSlice {
  /** Entries as the lock file has them, without where they were fetched from. */
  packages: Record<string, LockedPackage>;
  /** What the notebook imports, by name: the version, or for an alias `npm:NAME@VERSION`. */
  dependencies: Record<string, string>;
  /** Folders of packages that are edited where they lie, by their place in node_modules; relative to the lock file. */
  links: Record<string, string>;
  /** Names of packages that the lock file does not have. */
  missing: string[];
}

/**
 * @param names of packages, as they are imported
 * @param from the notebook's directory, relative to the lock file; empty for its own
 */
export function lockSlice(
  { packages }: Pick<LockFile, 'packages'>,
  names: Iterable<string>,
  from = '',
): LockSlice {
  const slice: LockSlice = { packages: {}, dependencies: {}, links: {}, missing: [] };
  const add = (place: string): void => {
    if (Object.hasOwn(slice.packages, place) || Object.hasOwn(slice.links, place)) return;
    const locked = packages[place]!;
    if (locked.link && locked.resolved !== undefined) {
      slice.links[place] = locked.resolved;
      addNeeds(packages[locked.resolved] ?? {}, locked.resolved);
      return;
    }
    slice.packages[place] = locked;
    addNeeds(locked, place);
  };
  const addNeeds = (
    { dependencies, optionalDependencies, peerDependencies }: LockedPackage,
    place: string,
  ): void => {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const found = locate(packages, name, place);
      if (found !== undefined) add(found);
    }
  };
  for (const name of [...names].sort()) {
    const place = locate(packages, name, from);
    if (place === undefined) {
      slice.missing.push(name);
      continue;
    }
    add(place);
  }
  // What lies at the top is asked for by name, so that npm finds the lock file complete.
  for (const [place, locked] of Object.entries(slice.packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
    if (name === undefined) continue;
    const { version = '*' } = locked;
    slice.dependencies[name] =
      locked.name === undefined || locked.name === name ? version : `npm:${locked.name}@${version}`;
  }
  return { ...slice, packages: sorted(slice.packages), dependencies: sorted(slice.dependencies) };
}

/** The place that Node would find from a directory. */
function locate(packages: LockFile['packages'], name: string, from: string): string | undefined {
  for (let folder = from; ; folder = above(folder)) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(packages, place)) return place;
    if (folder === '') return undefined;
  }
}

function above(folder: string): string {
  const slash = folder.lastIndexOf('/');
  return slash < 0 ? '' : folder.slice(0, slash);
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As npm reads it, or with `resolved` left out, as it lies in an image: no address of a registry is in it. */
export function lockText({ packages, dependencies }: LockSlice, isInImage: boolean): string {
  const entries = Object.entries(packages).map(([place, locked]) => {
    const { resolved, ...rest } = locked;
    return [place, isInImage ? rest : { ...rest, ...(resolved === undefined ? {} : { resolved }) }];
  });
  return JSON.stringify(
    {
      name: 'app',
      lockfileVersion: 3,
      requires: true,
      packages: { '': { dependencies }, ...Object.fromEntries(entries) },
    },
    null,
    1,
  );
}
