/** The part of a lock file that some imports need, as a lock file of its own from which npm installs just that. */
import type { LockedPackage } from './locked-package.js';
import { fits, type Machine, machineText } from './machine.js';

export interface Slice {
  /** Names that the project itself imports. */
  dependencies: string[];
  /** Entries by path, of which each is needed. */
  packages: Record<string, LockedPackage>;
  /** Packages of the same project that are linked: where each lies in the slice, and in the project. */
  links: Record<string, string>;
  /** Those of the packages that the base image brings: entries too, but not to be installed. */
  provided: Record<string, LockedPackage>;
  /** Directory that imports are looked up from, relative to the lock file's; the notebook's, or a folder above it. */
  directory: string;
}

export interface SliceRequest {
  /** All entries of the lock file. */
  packages: Readonly<Record<string, LockedPackage>>;
  /** Names of packages that are imported. */
  names: Iterable<string>;
  /** Directory of the notebook relative to that of the lock file, with `/`; empty where it is the same. */
  from: string;
  machine: Machine;
  /** Versions of packages that the base image has in `/app/node_modules`, by name. */
  provided?: Readonly<Record<string, string>>;
}

/** What is needed cannot be installed from the lock file; the message says what to do. */
export class SliceError extends Error {
  override name = 'SliceError';
}

/**
 * The closure of some packages. Versions were chosen when the lock file was written: here every package accepts
 * whatever lies where Node would find it, so that npm has nothing to solve, and overrides and conflicts of peers, which
 * led to those versions, need not be told again.
 *
 * @throws SliceError
 */
export function sliceOf(request: SliceRequest): Slice {
  const slice: Slice = { dependencies: [], packages: {}, links: {}, provided: {}, directory: '' };
  const closure = new Closure(request, slice);
  for (const name of new Set(request.names)) closure.add(name);
  return {
    ...slice,
    dependencies: slice.dependencies.sort(),
    packages: sorted(slice.packages),
    links: sorted(slice.links),
    provided: sorted(slice.provided),
  };
}

class Closure {
  /** Places in the lock file. */
  private readonly taken = new Set<string>();

  constructor(
    private readonly request: SliceRequest,
    private readonly slice: Slice,
  ) {}

  /** What the notebook imports. */
  add(name: string): void {
    const { from } = this.request;
    const place = this.locate(name, from);
    if (place === undefined) {
      throw new SliceError(
        `package-lock.json has no package "${name}". Run \`npm install ${name}\` in the folder of the notebook.`,
      );
    }
    const holder = place.slice(0, -`node_modules/${name}`.length).replace(/\/$/, '');
    if (!this.isFor(place, name, true) || !this.take(place, name)) return;
    if (holder === '') this.slice.dependencies.push(name);
    else this.holdIn(holder, name);
  }

  /** Packages of a workspace lie in it, and Node finds them only from there. */
  private holdIn(holder: string, name: string): void {
    const { slice, request } = this;
    const link = Object.keys(request.packages).find(
      (path) => request.packages[path]!.link && request.packages[path]!.resolved === holder,
    );
    if (link === undefined) throw broken(`${holder}/node_modules/${name}`);
    slice.directory = holder.length > slice.directory.length ? holder : slice.directory;
    const entry = (slice.packages[holder] ??= { version: request.packages[holder]?.version });
    entry.dependencies = { ...entry.dependencies, [name]: '*' };
    slice.packages[link] = { resolved: holder, link: true };
    const own = link.slice('node_modules/'.length);
    if (!slice.dependencies.includes(own)) slice.dependencies.push(own);
  }

  /** Whether it is to be installed. */
  private take(place: string, name: string): boolean {
    const { slice, request } = this;
    const at = placeInSlice(place);
    const entry = request.packages[place]!;
    const given = request.provided?.[name];
    if (given !== undefined && place === `node_modules/${name}`) {
      if (given !== entry.version) throw otherVersion(name, given, entry.version);
      slice.provided[at] = entry;
      return false;
    }
    if (this.taken.has(place)) return true;
    this.taken.add(place);
    if (!entry.link) {
      slice.packages[at] = this.withNeeds(place, entry, name);
      return true;
    }
    const source = entry.resolved ?? '';
    const target = placeInSlice(source);
    slice.packages[at] = { resolved: target, link: true };
    slice.links[target] = source;
    if (this.taken.has(source)) return true;
    this.taken.add(source);
    const linked = this.withNeeds(source, request.packages[source] ?? {}, name);
    const held = slice.packages[target];
    slice.packages[target] = { ...linked, dependencies: { ...held?.dependencies, ...linked.dependencies } };
    return true;
  }

  /** The entry without what npm need not know, and with what it needs where that is. */
  private withNeeds(place: string, entry: LockedPackage, name: string): LockedPackage {
    const wanted = Object.keys(entry.dependencies ?? {});
    const optional = Object.keys({ ...entry.optionalDependencies, ...entry.peerDependencies });
    const needs = new Set<string>();
    for (const need of new Set([...wanted, ...optional])) {
      const found = this.locate(need, place);
      const required = !optional.includes(need);
      if (found === undefined && required) throw broken(`${place}/node_modules/${need}`);
      if (found === undefined) this.checkMachine(name, need, entry);
      if (found === undefined || !this.isFor(found, need, required)) continue;
      if (this.take(found, need)) needs.add(need);
    }
    const { version, resolved, integrity, inBundle, bundleDependencies, hasInstallScript, bin } = entry;
    return {
      ...(entry.name === undefined ? {} : { name: entry.name }),
      ...defined({ version, resolved: entry.link ? undefined : resolved, integrity }),
      ...defined({ inBundle, bundleDependencies, hasInstallScript, bin }),
      ...(needs.size > 0
        ? { dependencies: Object.fromEntries([...needs].sort().map((need) => [need, '*'])) }
        : {}),
    };
  }

  private isFor(place: string, name: string, required: boolean): boolean {
    const { machine, packages } = this.request;
    if (fits(packages[place]!, machine)) return true;
    if (required) throw new SliceError(`The package "${name}" cannot be used on ${machineText(machine)}.`);
    return false;
  }

  /** npm may have left out of the lock file what another machine than the one that wrote it needs (npm/cli#4828). */
  private checkMachine(name: string, optional: string, { optionalDependencies }: LockedPackage): void {
    const { os, cpu } = this.request.machine;
    if (optionalDependencies?.[optional] === undefined || !new RegExp(`\\b${os}\\W${cpu}\\b`).test(optional))
      return;
    throw new SliceError(
      `package-lock.json lacks "${optional}", the part of "${name}" for ${os} ${cpu}: npm wrote it on another machine. ` +
        'Remove node_modules and package-lock.json and run `npm install`.',
    );
  }

  /** Where Node would find it, from a directory upwards. */
  private locate(name: string, from: string): string | undefined {
    for (let above = from; ; above = parentOf(above)) {
      const place = `${above === '' ? '' : `${above}/`}node_modules/${name}`;
      if (Object.hasOwn(this.request.packages, place)) return place;
      if (above === '') return undefined;
    }
  }
}

/** A package that lies outside of the lock file's folder comes to lie inside. */
function placeInSlice(place: string): string {
  return place.replace(/^(\.\.\/)+/, (ups) => '.links/'.repeat(ups.length / 3));
}

/** Of `../other` it is the lock file's folder: what lies there is found by nothing above. */
function parentOf(place: string): string {
  const end = place.lastIndexOf('/');
  return end < 0 || /^(\.\.\/)*[^/]*$/.test(place) ? '' : place.slice(0, end);
}

function broken(place: string): SliceError {
  return new SliceError(
    `package-lock.json is not complete: it has no ${place}. Run \`npm install --package-lock-only\`.`,
  );
}

function otherVersion(name: string, given: string, locked: string | undefined): SliceError {
  return new SliceError(
    `The base image has ${name} ${given}, but package-lock.json says ${locked}. Make the two the same.`,
  );
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `package.json` of the slice: what it says needs no project. */
export function manifestOf({ dependencies }: Slice): object {
  return { private: true, dependencies: Object.fromEntries(dependencies.map((name) => [name, '*'])) };
}

/** `package-lock.json` for npm to install from. */
export function installLockOf(slice: Slice): object {
  return lockOf(slice, slice.packages);
}

/**
 * `package-lock.json` as the image has it, from which a pod tells what is installed; where it came from and who has to
 * be asked for it does not stand there.
 */
export function imageLockOf(slice: Slice): object {
  const told = Object.entries({ ...slice.packages, ...slice.provided }).map(
    ([path, { name, version, integrity, link, resolved }]): [string, LockedPackage] => [
      path,
      defined({ name, version, integrity, link, resolved: link ? resolved : undefined }),
    ],
  );
  return lockOf(slice, sorted(Object.fromEntries(told)));
}

function lockOf(slice: Slice, packages: Slice['packages']): object {
  return { lockfileVersion: 3, requires: true, packages: { '': manifestOf(slice), ...packages } };
}
