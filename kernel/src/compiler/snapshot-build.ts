/** Makes a snapshot: `node snapshot-build.js PATH TYPES`. Started by `makeSnapshot`; nobody waits for it. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { removeOldSnapshots } from './snapshot.js';

const ENTRY = fileURLToPath(new URL('./snapshot-entry.js', import.meta.url));
const COMPILER = createRequire(import.meta.url).resolve('typescript');
/** Longer than it takes, in milliseconds: another that was begun before has failed. */
const LONGEST = 600_000;

/** A script in a snapshot is one file, and has no module loader, no name and no address. */
const modules: Plugin = {
  name: 'modules',
  setup(build) {
    build.onLoad({ filter: /[\\/]language[\\/]typescript\.js$/ }, () => ({
      contents: `import ts from ${JSON.stringify(COMPILER)}; export default ts;`,
    }));
    build.onLoad({ filter: /[\\/]lib[\\/].*\.js$/ }, ({ path }) => {
      if (path === COMPILER) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url) };
    });
  },
};

/** The compiler asks for its own place; what it can do without must not be in a snapshot. */
const PRELUDE = `
__filename = ${JSON.stringify(COMPILER)};
__dirname = ${JSON.stringify(dirname(COMPILER))};
const requireBuiltin = require;
require = (name) => {
  if (name === 'perf_hooks' || name === 'source-map-support') throw new Error(name + ' is not in a snapshot.');
  return requireBuiltin(name);
};
`;

async function make(path: string, types: string): Promise<void> {
  const folder = mkdtempSync(`${path}-`);
  try {
    const script = join(folder, 'compiler.cjs');
    await build({
      entryPoints: [ENTRY],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      // A snapshot has the text in it, and each start reads it: a quarter less, and stacks still name functions.
      minifyWhitespace: true,
      banner: { js: PRELUDE },
      external: ['source-map-support'],
      plugins: [modules],
      logLevel: 'silent',
    });
    const blob = join(folder, 'compiler.blob');
    const { status, signal, error } = spawnSync(
      process.execPath,
      ['--snapshot-blob', blob, '--build-snapshot', script],
      {
        env: { ...process.env, TAGFLOW_WARM_UP: types },
        stdio: 'ignore',
        timeout: LONGEST,
      },
    );
    // It took too long, could not be started, or was ended from outside: another time.
    if (error || signal) return;
    // An empty one says that none can be made here.
    if (status !== 0) writeFileSync(blob, '');
    flush(blob);
    renameSync(blob, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One that a power cut left empty would say that none can be made. */
function flush(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

/** Whether nobody else is at it. */
function begin(mark: string): boolean {
  try {
    mkdirSync(mark);
    return true;
  } catch {
    const since = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - since > LONGEST) rmSync(mark, { recursive: true, force: true });
    return false;
  }
}

const [path, types] = process.argv.slice(2) as [string, string];
setPriority(10);
mkdirSync(dirname(path), { recursive: true });
const mark = `${path}.making`;
if (begin(mark)) {
  try {
    await make(path, types);
    removeOldSnapshots();
  } finally {
    rmSync(mark, { recursive: true, force: true });
  }
}
