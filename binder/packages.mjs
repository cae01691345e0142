// The npm packages and the build: current when this returns, and quick when they already were.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeProblem } from './node.mjs';
import { command, SetupError, step } from './progress.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

export function requireNode() {
  const problem = nodeProblem(process.versions.node);
  if (problem) throw new SetupError(problem);
}

/** Installs just what package-lock.json says, unless it is there by npm's own record and for the eye. */
export async function installPackages() {
  if (packagesAreCurrent()) return;
  await step('Installing npm packages', () => npm('ci', '--no-audit', '--no-fund', '--ignore-scripts'));
}

/** Compiles and bundles; the compiler sees for itself what changed. */
export async function build() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await step('Building', async () => {
    await command(process.execPath, [compiler, '-b'], { cwd: root });
    if (!extensionIsCurrent()) {
      await npm('run', 'build', '-w', '@tagflow/labextension');
      mkdirSync(dirname(extensionStamp), { recursive: true });
      writeFileSync(extensionStamp, extensionSources());
    }
  });
}

function npm(...args) {
  const self = process.env.npm_execpath;
  if (self?.endsWith('.js')) return command(process.execPath, [self, ...args], { cwd: root });
  return command('npm', args, { cwd: root, shell: process.platform === 'win32' });
}

function packagesAreCurrent() {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined || !existsSync(join(root, 'node_modules', '.bin', 'tagflow'))) return false;
  return Object.entries(packagesOf(join(root, 'package-lock.json')) ?? {}).every(
    ([path, wanted]) =>
      !path.includes('node_modules/') ||
      wanted.link ||
      wanted.optional ||
      (installed[path]?.version === wanted.version && existsSync(join(root, path, 'package.json'))),
  );
}

function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : undefined;
}

const extension = join(root, 'labextension');
const extensionStamp = join(root, 'node_modules', '.cache', 'tagflow', 'labextension');

function extensionIsCurrent() {
  if (!existsSync(join(extension, 'labextension', 'package.json')) || !existsSync(extensionStamp))
    return false;
  return readFileSync(extensionStamp, 'utf8') === extensionSources();
}

/** The digest of everything that the extension's bundle is made from. */
function extensionSources() {
  const places = ['package.json', 'lib', 'style', 'schema', '../schema/lib', '../package-lock.json'];
  return digestFiles(places.map((place) => join(extension, place)));
}

/** The digest of some files and folders: of their names and bytes. */
export function digestFiles(places) {
  const hash = createHash('sha256');
  const add = (place) => {
    if (!existsSync(place)) return;
    let names;
    try {
      names = readdirSync(place).sort();
    } catch {
      hash.update(`${place}\0`).update(readFileSync(place)).update('\0');
      return;
    }
    for (const name of names) add(join(place, name));
  };
  places.forEach(add);
  return hash.digest('hex');
}
