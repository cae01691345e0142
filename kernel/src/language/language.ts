import { resolve } from 'node:path';
import { type Ambient, ambientOf, prepareAmbient } from './ambient.js';
import { FileCache, Host } from './host.js';
import { optionsFor } from './options.js';
import { prepareFiles } from './prepared-files.js';
import { Session } from './session/session.js';
import ts from './typescript.js';

/** What the sessions of one folder share: the compiler's options, what is ambient, and every file read so far. */
export class Language {
  readonly directory: string;
  /** What is wrong with the tsconfig.json beside the notebook. */
  readonly problems: readonly string[];
  readonly options: ts.CompilerOptions;
  /** Files that take part in every program. */
  readonly roots: readonly string[];
  readonly cache: FileCache;
  private readonly ambient: Ambient;

  /** @param directory the notebook's folder: packages, local files and tsconfig.json are looked up from there */
  constructor(directory: string) {
    this.directory = resolve(directory);
    const { compilerOptions, problems } = optionsFor(this.directory);
    this.problems = problems;
    this.ambient = ambientOf(this.directory, compilerOptions);
    const { lib: _, ...options } = compilerOptions;
    this.options = { ...options, noLib: true };
    const { sourceFile, modules } = this.ambient;
    sourceFile.fileName = `${this.directory}/node_modules/.tagflow/ambient.d.ts`;
    this.roots = [sourceFile.fileName, ...modules];
    this.cache = new FileCache(this.directory, this.options);
  }

  /** A notebook without cells. */
  session(): Session {
    return new Session(this);
  }

  host(): Host {
    const host = new Host(this.directory, this.options, this.cache);
    const { sourceFile } = this.ambient;
    host.virtual.set(sourceFile.fileName, sourceFile);
    return host;
  }

  /** Leaves what is parsed and bound to the next of the same kind; this one must not be used any more. */
  leave(): void {
    prepareAmbient(this.ambient);
    prepareFiles([...this.cache.sources.values()].map(({ sourceFile }) => sourceFile));
  }

  /** @param former the program before: what did not change is taken over */
  program(host: Host, fileNames: readonly string[], former?: ts.Program): ts.Program {
    const rootNames = [...this.roots, ...fileNames];
    // What is ambient is among the roots.
    const options = { ...this.options, types: [] };
    return ts.createProgram({ rootNames, options, host, oldProgram: former });
  }
}
