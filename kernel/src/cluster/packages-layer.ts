/** The layer `/app`: the packages that steps need, as npm installs them, and nothing that tells where they came from. */
import { createReadStream, existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { LockedPackage } from '../export/locked-package.js';
import { type Machine, machineText } from '../export/machine.js';
import { imageLockOf, installLockOf, manifestOf, type Slice } from '../export/package-slice.js';
import { APP } from '../export/pod-paths.js';
import { fileEntry, type TarEntry } from '../export/tar.js';
import { filesDigest, packageFiles } from '../run/key/package-files.js';
import { sha256 } from '../run/key/sha256.js';
import { checkScripts } from './install-scripts.js';
import { cachedLayer, type PackedLayer } from './layer-cache.js';
import { installPackages } from './npm.js';

/** Raised when it is made otherwise. */
const FORMAT = '1';

interface Packages {
  slice: Slice;
  machine: Machine;
  /** The lock file's. */
  directory: string;
  signal?: AbortSignal | undefined;
  /** It has not been made before, or not here. */
  onInstall?: (count: number) => void;
}

/**
 * The layer for a slice of a lock file. Made once for what is in it, wherever it is needed.
 * @throws ClusterError
 */
export function packagesLayer({
  slice,
  machine,
  directory,
  signal,
  onInstall,
}: Packages): Promise<PackedLayer> {
  const names = Object.keys(slice.packages).length;
  return cachedLayer({
    content: `${names} packages for ${machineText(machine)}`,
    key: keyOf(slice, machine, directory),
    async make(folder) {
      onInstall?.(names);
      await prepare(slice, directory, folder);
      await installPackages(folder, signal);
      checkScripts(slice, machine, folder);
      return entriesOf(slice, directory, folder);
    },
    signal,
  });
}

/** Packages are told by their integrity, those of the project by their files. */
function keyOf(slice: Slice, machine: Machine, directory: string): string {
  const unproved = Object.values(slice.packages).flatMap(({ integrity, link, resolved }) =>
    integrity === undefined && !link && resolved !== undefined ? [resolved] : [],
  );
  const links = Object.entries(slice.links).map(([to, from]) => [to, filesDigest(join(directory, from))]);
  return sha256(JSON.stringify([FORMAT, machine, imageLockOf(slice), unproved, links]));
}

/**
 * A project of just these packages, for npm: files by path.
 *
 * @param archiveAt where npm finds an archive that lies in the project
 */
export function projectFiles(slice: Slice, archiveAt: (path: string) => string): Record<string, string> {
  const found = ([path, entry]: [string, LockedPackage]): [string, LockedPackage] => {
    const archive = entry.link ? undefined : /^file:(.*)$/.exec(entry.resolved ?? '')?.[1];
    return [path, archive === undefined ? entry : { ...entry, resolved: `file:${archiveAt(archive)}` }];
  };
  const packages = Object.fromEntries(Object.entries(slice.packages).map(found));
  const files: Record<string, object> = {
    'package.json': manifestOf(slice),
    'package-lock.json': installLockOf({ ...slice, packages }),
  };
  for (const [path, { link, resolved }] of Object.entries(packages)) {
    if (!link || resolved === undefined) continue;
    const { name, version = '0.0.0', dependencies } = packages[resolved] ?? {};
    const own = name ?? path.replace(/^.*node_modules\//, '');
    files[`${resolved}/package.json`] = { name: own, version, dependencies };
  }
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, `${JSON.stringify(content, null, 2)}\n`]),
  );
}

async function prepare(slice: Slice, directory: string, folder: string): Promise<void> {
  for (const [path, content] of Object.entries(
    projectFiles(slice, (archive) => resolve(directory, archive)),
  )) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  // Which registries, and who we are to them; it is read where it lies, so that no copy can get anywhere.
  const settings = join(directory, '.npmrc');
  if (existsSync(settings)) await symlink(settings, join(folder, '.npmrc'));
}

/** The project's own packages among them, where they lie here and in the image's directory. */
export function linkedFiles(slice: Slice, directory: string): { from: string; to: string }[] {
  return Object.entries(slice.links).flatMap(([to, from]) =>
    packageFiles(join(directory, from)).map((path) => ({
      from: join(directory, from, path),
      to: `${to}/${path}`,
    })),
  );
}

/** What npm notes for itself. */
const NOTES = new Set(['.package-lock.json', '.cache']);

async function entriesOf(slice: Slice, directory: string, folder: string): Promise<TarEntry[]> {
  const app = APP.slice(1);
  const entries: TarEntry[] = [
    fileEntry(`${app}/package.json`, `${JSON.stringify(manifestOf(slice))}\n`),
    fileEntry(`${app}/package-lock.json`, `${JSON.stringify(imageLockOf(slice))}\n`),
  ];
  for (const holder of [
    '',
    ...Object.values(slice.packages).flatMap(({ link, resolved }) => (link ? resolved! : [])),
  ]) {
    const path = holder === '' ? 'node_modules' : `${holder}/node_modules`;
    if (existsSync(join(folder, path))) entries.push(...(await entriesIn(folder, path, app)));
  }
  for (const { from, to } of linkedFiles(slice, directory)) entries.push(diskEntry(from, `${app}/${to}`));
  return entries;
}

async function entriesIn(folder: string, path: string, app: string): Promise<TarEntry[]> {
  const found = await readdir(join(folder, path), { withFileTypes: true });
  const inside = found
    .filter(({ name }) => !NOTES.has(name))
    .map(async (entry): Promise<TarEntry[]> => {
      const at = `${path}/${entry.name}`;
      if (entry.isDirectory()) return entriesIn(folder, at, app);
      if (entry.isSymbolicLink())
        return [{ kind: 'link', path: `${app}/${at}`, target: readlinkSync(join(folder, at)) }];
      return entry.isFile() ? [diskEntry(join(folder, at), `${app}/${at}`)] : [];
    });
  return [{ kind: 'folder', path: `${app}/${path}` }, ...(await Promise.all(inside)).flat()];
}

/** Files up to this size, in bytes, are read at once. */
const SMALL = 1024 * 1024;

function diskEntry(file: string, path: string): TarEntry {
  const { size, mode } = statSync(file);
  return {
    kind: 'file',
    path,
    size,
    executable: (mode & 0o100) !== 0,
    read: () => (size > SMALL ? (createReadStream(file) as AsyncIterable<Uint8Array>) : [readFileSync(file)]),
  };
}
