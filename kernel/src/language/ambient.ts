import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { readCached, writeCached } from '../files/cache-folder.js';
import { GLOBALS } from './globals.js';
import { OWN_PACKAGE } from './host.js';
import ts from './typescript.js';

/** What every cell sees without importing it. */
export interface Ambient {
  /** The standard library, @types/node and the kernel's own globals, one after another. */
  sourceFile: ts.SourceFile;
  /** Files that are modules and yet declare globals: they cannot be joined and are compiled beside it. */
  modules: string[];
  /** Of the file on disk, where it is kept. */
  name?: string;
}

interface AmbientText {
  text: string;
  modules: string[];
}

/**
 * Joins everything ambient into one text. The compiler then merges the globals of one file instead of a hundred each
 * time a cell is compiled. The text is kept on disk by the versions of the packages that it was made from.
 */
export function ambientOf(directory: string, options: ts.CompilerOptions): Ambient {
  const types = (options.types ?? []).map((name) => ({ name, ...resolveTypes(name, directory, options) }));
  const files = types.flatMap(({ file }) => file ?? []);
  // Types of the user's own (`typeRoots`) have no version, and change while the notebook is written.
  if (types.some(({ file, version }) => file !== undefined && version === undefined))
    return parsed(join(files, directory, options));
  const ingredients = JSON.stringify([ts.version, options.lib, GLOBALS, types]);
  const name = `ambient-${createHash('sha256').update(ingredients).digest('hex').slice(0, 16)}.json`;
  const ready = prepared.get(name);
  prepared.delete(name);
  if (ready && isThere(ready)) return ready;
  const known = keptText(name);
  if (known && isThere(known)) return { ...parsed(known), name };
  const text = join(files, directory, options);
  writeCached(name, JSON.stringify(text));
  return { ...parsed(text), name };
}

/** Undefined if it is not kept, or a power cut has damaged it. */
function keptText(name: string): AmbientText | undefined {
  try {
    const kept = JSON.parse(readCached(name)?.toString() ?? '') as Partial<AmbientText>;
    return typeof kept.text === 'string' && Array.isArray(kept.modules) ? (kept as AmbientText) : undefined;
  } catch {
    return undefined;
  }
}

/** By name. */
const prepared = new Map<string, Ambient>();

/** Keeps it for the one who asks next for the same; it may be bound already, and nobody else may use it any more. */
export function prepareAmbient(ambient: Ambient): void {
  if (ambient.name !== undefined) prepared.set(ambient.name, ambient);
}

function isThere({ modules }: Pick<Ambient, 'modules'>): boolean {
  return modules.every((file) => ts.sys.fileExists(file));
}

function parsed({ text, modules }: AmbientText): Ambient {
  const sourceFile = ts.createSourceFile('/ambient.d.ts', text, {
    languageVersion: ts.ScriptTarget.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  sourceFile.version = 'ambient';
  return { sourceFile, modules };
}

/** A types package as the notebook's folder has it, or else as the kernel has it. */
function resolveTypes(
  name: string,
  directory: string,
  options: ts.CompilerOptions,
): { file: string | undefined; version: string | undefined } {
  for (const folder of [directory, OWN_PACKAGE]) {
    const { resolvedTypeReferenceDirective: found } = ts.resolveTypeReferenceDirective(
      name,
      `${folder}/notebook.ts`,
      options,
      ts.sys,
    );
    if (found?.resolvedFileName) return { file: found.resolvedFileName, version: found.packageId?.version };
  }
  return { file: undefined, version: undefined };
}

function join(types: string[], directory: string, options: ts.CompilerOptions): AmbientText {
  const root = `${directory}/ambient.ts`;
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const isRoot = (file: string) => file === root;
  host.fileExists = (file) => isRoot(file) || ts.sys.fileExists(file);
  host.getSourceFile = (file, version) =>
    isRoot(file) ? ts.createSourceFile(file, 'export {};', version) : read(file, version);
  const program = ts.createProgram({ rootNames: [root, ...types], options: { ...options, types: [] }, host });
  const folders = types.map((file) => `${dirname(file)}/`);
  const texts = [GLOBALS];
  const modules: string[] = [];
  for (const file of program.getSourceFiles()) {
    if (isRoot(file.fileName)) continue;
    if (!ts.isExternalModule(file)) texts.push(file.text.replace(/^\s*\/\/\/\s*<reference[^\n]*$/gm, ''));
    else if (folders.some((folder) => file.fileName.startsWith(folder))) modules.push(file.fileName);
  }
  return { text: texts.join('\n'), modules };
}
