import { bindCell, type CellBinding, type Declaration } from '../binding.js';
import { isComplete } from './completeness.js';
import { complete } from './completion.js';
import {
  type CellDiagnostic,
  cellDiagnostics,
  importMetaErrors,
  lacksModule,
  mappedImportErrors,
} from '../diagnostics.js';
import { emitCell } from '../emit/emit.js';
import type { Host } from '../host.js';
import type { Language } from '../language.js';
import { type BoundImport, linkCell, type Linked } from '../link.js';
import { inspect } from './inspection.js';
import type { Completeness, Completion, Inspection, Script } from '../messages.js';
import { type CellModule, Modules } from '../modules.js';
import { evaluatesLocalFiles, isOfLocalFile, namesLocalFiles } from '../local-files.js';
import { withWidenedConstants } from '../parameters.js';
import { Scope } from './scope.js';
import ts from '../typescript.js';

export type { CellDiagnostic } from '../diagnostics.js';
export type { BoundImport } from '../link.js';

/** Stands for the id of a cell that has not got one. */
const NEW_CELL = ' new';

/** A cell as the compiler understands it, bound to the cells that had run when it was compiled. */
export interface CompiledCell {
  id: string;
  source: string;
  binding: CellBinding;
  diagnostics: CellDiagnostic[];
  /** Whether there are no errors. */
  ok: boolean;
  imports: BoundImport[];
  /** Length of what the compiler sees before the cell's text. */
  prefixLength: number;
  /** What runs in the kernel; made when first asked for. */
  readonly script: Script;
  /** Names that have a value when the cell has run. */
  names: string[];
  /** The module that the compiler sees. */
  module: CellModule;
  /** Equal for equal text bound to equal cells. */
  fingerprint: number;
}

/** Typed questions over the notebook. */
export interface NotebookProgram {
  program: ts.Program;
  checker: ts.TypeChecker;
  sourceFile(id: string): ts.SourceFile;
  prefixLength(id: string): number;
}

/** A program with a cell that is being written, whose text begins at an offset of the file. */
export interface Probe {
  program: ts.Program;
  sourceFile: ts.SourceFile;
  offset: number;
  host: Host;
}

/** The cells of one notebook, as they were run one after another. */
export class Session {
  readonly scope = new Scope();
  private readonly host: Host;
  private former: ts.Program | undefined;
  private notebook: ts.Program | undefined;
  /** The last module that was checked, and the program that knows its types. */
  private checked: { module: CellModule; program: ts.Program } | undefined;
  private readonly modules: Modules;
  private readonly compiled = new Map<string, CompiledCell>();

  constructor(private readonly language: Language) {
    this.host = language.host();
    this.modules = new Modules(this.host, language.directory);
  }

  /**
   * Compiles a cell against the cells that were committed. Nothing changes until it is committed itself.
   * @param options.parameters its constants have their widened types elsewhere, as in the pipeline
   */
  compile(id: string, source: string, { parameters = false } = {}): CompiledCell {
    const known = this.compiled.get(id);
    const binding = known?.source === source ? known.binding : bindCell(source);
    if (binding.sourceFile.parseDiagnostics.length) return this.unparsable(id, binding);
    const linked = this.link(id, binding);
    const seen = parameters ? withWidenedConstants(source) : source;
    const module = this.modules.create(id, binding, linked, seen);
    const fingerprint = this.modules.fingerprint(module);
    if (known?.fingerprint === fingerprint && isLasting(known)) return known;
    const cell = this.check(id, binding, linked, module, fingerprint);
    this.compiled.set(id, cell);
    return cell;
  }

  /**
   * The cell has run: later cells see what it declares.
   * @param unreached names that have no value, because the cell threw before them
   */
  commit(cell: CompiledCell, unreached: ReadonlySet<string> = new Set()): void {
    this.modules.enter(cell.module);
    if (cell.ok && this.checked?.module === cell.module)
      this.modules.summarize(cell.module, this.checked.program);
    this.checked = undefined;
    this.scope.set(cell.id, { cell, unreached });
  }

  /** The cell's variables are gone. */
  remove(id: string): void {
    this.scope.delete(id);
    this.compiled.delete(id);
  }

  /** All variables are gone. */
  reset(): void {
    for (const id of this.scope.ids()) this.remove(id);
  }

  /** From now on the order of the document decides what a name means; without ids, that of execution. */
  reorder(ids: readonly string[] | undefined): void {
    this.scope.order(ids);
  }

  /** A committed cell. */
  cell(id: string): CompiledCell | undefined {
    return this.scope.get(id)?.cell;
  }

  /** Whether a committed cell evaluates local files, itself or by what it uses of other cells. */
  reachesLocalFiles(id: string): boolean {
    const reached = new Set([id]);
    for (const each of reached) {
      const cell = this.cell(each);
      if (!cell) continue;
      if (evaluatesLocalFiles(cell.binding)) return true;
      for (const { name, cell: provider, typeOnly } of cell.imports) {
        const declaration = this.cell(provider)?.binding.declarations.get(name);
        if (typeOnly || !declaration) continue;
        if (declaration.kind !== 'import') reached.add(provider);
        else if (isOfLocalFile(declaration)) return true;
      }
    }
    return false;
  }

  /** Committed cells as one program; all of them, or those named. */
  program(ids: readonly string[] = this.scope.ids()): NotebookProgram {
    const committed = (id: string) => {
      const cell = this.cell(id);
      if (!cell) throw new Error(`No cell ${JSON.stringify(id)} has been committed.`);
      return cell;
    };
    const fileNames = ids.map((id) => committed(id).module.fileName);
    const program = this.modules.withoutSummaries(() =>
      this.language.program(this.host, fileNames, this.notebook),
    );
    this.notebook = program;
    return {
      program,
      checker: program.getTypeChecker(),
      sourceFile: (id) => committed(id).module.sourceFile,
      prefixLength: (id) => committed(id).prefixLength,
    };
  }

  /**
   * A program in which some text stands where a new cell would: for completion and inspection.
   * @param options.asWritten other cells are not summed up, so that their expressions can be looked at
   */
  probe(id: string, source: string, { asWritten = false } = {}): Probe {
    const binding = bindCell(source);
    const linked = this.link(id, binding);
    const module = this.modules.create(id, binding, linked);
    const program = asWritten ? this.buildAsWritten(id, module) : this.build(id, module);
    return { program, sourceFile: module.sourceFile, offset: linked.prefix.length, host: this.host };
  }

  /** What the cell could name without declaring it. */
  visibleNames(id: string): Declaration[] {
    const names = new Map<string, Declaration>();
    for (const { cell, unreached } of this.scope.visibleFrom(id)) {
      for (const [name, declaration] of cell.binding.declarations) {
        if (!names.has(name) && !unreached.has(name) && declaration.kind !== 'using')
          names.set(name, declaration);
      }
    }
    return [...names.values()];
  }

  /** What could stand at a place in a cell that is being written; offsets are UTF-16. */
  complete(source: string, offset: number, id = NEW_CELL): Completion {
    return complete(this, id, source, offset);
  }

  /** What the name at a place means. */
  inspect(source: string, offset: number, detail = 0, id = NEW_CELL): Inspection {
    return inspect(this, id, source, offset, detail);
  }

  /** The declarations of a cell for which its summary has this one; any other is itself. */
  asWritten(node: ts.Declaration): readonly ts.Declaration[] {
    const { fileName } = node.getSourceFile();
    const summed = this.scope.all().find(({ cell }) => cell.module.summary?.fileName === fileName);
    const name = ts.getNameOfDeclaration(node)?.getText();
    return (name !== undefined && summed?.cell.binding.declarations.get(name)?.nodes) || [node];
  }

  /** Whether a text can run as a cell. */
  isComplete(source: string): Completeness {
    return isComplete(source);
  }

  private link(id: string, binding: CellBinding): Linked {
    return linkCell(
      binding,
      this.scope.lookupFrom(id),
      (cell) => this.scope.get(cell)!.cell.module.specifier,
    );
  }

  private check(
    id: string,
    binding: CellBinding,
    linked: Linked,
    module: CellModule,
    fingerprint: number,
  ): CompiledCell {
    let program = this.build(id, module);
    let found = diagnosticsOf(program, module.sourceFile);
    if (lacksModule(found)) {
      // It may have been installed since.
      this.language.cache.forget();
      this.former = undefined;
      program = this.build(id, module);
      found = diagnosticsOf(program, module.sourceFile);
    }
    this.checked = { module, program };
    refineImports(binding, program, module.sourceFile);
    const diagnostics = [
      ...cellDiagnostics(id, binding, found, linked.prefix.length),
      ...importMetaErrors(id, binding),
      ...mappedImportErrors(id, binding, { host: this.host, program, from: module.fileName }),
    ];
    const names = runtimeNames(binding);
    const { options } = this.language;
    let script: Script | undefined;
    return {
      id,
      source: binding.sourceFile.text,
      binding,
      diagnostics,
      ok: !diagnostics.some(({ severity }) => severity === 'error'),
      imports: linked.imports,
      prefixLength: linked.prefix.length,
      names,
      module,
      fingerprint,
      get script() {
        return (script ??= emitCell(binding, linked.values, names, options));
      },
    };
  }

  private unparsable(id: string, binding: CellBinding): CompiledCell {
    const { sourceFile } = binding;
    const linked: Linked = { imports: [], values: new Map(), specifiers: new Set(), prefix: '', suffix: '' };
    return {
      id,
      source: sourceFile.text,
      binding,
      diagnostics: cellDiagnostics(id, binding, sourceFile.parseDiagnostics, 0),
      ok: false,
      imports: [],
      prefixLength: 0,
      names: [],
      module: this.modules.create(id, binding, linked),
      fingerprint: -1,
      script: { code: '', modules: [], shifts: [] },
    };
  }

  /** A program with a module that is not committed. */
  private build(id: string, module: CellModule): ts.Program {
    return (this.former = this.buildUpon(this.former, id, module));
  }

  private buildAsWritten(id: string, module: CellModule): ts.Program {
    const build = () => this.buildUpon(this.notebook, id, module);
    return (this.notebook = this.modules.withoutSummaries(build));
  }

  private buildUpon(former: ts.Program | undefined, id: string, module: CellModule): ts.Program {
    const augmenting = this.scope.all().filter(({ cell }) => cell.module.augments && cell.id !== id);
    const roots = new Set(augmenting.map(({ cell }) => this.modules.fileOf(cell.module))).add(
      module.fileName,
    );
    return this.modules.during(module, () => this.language.program(this.host, [...roots], former));
  }
}

function diagnosticsOf(program: ts.Program, sourceFile: ts.SourceFile): ts.Diagnostic[] {
  return [...program.getSyntacticDiagnostics(sourceFile), ...program.getSemanticDiagnostics(sourceFile)];
}

/** Local files may change, and missing packages may come. */
function isLasting({ binding, diagnostics }: CompiledCell): boolean {
  return !lacksModule(diagnostics) && !namesLocalFiles(binding);
}

/** Only the compiler knows whether an imported name is a value. */
function refineImports({ declarations }: CellBinding, program: ts.Program, sourceFile: ts.SourceFile): void {
  const checker = program.getTypeChecker();
  for (const declaration of declarations.values()) {
    if (declaration.kind !== 'import') continue;
    const local = sourceFile.locals?.get(ts.escapeLeadingUnderscores(declaration.name));
    if (!local || !(local.flags & ts.SymbolFlags.Alias)) continue;
    const { flags, declarations: found } = checker.getAliasedSymbol(local);
    // Of a module that was not found, everything may be a value.
    if (found?.length) declaration.value &&= (flags & ts.SymbolFlags.Value) !== 0;
  }
}

function runtimeNames({ declarations }: CellBinding): string[] {
  return [...declarations.values()]
    .filter(({ value, ambient, kind }) => value && !ambient && kind !== 'using')
    .map(({ name }) => name);
}
