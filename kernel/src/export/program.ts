import { build, type Message } from 'esbuild';
import type { Program } from '@tagflow/schema';

export interface BundleOptions {
  /** The notebook's folder: local files are looked up from there. */
  directory: string;
}

/** A program could not be bundled; the message names the files and lines at fault. */
export class BundleError extends Error {
  override name = 'BundleError';
}

/**
 * The JavaScript of a step's program: an ES module whose default export is `async ($x) => …`. Types are stripped and
 * local files inlined, each once and evaluated where the program first loads it; packages stay outside. An inline
 * source map leads to `cell:ID` and to the local files.
 *
 * @throws BundleError when a local file is missing or does not parse
 */
export async function bundleProgram(
  program: Pick<Program, 'source'>,
  { directory }: BundleOptions,
): Promise<string> {
  try {
    const { outputFiles } = await build({
      stdin: { contents: program.source, loader: 'tsx', resolveDir: directory, sourcefile: 'program.tsx' },
      absWorkingDir: directory,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      // What a program does is decided by the notebook, never by what a bundler thinks unused.
      treeShaking: false,
      keepNames: true,
      write: false,
      jsx: 'automatic',
      logLevel: 'silent',
      sourcemap: 'inline',
      sourcesContent: false,
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
    });
    return outputFiles[0]!.text;
  } catch (error) {
    const messages = (error as { errors?: Message[] }).errors;
    if (!messages?.length) throw error;
    throw new BundleError(messages.map(messageText).join('\n'));
  }
}

function messageText({ text, location }: Message): string {
  if (!location) return text;
  return `${location.file}, line ${location.line}: ${text}`;
}
