/** The program of a step as JavaScript. */
import type { BuildOptions, Message } from 'esbuild';
import type { Program } from '@tagflow/schema';
import { ENTRY, ENTRY_NAME, isFile, localFiles } from './local-files.js';

export interface BundleOptions {
  /** The notebook's folder: local files are looked up from there. */
  directory: string;
}

export interface Bundle {
  code: string;
  /** Whether files are in it. */
  hasFiles: boolean;
}

/** A program could not be bundled; the message names the files and lines at fault. */
export class BundleError extends Error {
  override name = 'BundleError';
}

/** Starts the bundler's process, so that the first program need not wait for it. */
export function startBundler(): void {
  import('esbuild').then(({ transform }) => transform('')).catch(() => undefined); // the first program tells of it
}

/**
 * The JavaScript of a step's program: an ES module whose default export is `async ($x) => …`. Types are stripped and
 * local files inlined, each once and evaluated where the program first loads it; packages stay outside, and those that
 * local files import are imported then, too. An inline source map leads to `cell:ID` and to the local files.
 *
 * @throws BundleError when a local file is missing or does not parse
 */
export async function bundleProgram(
  program: Pick<Program, 'source'>,
  { directory }: BundleOptions,
): Promise<Bundle> {
  const { build } = await import('esbuild');
  try {
    const { outputFiles, metafile } = await build({
      ...bundleOptions(directory),
      stdin: { contents: ENTRY, resolveDir: directory, sourcefile: ENTRY_NAME },
      plugins: [localFiles(program.source, directory)],
      keepNames: true,
      sourcemap: 'inline',
      sourcesContent: false,
      metafile: true,
    });
    return { code: outputFiles[0]!.text, hasFiles: Object.keys(metafile.inputs).some(isFile) };
  } catch (error) {
    throw bundleError(error);
  }
}

/** How a program and the local files that it imports become JavaScript. */
export function bundleOptions(directory: string) {
  return {
    absWorkingDir: directory,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // What a program does is decided by the notebook, never by what a bundler thinks unused.
    treeShaking: false,
    write: false,
    jsx: 'automatic',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
  } as const satisfies BuildOptions;
}

/** What esbuild throws, as a BundleError where it is about the code. */
export function bundleError(error: unknown): unknown {
  const messages = (error as { errors?: Message[] }).errors;
  return messages?.length ? new BundleError(messages.map(messageText).join('\n')) : error;
}

function messageText({ text, location }: Message): string {
  if (!location) return text;
  return `${location.file}, line ${location.line}: ${text}`;
}
