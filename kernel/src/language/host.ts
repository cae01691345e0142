import { existsSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takePrepared } from './prepared-files.js';
import { isLocal } from './slice/modules.js';
import { isSubpath, programSpecifier } from './subpaths.js';
import ts from './typescript.js';

/** The kernel's own package: its library's types, and @types/node when the notebook's folder has none. */
export const OWN_PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of the compiler's own declaration files. */
const LIBRARIES = dirname(ts.getDefaultLibFilePath({}));

const LIBRARY: Readonly<Record<string, string>> = {
  tagflow: fileURLToPath(new URL('../library/index.d.ts', import.meta.url)),
  tslab: fileURLToPath(new URL('../library/tslab.d.ts', import.meta.url)),
};

/** What a process knows about files and packages, whichever session asked. */
export class FileCache {
  readonly sources = new Map<string, { version: string; sourceFile: ts.SourceFile }>();
  readonly existing = new Set<string>();
  readonly missing = new Set<string>();
  readonly directories = new Map<string, boolean>();
  readonly realPaths = new Map<string, string>();
  readonly modules = new Map<string, ts.ResolvedModuleWithFailedLookupLocations>();
  resolution: ts.ModuleResolutionCache;

  constructor(
    private readonly directory: string,
    private readonly options: ts.CompilerOptions,
  ) {
    this.resolution = this.newResolutionCache();
  }

  /** Packages may have come or gone: look again. */
  forget(): void {
    this.missing.clear();
    this.directories.clear();
    this.realPaths.clear();
    this.modules.clear();
    this.resolution = this.newResolutionCache();
  }

  private newResolutionCache(): ts.ModuleResolutionCache {
    return ts.createModuleResolutionCache(this.directory, (name) => name, this.options);
  }
}

/**
 * Reads files and looks up modules for the compiler, for one session. What lies in node_modules does not change while a
 * kernel runs and is remembered, until `FileCache.forget`; other files are looked at again every time.
 */
export class Host implements ts.CompilerHost {
  /** Files that exist only here, such as cells, by file name. */
  readonly virtual = new Map<string, ts.SourceFile>();
  /** What the specifier of a cell (`./cell-3`) means. */
  readonly cells = new Map<string, string>();

  /** Files whose imports are resolved anew for each program. */
  private readonly withSubpaths = new Set<string>();

  constructor(
    readonly directory: string,
    private readonly options: ts.CompilerOptions,
    private readonly cache: FileCache,
  ) {}

  getSourceFile(
    fileName: string,
    languageVersion: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile | undefined {
    const virtual = this.virtual.get(fileName);
    if (virtual) return virtual;
    const version = this.versionOf(fileName);
    const known = this.cache.sources.get(fileName);
    if (known?.version === version) return known.sourceFile;
    const text = ts.sys.readFile(fileName);
    if (text === undefined) return undefined;
    const options = typeof languageVersion === 'object' ? languageVersion : { languageVersion };
    // Documentation is parsed when somebody asks for it (documentation.ts).
    const jsDocParsingMode = ts.JSDocParsingMode.ParseNone;
    const sourceFile =
      takePrepared(fileName, text, options) ??
      ts.createSourceFile(fileName, text, { ...options, jsDocParsingMode });
    sourceFile.version = version;
    this.cache.sources.set(fileName, { version, sourceFile });
    return sourceFile;
  }

  resolveModuleNameLiterals(
    literals: readonly ts.StringLiteralLike[],
    containingFile: string,
    redirect: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
  ): readonly ts.ResolvedModuleWithFailedLookupLocations[] {
    return literals.map(({ text }) => this.resolveModule(text, containingFile, redirect, options));
  }

  private resolveModule(
    name: string,
    containingFile: string,
    redirect: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
  ): ts.ResolvedModuleWithFailedLookupLocations {
    const library = LIBRARY[this.meant(name, containingFile)];
    if (library) return resolvedTo(existsSync(library) ? library : undefined, ts.Extension.Dts, true);
    const cell = this.virtual.has(containingFile) ? this.cells.get(name) : undefined;
    if (cell) return resolvedTo(cell, extensionOf(cell), false);
    // Local files come and go while a notebook is edited, and so does what `imports` say of them.
    const lasting = !/^[.#]/.test(name) || this.isLasting(containingFile);
    if (!lasting && isSubpath(name)) this.withSubpaths.add(containingFile);
    const cache = lasting ? this.cache.resolution : undefined;
    const key = `${dirname(containingFile)}|${name}`;
    const known = lasting ? this.cache.modules.get(key) : undefined;
    if (known) return known;
    const result = ts.resolveModuleName(name, containingFile, options, this, cache, redirect);
    if (lasting) this.cache.modules.set(key, result);
    return result;
  }

  /** The compiler takes it off its host. */
  readonly hasInvalidatedResolutions = (path: ts.Path): boolean => this.withSubpaths.has(path);

  /** What a specifier means in a file. */
  resolved(name: string, containingFile: string): ts.ResolvedModuleFull | undefined {
    return this.resolveModule(name, containingFile, undefined, this.options).resolvedModule;
  }

  /** Whether tsconfig.json gives modules names of its own. */
  get maps(): boolean {
    return this.options.paths !== undefined || this.options.baseUrl !== undefined;
  }

  /** Whether `paths` or `baseUrl` of tsconfig.json alone lead to a module, so that no code that runs would find it. */
  isMapped(name: string, containingFile: string): boolean {
    if (!this.maps || isLocal(name) || isBuiltin(name)) return false;
    const { paths: _, baseUrl: __, ...options } = this.options;
    const mapped = this.resolved(name, containingFile);
    if (!mapped || mapped.isExternalLibraryImport) return false;
    return !ts.resolveModuleName(name, containingFile, options, this).resolvedModule;
  }

  private meant(name: string, containingFile: string): string {
    if (!isSubpath(name) || this.isLasting(containingFile)) return name;
    return programSpecifier(name, dirname(containingFile), (path) => this.readFile(path));
  }

  /** `/// <reference types="…" />`: what is ambient is in one file already (ambient.ts). */
  resolveTypeReferenceDirectiveReferences<T extends string | ts.FileReference>(
    references: readonly T[],
    containingFile: string,
    redirect: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
  ): readonly ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations[] {
    return references.map((reference) => {
      const name = typeof reference === 'string' ? reference : reference.fileName;
      if (this.options.types?.includes(name))
        return { resolvedTypeReferenceDirective: undefined, failedLookupLocations: [] };
      return ts.resolveTypeReferenceDirective(name, containingFile, options, this, redirect);
    });
  }

  fileExists(fileName: string): boolean {
    const { existing, missing } = this.cache;
    if (this.virtual.has(fileName) || existing.has(fileName)) return true;
    if (!this.isLasting(fileName)) return ts.sys.fileExists(fileName);
    if (missing.has(fileName)) return false;
    const exists = ts.sys.fileExists(fileName);
    (exists ? existing : missing).add(fileName);
    return exists;
  }

  directoryExists(folder: string): boolean {
    let exists = this.cache.directories.get(folder);
    if (exists === undefined) this.cache.directories.set(folder, (exists = ts.sys.directoryExists(folder)));
    return exists;
  }

  realpath(path: string): string {
    if (!isInPackages(path)) return path;
    let real = this.cache.realPaths.get(path);
    if (real === undefined) this.cache.realPaths.set(path, (real = ts.sys.realpath?.(path) ?? path));
    return real;
  }

  readFile(fileName: string): string | undefined {
    return this.virtual.get(fileName)?.text ?? ts.sys.readFile(fileName);
  }

  getDirectories(folder: string): string[] {
    return ts.sys.getDirectories(folder);
  }

  getCurrentDirectory(): string {
    return this.directory;
  }

  getDefaultLibFileName(): string {
    return ts.getDefaultLibFilePath(this.options);
  }

  getDefaultLibLocation(): string {
    return LIBRARIES;
  }

  getModuleResolutionCache(): ts.ModuleResolutionCache {
    return this.cache.resolution;
  }

  getCanonicalFileName(fileName: string): string {
    return fileName;
  }

  useCaseSensitiveFileNames(): boolean {
    return true;
  }

  getNewLine(): string {
    return '\n';
  }

  writeFile(): void {
    throw new Error('The kernel only asks the compiler questions; it never has it write files.');
  }

  /** Whether a file stays as it is while the kernel runs. */
  isLasting(fileName: string): boolean {
    return isInPackages(fileName) || fileName.startsWith(OWN_PACKAGE) || fileName.startsWith(LIBRARIES);
  }

  private versionOf(fileName: string): string {
    if (this.isLasting(fileName)) return 'lasting';
    const stat = statSync(fileName, { throwIfNoEntry: false });
    return stat ? `${stat.mtimeMs} ${stat.size}` : 'missing';
  }
}

function isInPackages(fileName: string): boolean {
  return fileName.includes('/node_modules/') || (sep !== '/' && fileName.includes('\\node_modules\\'));
}

function extensionOf(cell: string): ts.Extension {
  if (cell.endsWith('.d.ts')) return ts.Extension.Dts;
  return cell.endsWith('.tsx') ? ts.Extension.Tsx : ts.Extension.Ts;
}

function resolvedTo(
  resolvedFileName: string | undefined,
  extension: string,
  isExternalLibraryImport: boolean,
): ts.ResolvedModuleWithFailedLookupLocations {
  const resolvedModule = resolvedFileName && { resolvedFileName, extension, isExternalLibraryImport };
  return {
    resolvedModule: resolvedModule || undefined,
    failedLookupLocations: [],
  } as ts.ResolvedModuleWithFailedLookupLocations;
}
