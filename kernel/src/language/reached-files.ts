/** The local files that a cell's imports load, in all that these load in turn. */
import { relative } from 'node:path';
import type { CellBinding, CellImport } from './binding.js';
import type { Host } from './host.js';
import { type FileLoad, loadsOf } from './file-loads.js';
import ts from './typescript.js';
import { withSlashes } from '../files/slashes.js';
import { valueNames } from './session/value-names.js';

export interface ReachedFile {
  /** Relative to the notebook's folder, with `/`. */
  path: string;
  sourceFile: ts.SourceFile;
  loads: readonly FileLoad[];
}

export class ReachedFiles {
  constructor(
    private readonly host: Host,
    private readonly program: ts.Program,
  ) {}

  /** @param from name of the importing file, as the compiler knows it */
  through(specifier: string, from: string): ReachedFile[] {
    const names = new Set<string>();
    const add = (name: string | undefined) => name !== undefined && names.add(name);
    add(this.fileOf(specifier, from));
    const reached: ReachedFile[] = [];
    for (const name of names) {
      const sourceFile = this.program.getSourceFile(name);
      if (!sourceFile || sourceFile.isDeclarationFile) continue;
      const loads = loadsOf(sourceFile).filter((load) => this.isEvaluated(load));
      reached.push({ path: this.pathOf(name), sourceFile, loads });
      for (const load of loads) add(this.fileOf(load.specifier.text, name));
    }
    return reached;
  }

  private fileOf(specifier: string, from: string): string | undefined {
    const found = this.host.resolved(specifier, from);
    // A package may be linked to a folder of the project: it is a package all the same.
    if (!found || found.isExternalLibraryImport) return undefined;
    return this.host.isLasting(found.resolvedFileName) ? undefined : found.resolvedFileName;
  }

  private pathOf(name: string): string {
    return withSlashes(relative(this.host.directory, name));
  }

  /** What takes types alone is not there when the code runs. */
  private isEvaluated({ names }: FileLoad): boolean {
    if (!names) return true;
    const checker = this.program.getTypeChecker();
    return names.some((name) => {
      const symbol = checker.getSymbolAtLocation(name);
      if (!symbol || !(symbol.flags & ts.SymbolFlags.Alias)) return true;
      if (!isUsed(name)) return false;
      const { flags, declarations } = checker.getAliasedSymbol(symbol);
      return !declarations?.length || (flags & ts.SymbolFlags.Value) !== 0;
    });
  }
}

/** Whether an import stays in what runs; in JavaScript each does, and what is exported again does. */
function isUsed(name: ts.Identifier): boolean {
  const sourceFile = name.getSourceFile();
  const isStripped = /\.[cm]?tsx?$/.test(sourceFile.fileName);
  return !isStripped || ts.isExportSpecifier(name.parent) || valueNames(sourceFile).has(name.text);
}

/** The modules that a cell loads when it runs, as it names them; what it takes types alone from is not loaded. */
export function loadedBy({ imports, dynamicImports, declarations }: CellBinding): ts.StringLiteralLike[] {
  const isValue = (name: ts.Identifier) => declarations.get(name.text)?.value ?? false;
  const statements = imports.filter((node) => isLoading(node, isValue)).map(moduleOf);
  const calls = dynamicImports.map((call) => call.arguments[0]);
  return [...statements, ...calls].filter((node) => node !== undefined).filter(ts.isStringLiteralLike);
}

function moduleOf(node: CellImport): ts.Expression | undefined {
  if (!ts.isImportEqualsDeclaration(node)) return node.moduleSpecifier;
  const { moduleReference: reference } = node;
  return ts.isExternalModuleReference(reference) ? reference.expression : undefined;
}

function isLoading(node: CellImport, isValue: (name: ts.Identifier) => boolean): boolean {
  if (ts.isExportDeclaration(node)) return false;
  if (ts.isImportEqualsDeclaration(node)) return !node.isTypeOnly;
  const { importClause: clause } = node;
  if (!clause) return true;
  const { namedBindings } = clause;
  const elements = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  const namespace = namedBindings && ts.isNamespaceImport(namedBindings) ? [namedBindings.name] : [];
  const names = elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name);
  return (
    clause.phaseModifier !== ts.SyntaxKind.TypeKeyword &&
    [...(clause.name ? [clause.name] : []), ...namespace, ...names].some(isValue)
  );
}
