/** Where a Jupyter environment looks for kernels and extensions. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Which environment is meant; without a choice, that of the `jupyter` on PATH. */
export interface Environment {
  /** A folder with `share/jupyter`, such as that of a virtual environment. */
  prefix?: string;
  /** The user's own folder, which every Jupyter of this user reads. */
  user?: boolean;
  /** The environment of the `jupyter` on PATH, or of `python`. */
  sysPrefix?: boolean;
  /** A Python executable: its environment is meant. */
  python?: string;
}

/** The environment cannot be found or written; the message is for the user. */
export class InstallError extends Error {
  override name = 'InstallError';
}

/** @throws InstallError */
export function jupyterFolder({ prefix, user, sysPrefix, python }: Environment): string {
  const chosen = [prefix !== undefined, user, sysPrefix || python !== undefined].filter(Boolean).length;
  if (chosen > 1) throw new InstallError('Choose one of --prefix, --user and --sys-prefix.');
  if (prefix !== undefined) return join(prefix, 'share', 'jupyter');
  if (user) return userFolder();
  return join(prefixOf(python ?? pythonOfJupyter()), 'share', 'jupyter');
}

function userFolder(): string {
  const { JUPYTER_DATA_DIR, APPDATA, XDG_DATA_HOME } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(APPDATA ?? homedir(), 'jupyter');
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter');
}

function prefixOf(python: string): string {
  try {
    const prefix = execFileSync(python, ['-c', 'import sys; print(sys.prefix)'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return prefix.trim();
  } catch {
    throw new InstallError(`${python} is no Python that can be started: give another with --python.`);
  }
}

/** The Python that the `jupyter` command begins with (`#!…/python`). */
function pythonOfJupyter(): string {
  const jupyter = findOnPath('jupyter');
  if (jupyter === undefined) {
    throw new InstallError(
      'There is no `jupyter` on PATH: activate its environment, or say where with --prefix FOLDER, --python PYTHON or --user.',
    );
  }
  const [firstLine = ''] = readFileSync(jupyter, 'latin1').split('\n', 1);
  const python = /^#!\s*(\S*python[\w.]*)\s*$/.exec(firstLine)?.[1];
  return (
    python ?? join(realpathSync(jupyter), '..', process.platform === 'win32' ? '../python.exe' : 'python')
  );
}

function findOnPath(name: string): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const files = folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  return files.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
