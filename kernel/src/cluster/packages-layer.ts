/** The packages that steps import, as a layer: installed by npm from the lock file's part, for the nodes' platform. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
  copyFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { type Layer, type LayerFile, layerOf } from '../export/layer.js';
import { type LockSlice, lockSlice, lockText } from '../export/lock-slice.js';
import { type LockFile, packageLockOf } from '../run/lock-file.js';
import { filesDigest, packageFiles } from '../run/package-files.js';
import { packageNames } from '../run/packages.js';
import { ClusterError } from './error.js';
import { cachedLayer } from './layer-cache.js';

/** Raised when it is made otherwise. */
const FORMAT = '1';
const PLACE = 'app';
const CPUS: Readonly<Record<string, string>> = { amd64: 'x64', arm64: 'arm64' };

/**
 * @param specifiers of all that the programs import
 * @param platform of the nodes: `linux/amd64`
 * @throws ClusterError if a package is not in the lock file, or cannot be installed there
 */
export async function packagesLayer(
  specifiers: Iterable<string>,
  directory: string,
  platform: string,
): Promise<Layer> {
  const names = packageNames(specifiers);
  const lock = names.size === 0 ? { directory, packages: {} } : packageLockOf(directory);
  if (!lock)
    throw new ClusterError(
      `Steps import ${[...names].sort().join(', ')}, and no package-lock.json says in which version. Make it: npm install`,
    );
  const from = relative(lock.directory, directory).split(sep).join('/');
  const slice = lockSlice(lock, names, from);
  if (slice.missing.length > 0)
    throw new ClusterError(
      `Steps import ${slice.missing.join(', ')}, which package-lock.json does not have. Add it: npm install ${slice.missing.join(' ')}`,
    );
  const linked = Object.values(slice.links).map((folder) => [
    folder,
    filesDigest(join(lock.directory, folder)),
  ]);
  const key = createHash('sha256').update(JSON.stringify([FORMAT, platform, lockText(slice, true), linked]));
  return cachedLayer(`packages-${key.digest('hex').slice(0, 16)}`, () => install(slice, lock, platform));
}

async function install(slice: LockSlice, lock: LockFile, platform: string): Promise<Layer> {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-packages-'));
  try {
    const { dependencies } = slice;
    const manifest = JSON.stringify({ name: 'app', private: true, dependencies }, null, 1);
    writeFileSync(join(folder, 'package.json'), manifest);
    writeFileSync(join(folder, 'package-lock.json'), lockText(slice, false));
    // Tokens of private registries serve here, and go no further.
    const npmrc = join(lock.directory, '.npmrc');
    if (existsSync(npmrc)) copyFileSync(npmrc, join(folder, '.npmrc'));
    if (Object.keys(slice.packages).length > 0) await npmInstall(folder, platform);
    refuseUncompiled(folder, slice);
    return await layerOf([
      { path: `${PLACE}/package.json`, content: Buffer.from(manifest) },
      { path: `${PLACE}/package-lock.json`, content: Buffer.from(lockText(slice, true)) },
      ...filesIn(join(folder, 'node_modules'), `${PLACE}/node_modules`),
      ...Object.entries(slice.links).flatMap(([place, target]) => linkedFiles(place, target, lock.directory)),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function npmInstall(folder: string, platform: string): Promise<void> {
  const [os = 'linux', architecture = 'amd64'] = platform.split('/');
  const args = [
    'ci',
    '--omit=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `--os=${os}`,
    `--cpu=${CPUS[architecture]}`,
    '--libc=glibc',
  ];
  return new Promise((resolve, reject) => {
    execFile('npm', args, { cwd: folder, maxBuffer: 2 ** 24 }, (error, output, problems) => {
      if (!error) return resolve();
      const said = `${problems}${output}`.split('\n').filter((line) => /^npm (error|ERR!)/.test(line));
      const last = said.slice(0, 6).map((line) => line.replace(/^npm (error|ERR!) ?/, ''));
      reject(
        new ClusterError(
          `npm could not install the steps' packages: ${last.join(' ').trim() || error.message}`,
        ),
      );
    });
  });
}

/** Packages that are compiled when they are installed are not compiled here: the machine is another one. */
function refuseUncompiled(folder: string, { packages }: LockSlice): void {
  for (const place of Object.keys(packages)) {
    const files = packageFiles(join(folder, place));
    if (!files.some((path) => path.endsWith('binding.gyp')) || files.some((path) => path.endsWith('.node')))
      continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    throw new ClusterError(
      `The package ${name} is compiled when it is installed, which cannot be done for another machine from here. Build an image that has it under /app/node_modules, with a Dockerfile, and name it in the step's setting \`image\`.`,
    );
  }
}

function filesIn(folder: string, place: string): LayerFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): LayerFile[] => {
    const path = join(folder, entry.name);
    const target = `${place}/${entry.name}`;
    // It names where the packages came from.
    if (entry.name === '.package-lock.json') return [];
    if (entry.isSymbolicLink()) return [{ path: target, content: { link: readlinkSync(path) } }];
    if (entry.isDirectory()) return filesIn(path, target);
    const executable = (statSync(path).mode & 0o100) !== 0;
    return [{ path: target, content: readFileSync(path), executable }];
  });
}

/** A package that is edited where it lies: its files at the same place beside node_modules, and the link to it. */
function linkedFiles(place: string, target: string, root: string): LayerFile[] {
  const files = packageFiles(join(root, target)).map((path) => ({
    path: `${PLACE}/${target}/${path}`,
    content: readFileSync(join(root, target, path)),
  }));
  const link = relative(dirname(join('/', place)), join('/', target))
    .split(sep)
    .join('/');
  return [...files, { path: `${PLACE}/${place}`, content: { link } }];
}
