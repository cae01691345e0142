/** Local files inside a step's program: the bundler is told to read and link them as the notebook's process does. */
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import type { OnLoadResult, Plugin, PluginBuild } from 'esbuild';
import { packageMeant, resolveLocalFile, resolveSubpath, type Subpath } from '../linker/local-files.js';

const PROGRAM = 'tagflow-program';
const RUNTIME = 'tagflow-runtime';
const PACKAGE = 'tagflow-package:';

/** Perhaps an import of a package; only then is the parser loaded. */
const MAY_IMPORT = /\b(from|import)\b\s*\(?\s*['"`][^./'"`]/;

const modules = {
  packageOf(specifier: string, file: string): string | undefined {
    const name = packageMeant(specifier, dirname(file));
    return name === undefined || isBuiltin(name) ? undefined : name;
  },
  moduleOf: (specifier: string, names: readonly string[]) => PACKAGE + JSON.stringify([specifier, names]),
  runtime: RUNTIME,
};

/** What a program's local files know of `$x`: the packages that they import are imported by it, in their turn. */
const RUNTIME_SOURCE =
  'let runtime; export const start = (given) => { runtime = given; }; ' +
  'export const load = (specifier, names = []) => runtime.package(specifier, names);';

/** The entry of the bundle: hands `$x` to the local files and starts the program. */
export const ENTRY =
  `import { start } from "${RUNTIME}"; import program from "${PROGRAM}"; ` +
  'export default (runtime) => { start(runtime); return program(runtime); };';

export const ENTRY_NAME = 'entry.js';

/** Whether something that went into a bundle, as the bundler names it, is a file. */
export function isFile(input: string): boolean {
  return input !== ENTRY_NAME && !/^tagflow(-program)?:/.test(input);
}

/** @param source of the program */
export function localFiles(source: string, directory: string): Plugin {
  return {
    name: 'local files',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(${PROGRAM}|${RUNTIME}|${PACKAGE}.*)$`) }, ({ path }) => ({
        path: path === PROGRAM ? 'program.tsx' : path,
        namespace: path === PROGRAM ? PROGRAM : 'tagflow',
      }));
      build.onResolve({ filter: /^file:/ }, ({ path, resolveDir }) => {
        const file = resolveLocalFile(resolveDir, path);
        return file === undefined ? { errors: [{ text: `Could not resolve "${path}"` }] } : { path: file };
      });
      resolveSubpaths(build);
      build.onLoad({ filter: /.*/, namespace: PROGRAM }, () => ({
        contents: source,
        loader: 'tsx',
        resolveDir: directory,
      }));
      build.onLoad({ filter: /.*/, namespace: 'tagflow' }, ({ path }) => ({
        contents: path === RUNTIME ? RUNTIME_SOURCE : packageSource(path.slice(PACKAGE.length)),
        resolveDir: directory,
      }));
      build.onLoad({ filter: /\.([cm]?tsx?|m?jsx?)$/, namespace: 'file' }, ({ path }) => load(path));
    },
  };
}

/** `#name`: the bundler would ask for files by their exact names, and by conditions of its own. */
export const subpaths = (onMeant: OnMeant): Plugin => ({
  name: 'subpath imports',
  setup: (build) => resolveSubpaths(build, onMeant),
});

/** Hears which file or package a name means in a file. */
type OnMeant = (importer: string, name: string, meant: Subpath) => void;

function resolveSubpaths(build: PluginBuild, onMeant?: OnMeant): void {
  build.onResolve({ filter: /^#/ }, ({ path, resolveDir, kind, importer }) => {
    try {
      const target = resolveSubpath(path, resolveDir, kind.startsWith('require'));
      onMeant?.(importer, path, target);
      return target.file === undefined ? { path: target.package!, external: true } : { path: target.file };
    } catch (error) {
      return { errors: [{ text: (error as Error).message }] };
    }
  });
}

/** @param asked `JSON.stringify([specifier, names])` */
function packageSource(asked: string): string {
  return `import { load } from "${RUNTIME}"; export const m = await load(...${asked});`;
}

async function load(path: string): Promise<OnLoadResult> {
  try {
    const text = await readFile(path, 'utf8');
    const code = /\.m?js$/.test(path)
      ? text
      : (await import('../linker/strip-types.js')).stripTypes(path, text);
    if (!MAY_IMPORT.test(code)) return { contents: code, loader: 'js' };
    const { withLatePackages } = await import('../language/package-imports.js');
    return { contents: withLatePackages(path, code, modules), loader: 'js' };
  } catch (error) {
    return { errors: [{ text: (error as Error).message }] };
  }
}
