/** The notebook's own files that a program imports, in all that they import in turn. */
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import type { Loader, Metafile } from 'esbuild';
import { bundleError, bundleOptions } from '../../bundle/program.js';
import { subpaths } from '../../bundle/local-files.js';
import type { Subpath } from '../../linker/local-files.js';
import { withSlashes } from '../../files/slashes.js';
import { sha256 } from './sha256.js';

export interface LocalFiles {
  /** Digest of each file, by its path relative to the notebook, with `/`. */
  digests: Record<string, string>;
  /** Specifiers of the packages that the files import, Node's own among them, sorted. */
  packages: string[];
}

/**
 * The files that relative specifiers name, seen from the notebook's directory, and all that these import. Types,
 * comments and layout do not count in code; other files count by their bytes. Where the directory lies does not matter.
 *
 * @throws BundleError when a file is missing or does not parse
 */
export async function localFilesOf(specifiers: readonly string[], place: string): Promise<LocalFiles> {
  if (specifiers.length === 0) return { digests: {}, packages: [] };
  // The bundler tells paths from where links lead.
  const directory = realpathSync(place);
  const { inputs, meanings } = await graphOf(specifiers, directory);
  const paths = Object.keys(inputs)
    .filter((path) => path !== ENTRY)
    .sort();
  const digests = await Promise.all(
    paths.map(async (path) => {
      const digest = await digestOf(join(directory, path));
      // The file says `#name`; what that means, package.json says.
      const meant = meanings.get(join(directory, path));
      return meant ? sha256(JSON.stringify([digest, [...meant].sort()])) : digest;
    }),
  );
  const packages = paths.flatMap((path) =>
    inputs[path]!.imports.filter(({ external }) => external).map((imported) => imported.path),
  );
  return {
    digests: Object.fromEntries(paths.map((path, index) => [path, digests[index]!])),
    packages: [...new Set(packages)].sort(),
  };
}

const ENTRY = '<program>';

interface Graph extends Metafile {
  /** By file: what each `#name` in it means. */
  meanings: Map<string, Set<string>>;
}

/** As the bundler of programs finds them. Loaded when there are such files only. */
async function graphOf(specifiers: readonly string[], directory: string): Promise<Graph> {
  const { build } = await import('esbuild');
  const meanings = new Map<string, Set<string>>();
  const onMeant = (importer: string, name: string, { file, package: named }: Subpath): void => {
    const meant = meanings.get(importer) ?? new Set();
    meanings.set(importer, meant);
    meant.add(`${name} ${file === undefined ? named! : withSlashes(relative(directory, file))}`);
  };
  const contents = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)});`).join('\n');
  try {
    const { metafile } = await build({
      ...bundleOptions(directory),
      stdin: { contents, loader: 'js', resolveDir: directory, sourcefile: ENTRY },
      plugins: [subpaths(onMeant)],
      metafile: true,
    });
    return { ...metafile, meanings };
  } catch (error) {
    throw bundleError(error);
  }
}

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'jsx',
  '.jsx': 'jsx',
  '.mjs': 'jsx',
  '.cjs': 'jsx',
};

const known = new Map<string, string>();

/** Digest of what a file says; found once for each text. */
async function digestOf(file: string): Promise<string> {
  const bytes = await readFile(file);
  const loader = LOADERS[extname(file)];
  const content = sha256(bytes);
  if (!loader) return content;
  const key = `${loader} ${content}`;
  const digest = known.get(key) ?? sha256(await normalText(bytes.toString(), loader));
  known.set(key, digest);
  return digest;
}

/** Each file is transformed alone: nested names are numbered by what stands in their file, and by nothing else. */
async function normalText(text: string, loader: Loader): Promise<string> {
  const { transform } = await import('esbuild');
  const { target, jsx, logLevel, tsconfigRaw } = bundleOptions('');
  const options = {
    target,
    jsx,
    logLevel,
    tsconfigRaw,
    loader,
    minifyWhitespace: true,
    legalComments: 'none',
  } as const;
  return (await transform(text, options)).code;
}
