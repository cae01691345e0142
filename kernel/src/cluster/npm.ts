/** npm, as it installs packages for another machine. */
import { spawn } from 'node:child_process';
import { ClusterError } from './error.js';

const OPTIONS = [
  'ci',
  // Nothing of a package runs here: it would be made for this machine, and by strangers.
  '--ignore-scripts',
  '--omit=dev',
  '--include=prod',
  '--include=optional',
  '--include=peer',
  '--install-strategy=hoisted',
  '--package-lock',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-update-notifier',
  '--loglevel=error',
  '--prefer-offline',
];

/** What npm hands on to what runs below it is about another project. */
const OTHERS =
  /^npm_config_(local_prefix|prefix|global|workspaces?|include_workspace_root|omit|include|production|dry_run|package_lock_only)$/i;

/**
 * Installs what a folder's lock file says.
 * @throws ClusterError with npm's own words
 */
export async function installPackages(folder: string, signal?: AbortSignal): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OTHERS.test(name)));
  const npm = spawn('npm', OPTIONS, { cwd: folder, env, signal, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  npm.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    npm.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new ClusterError(
              'npm is not on the PATH: it installs the packages of images. Install it with Node.',
            )
          : error,
      ),
    );
    npm.on('close', resolve);
  });
  if (code !== 0)
    throw new ClusterError(`npm could not install the packages of an image:\n${complaints(words, folder)}`);
}

const LONGEST = 2_000;

/** What npm says without its prefixes, the folder, and where it wrote a log of it. */
function complaints(words: string, folder: string): string {
  const lines = words
    .replaceAll(folder, '.')
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trimEnd())
    .filter((line) => line !== '' && !/A complete log of this run|_logs\//.test(line));
  return lines.join('\n').slice(0, LONGEST);
}
