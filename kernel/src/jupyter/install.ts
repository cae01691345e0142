/** Puts the kernel and the extension into a Jupyter environment, and takes them out. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InstallError, jupyterFolder, type Environment } from './jupyter-folder.js';
import { KERNEL_NAME, kernelspec, LOGO } from './kernelspec.js';

export { InstallError, type Environment } from './jupyter-folder.js';

const EXTENSION = '@tagflow/labextension';

/** What was put where; `extension` is absent when no built extension was found. */
export interface Installed {
  kernel: string;
  extension?: string;
}

/**
 * Installs the kernelspec `tagflow` and, where it is built, the JupyterLab extension.
 * @throws InstallError with a sentence for the user
 */
export function install(environment: Environment = {}): Installed {
  const { kernel, extension } = places(environment);
  const built = builtExtension();
  writing(kernel, () => {
    mkdirSync(kernel, { recursive: true });
    writeFileSync(join(kernel, 'kernel.json'), `${JSON.stringify(kernelspec(), null, 2)}\n`);
    writeFileSync(join(kernel, 'logo-svg.svg'), LOGO);
  });
  if (built === undefined) return { kernel };
  writing(extension, () => {
    rmSync(extension, { recursive: true, force: true });
    cpSync(built, extension, { recursive: true });
  });
  return { kernel, extension };
}

/**
 * Removes what `install` put there.
 * @returns the folders that were removed: none when nothing was installed
 * @throws InstallError with a sentence for the user
 */
export function uninstall(environment: Environment = {}): string[] {
  const { kernel, extension } = places(environment);
  const removed = [kernel, extension].filter((folder) => {
    if (!existsSync(folder)) return false;
    writing(folder, () => rmSync(folder, { recursive: true }));
    return true;
  });
  const scope = dirname(extension);
  if (existsSync(scope) && readdirSync(scope).length === 0) rmdirSync(scope);
  return removed;
}

function places(environment: Environment): Required<Installed> {
  const folder = jupyterFolder(environment);
  return {
    kernel: join(folder, 'kernels', KERNEL_NAME),
    extension: join(folder, 'labextensions', EXTENSION),
  };
}

/** The extension's build: beside the kernel's folder in the repository, or in its own package. */
function builtExtension(): string | undefined {
  const beside = fileURLToPath(new URL('../../../labextension/labextension', import.meta.url));
  const folders = [beside, packagedExtension()];
  return folders.find((folder) => folder !== undefined && existsSync(join(folder, 'package.json')));
}

function packagedExtension(): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve(`${EXTENSION}/package.json`);
    return join(dirname(file), 'labextension');
  } catch {
    return undefined;
  }
}

function writing(folder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InstallError(
      `${folder} cannot be written (${code}): choose another place with --prefix FOLDER, --python PYTHON or --user.`,
    );
  }
}
