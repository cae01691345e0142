import type { Diagnostic, VariableId } from '@tagflow/schema';
import { bindCell, type CellBinding, type Declaration } from './binding.js';
import { cellDiagnostics, importMetaErrors, lacksModule, mappedImportErrors } from './diagnostics.js';
import {
  type CellFacts,
  type DocumentCell,
  type FactsSource,
  type ImportFact,
  type Unit,
  type Variable,
  variableId,
} from './facts.js';
import { augmentsOthers } from './augmentation.js';
import { Constants } from './constants.js';
import type { Host } from './host.js';
import { importFact } from './import-fact.js';
import type { Language } from './language.js';
import { type Linked, linkCell } from './link.js';
import { namesLocalFiles } from './local-files.js';
import { withWidenedConstants } from './parameters.js';
import { parseModule } from './parse.js';
import { ReachedFiles } from './reached-files.js';
import { DocumentScope, restrict } from './document-scope.js';
import { programSpecifier } from './subpaths.js';
import { type Surface, type SurfaceContext, surfaceOf } from './surface/surface.js';
import { isLibrarySymbol } from './types/library.js';
import { valueType } from './types/types.js';
import ts from './typescript.js';
import { type BoundCell, unitsOf } from './units/units.js';
import { addPlacedFiles } from './units/placed.js';
import { addPromises } from './units/promises.js';
import { addUses } from './units/uses.js';

interface KnownCell extends BoundCell {
  binding: CellBinding;
  linked: Linked;
  sourceFile: ts.SourceFile;
  /** Everything that the facts follow from, except for what the cell takes from others. */
  key: string;
  /** The versions of what it took when it was looked at. */
  taken?: string;
  facts?: CellFacts;
  /** What its readers saw when it was looked at. */
  surface?: Surface | undefined;
}

/**
 * The cells of a notebook in its order, compiled together. What was found is kept: when a notebook is looked at again,
 * only the cells that changed cost anything, and those below to which what they use looks different.
 */
export class NotebookDocument implements FactsSource {
  private readonly host: Host;
  private program: ts.Program | undefined;
  private scope = new DocumentScope();
  private known = new Map<string, KnownCell>();
  /** By the name of the file that the compiler sees. */
  private cellIds = new Map<string, string>();
  private versions = 0;
  /** Files that say something about everything: what they were when the cells were looked at. */
  private augmenting: readonly ts.SourceFile[] = [];
  private readonly constants = new Constants();
  /**
   * Answers for the scopes of every cell: a checker for each, as `bindCell` makes it, would be a megabyte for each. What
   * a name means inside a cell stands in its syntax tree, whoever asks.
   */
  private readonly checker = bindCell('').checker;

  constructor(private readonly language: Language) {
    this.host = language.host();
  }

  get problems(): readonly string[] {
    return this.language.problems;
  }

  /** What each cell says. Ids must be distinct. */
  analyse(cells: readonly DocumentCell[]): CellFacts[] {
    if ([...this.known.values()].some(({ facts }) => lacksModule(facts?.diagnostics ?? []))) {
      // It may have been installed since.
      this.language.cache.forget();
      this.program = undefined;
    }
    let linked = this.compile(cells);
    if (this.correctImports(linked)) linked = this.compile(cells);
    this.cellIds = new Map(linked.map((cell) => [cell.sourceFile.fileName, cell.id]));
    this.noteAugmentations(linked);
    const typed = new Set(cells.filter((cell) => cell.typed).map(({ id }) => id));
    return linked.map((cell) => this.lookAt(cell, typed.has(cell.id)));
  }

  /** What adds to globals or to modules may change the meaning of any cell. */
  private noteAugmentations(cells: readonly KnownCell[]): void {
    const augmenting = this.program!.getSourceFiles().filter(augmentsOthers);
    const isSame = (file: ts.SourceFile, i: number) => file === this.augmenting[i];
    if (augmenting.length === this.augmenting.length && augmenting.every(isSame)) return;
    this.augmenting = augmenting;
    for (const cell of cells) delete cell.facts;
  }

  private lookAt(cell: KnownCell, typed: boolean): CellFacts {
    const taken = cell.linked.imports.map((bound) => this.versionOf(bound.cell, bound.name)).join();
    if (cell.facts && cell.taken === taken) return cell.facts;
    cell.facts = this.factsOf(cell, typed);
    cell.taken = taken;
    cell.surface = surfaceOf({ ...cell, imports: cell.linked.imports }, this.surfaceContext(), cell.surface);
    return cell.facts;
  }

  private surfaceContext(): SurfaceContext {
    return {
      checker: this.program!.getTypeChecker(),
      versionOf: (cell, name) => this.versionOf(cell, name),
      cellOf: (fileName) => this.cellIds.get(fileName),
      isLasting: (fileName) => this.host.isLasting(fileName),
      next: () => ++this.versions,
    };
  }

  private versionOf(cell: string, name: string): number | undefined {
    return this.known.get(cell)?.surface?.get(name)?.version;
  }

  private compile(cells: readonly DocumentCell[]): KnownCell[] {
    const { cells: specifiers, virtual } = this.host;
    for (const { sourceFile } of this.known.values()) virtual.delete(sourceFile.fileName);
    const linked = this.link(cells);
    this.known = new Map(linked.map((cell) => [cell.id, cell]));
    specifiers.clear();
    for (const { id, sourceFile } of linked) {
      specifiers.set(specifierOf(id), sourceFile.fileName);
      virtual.set(sourceFile.fileName, sourceFile);
    }
    const names = linked.map(({ sourceFile }) => sourceFile.fileName);
    this.program = this.language.program(this.host, names, this.program);
    return linked;
  }

  private link(cells: readonly DocumentCell[]): KnownCell[] {
    const scope = (this.scope = new DocumentScope());
    const above = new Map<string, KnownCell>();
    this.constants.begin();
    return cells.map((cell) => {
      const linked = this.linkOne(cell, scope, above);
      scope.declare(cell.id, linked.binding);
      above.set(cell.id, linked);
      return linked;
    });
  }

  private linkOne(
    cell: DocumentCell,
    scope: DocumentScope,
    above: ReadonlyMap<string, KnownCell>,
  ): KnownCell {
    const { id, source } = cell;
    const before = this.known.get(id);
    const text = cell.parameters ? withWidenedConstants(source) : source;
    const binding = before?.binding.sourceFile.text === text ? before.binding : this.bind(id, text);
    const linked = linkCell(binding, scope.lookup, specifierOf);
    const constants = this.constants.of({ binding, linked }, above);
    const key = JSON.stringify([source, cell.parameters, cell.typed, linked.prefix, constants]);
    if (before?.key === key && !namesLocalFiles(binding) && !lacksModule(before.facts?.diagnostics ?? []))
      return before;
    const whole = linked.prefix + text + linked.suffix;
    const sourceFile =
      before?.sourceFile.text === whole
        ? before.sourceFile
        : parse(binding.sourceFile.fileName, whole, ++this.versions);
    return {
      id,
      source,
      binding,
      linked,
      providers: linked.values,
      sourceFile,
      key,
      surface: before?.surface,
    };
  }

  private bind(id: string, text: string): CellBinding {
    const fileName = `${this.language.directory}/cell-${encodeURIComponent(id)}.tsx`;
    return { ...bindCell(text, fileName), checker: this.checker };
  }

  /**
   * An import may mean less than its form allows: only a type, or only a value. Says whether a cell was linked to such
   * a meaning that is not there.
   */
  private correctImports(cells: readonly KnownCell[]): boolean {
    const checker = this.program!.getTypeChecker();
    let changed = false;
    for (const cell of cells) {
      if (cell.facts) continue;
      for (const declaration of cell.binding.declarations.values()) {
        if (declaration.kind !== 'import') continue;
        const local = cell.sourceFile.locals?.get(ts.escapeLeadingUnderscores(declaration.name));
        if (!local || !(local.flags & ts.SymbolFlags.Alias)) continue;
        const target = checker.getAliasedSymbol(local);
        if (target.escapedName === 'unknown') continue;
        for (const meaning of restrict(declaration, target.flags)) {
          changed ||= this.scope.wasFound(declaration, meaning);
        }
      }
    }
    return changed;
  }

  private factsOf(cell: KnownCell, typed: boolean): CellFacts {
    const isBuiltIn = (method: ts.Node) => this.isBuiltIn(cell, method);
    const units = unitsOf(cell, (variable) => this.declarationOf(variable)?.kind, isBuiltIn);
    for (const { import: origin } of units)
      if (origin) origin.specifier = this.meaningOf(origin.specifier, origin.require);
    addUses(cell, units, {
      importOf: (variable) => this.importOf(variable),
      meaningOf: (specifier) => this.meaningOf(specifier),
      isBuiltIn,
    });
    this.addFiles(cell, units);
    if (typed) addPromises(units, cell.sourceFile, cell.linked.prefix.length, this.program!.getTypeChecker());
    const variables = this.variablesOf(cell, typed);
    return { id: cell.id, source: cell.source, units, variables, diagnostics: this.diagnosticsOf(cell) };
  }

  private diagnosticsOf({ id, binding, linked, sourceFile }: KnownCell): Diagnostic[] {
    const { parseDiagnostics } = binding.sourceFile;
    if (parseDiagnostics.length) return cellDiagnostics(id, binding, parseDiagnostics, 0);
    const program = this.program!;
    const found = program.getSemanticDiagnostics(sourceFile);
    return [
      ...cellDiagnostics(id, binding, found, linked.prefix.length),
      ...importMetaErrors(id, binding),
      ...mappedImportErrors(id, binding, { host: this.host, program, from: sourceFile.fileName }),
    ];
  }

  private variablesOf(cell: KnownCell, typed: boolean): Variable[] {
    const variables: Variable[] = [];
    for (const { name, kind, value, ambient } of cell.binding.declarations.values()) {
      if (!value || ambient) continue;
      const variable: Variable = { id: variableId(cell.id, name), name, cell: cell.id, kind };
      if (typed && /^(const|let|var)$/.test(kind)) {
        const type = this.typeOf(cell, name);
        if (type) variable.type = valueType(this.program!.getTypeChecker(), type, name, this.ownClass);
      }
      variables.push(variable);
    }
    return variables;
  }

  private typeOf(cell: KnownCell, name: string): ts.Type | undefined {
    const escaped = ts.escapeLeadingUnderscores(name);
    const symbol = cell.sourceFile.locals?.get(escaped) ?? cell.sourceFile.symbol?.exports?.get(escaped);
    return symbol && this.program!.getTypeChecker().getTypeOfSymbol(symbol.exportSymbol ?? symbol);
  }

  /** The variable of a class that a cell declares; absent for any other class. */
  private readonly ownClass = (symbol: ts.Symbol): VariableId | undefined => {
    const fileName = symbol.declarations?.[0]?.getSourceFile().fileName;
    const cell = fileName === undefined ? undefined : this.cellIds.get(fileName);
    return cell === undefined ? undefined : variableId(cell, symbol.name);
  };

  private addFiles({ binding, sourceFile }: KnownCell, units: readonly Unit[]): void {
    if (!namesLocalFiles(binding)) return;
    addPlacedFiles(units, binding, new ReachedFiles(this.host, this.program!), sourceFile.fileName);
  }

  private importOf(variable: VariableId): ImportFact | undefined {
    const fact = importFact(this.declarationOf(variable));
    return fact && { ...fact, specifier: this.meaningOf(fact.specifier) };
  }

  /** What a program imports for a specifier. */
  private meaningOf(specifier: string, require = false): string {
    return programSpecifier(specifier, this.host.directory, (path) => this.host.readFile(path), require);
  }

  private declarationOf(variable: VariableId): Declaration | undefined {
    const separator = variable.lastIndexOf('#');
    const cell = this.known.get(variable.slice(0, separator));
    return cell?.binding.declarations.get(variable.slice(separator + 1));
  }

  /** A method of the standard library or of Node; or one of which nothing is known. */
  private isBuiltIn(cell: KnownCell, method: ts.Node): boolean {
    const { prefix } = cell.linked;
    const node = nodeAt(cell.sourceFile, method.getStart() + prefix.length, method.end + prefix.length);
    const symbol = node && this.program!.getTypeChecker().getSymbolAtLocation(node);
    return !symbol?.declarations?.length || isLibrarySymbol(symbol);
  }
}

function specifierOf(id: string): string {
  return `./cell-${encodeURIComponent(id)}`;
}

function parse(fileName: string, text: string, version: number): ts.SourceFile {
  const sourceFile = parseModule(fileName, text, false);
  sourceFile.version = String(version);
  return sourceFile;
}

function nodeAt(sourceFile: ts.SourceFile, start: number, end: number): ts.Node | undefined {
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (node.pos > start || node.end < end) return undefined;
    if (node.end === end && node.getStart(sourceFile) === start && ts.isIdentifier(node)) return node;
    return ts.forEachChild(node, visit);
  };
  return ts.forEachChild(sourceFile, visit);
}
