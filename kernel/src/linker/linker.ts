/**
 * How a program finds its packages and files, in the notebook and in a step's process alike: as an ES module in the
 * notebook's directory would.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { isLocal, isSubpath, resolveLocalFile, resolveSubpath } from './local-files.js';
import { LocalModules } from './local-modules.js';
import { interoperable } from './interop.js';

/** Names that always mean the library of the kernel that runs the program, whatever is installed. */
export const LIBRARY: Readonly<Record<string, string>> = {
  tagflow: new URL('../library/index.js', import.meta.url).href,
  tslab: new URL('../library/tslab.js', import.meta.url).href,
};

export interface Linker {
  /**
   * Imports a package, a `node:` module, or a local JavaScript, TypeScript or JSON file; `#name` is one of them.
   * @throws what the module throws, or an error that says what was not found
   */
  import(specifier: string): Promise<object>;
  /**
   * A package as a local file's own import statement gives it: by Node, without the names that `import` adds.
   * @throws as `import`, and SyntaxError when it lacks one of the names
   */
  importForFile(specifier: string, names: readonly string[]): Promise<object>;
  /** `import x = require("…")`: CommonJS, resolved from the notebook's directory. */
  require(specifier: string): unknown;
  /** From now on local files are evaluated anew; packages keep their one instance. */
  freshLocalModules(): void;
}

/** @param options.directory the notebook's directory: an absolute path */
export function createLinker({ directory }: { directory: string }): Linker {
  // A script with a file name in the directory and Node's own loader resolves like a module that stands there,
  // without one having to be written.
  const importFrom = new Script('(specifier) => import(specifier)', {
    filename: join(directory, 'notebook.mjs'),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext() as (specifier: string) => Promise<object>;
  const require = createRequire(join(directory, 'notebook.cjs'));
  const locals = new LocalModules(LIBRARY);
  const json = new Map<string, { modified: number; module: object }>();

  function importJson(file: string): object {
    const modified = statSync(file).mtimeMs;
    const known = json.get(file);
    if (known?.modified === modified) return known.module;
    const module = interoperable({ default: JSON.parse(readFileSync(file, 'utf8')) as unknown });
    json.set(file, { modified, module });
    return module;
  }

  async function importLocal(specifier: string): Promise<object> {
    const file = resolveLocalFile(directory, specifier);
    if (file === undefined) {
      throw new Error(
        `There is no file ${JSON.stringify(specifier)} beside the notebook (looked in ${directory}).`,
      );
    }
    if (file.endsWith('.json')) return importJson(file);
    return interoperable(await importFrom(locals.url(pathToFileURL(file).href)));
  }

  function meant(subpath: string): string {
    const target = resolveSubpath(subpath, directory);
    return target.file ?? target.package!;
  }

  async function importPackage(specifier: string): Promise<object> {
    try {
      return await importFrom(LIBRARY[specifier] ?? specifier);
    } catch (error) {
      throw isMissing(error, specifier) ? missingPackage(specifier, directory) : error;
    }
  }

  return {
    async import(given) {
      const specifier = isSubpath(given) ? meant(given) : given;
      if (isBuiltin(specifier) || LIBRARY[specifier] !== undefined) return importPackage(specifier);
      if (isLocal(specifier)) return importLocal(specifier);
      if (specifier.endsWith('.json')) return importJson(require.resolve(specifier));
      return interoperable(await importPackage(specifier));
    },
    async importForFile(specifier, names) {
      const namespace = await importPackage(specifier);
      const missing = names.find((name) => !(name in namespace));
      if (missing === undefined) return namespace;
      throw new SyntaxError(
        `The package "${specifier}" exports no name '${missing}' that a local file can import.`,
      );
    },
    require: (specifier) => require(specifier) as unknown,
    freshLocalModules() {
      locals.renew();
      json.clear();
    },
  };
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isMissing(error: unknown, specifier: string): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    code === 'ERR_MODULE_NOT_FOUND' &&
    `${message}`.includes(`package '${packageName(specifier)}' imported from`)
  );
}

function missingPackage(specifier: string, directory: string): Error {
  const name = packageName(specifier);
  return new Error(`The package "${name}" is not installed: run \`npm install ${name}\` in ${directory}.`);
}
