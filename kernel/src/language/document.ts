import { type DiagnosticCode, diagnose } from '../diagnostics/table.js';
import { bindCell } from './binding.js';
import type { Declaration } from './declaration.js';
import type { CellDiagnostic } from './diagnostics.js';
import type { BoundImport, Meaning } from './link.js';
import type { DocumentCell } from './messages.js';
import { rangeOf } from './session/position.js';
import type { CompiledCell, Session } from './session/session.js';

/**
 * The notebook as its reader sees it. What a cell takes from others depends on which of them have run, in which state;
 * where that is not what the document says, the reader is told.
 */
export class LiveDocument {
  readonly ids: readonly string[];
  private readonly cells: Map<string, DocumentCell>;
  private readonly declared = new Map<string, Map<string, Declaration>>();
  /** Cells that were run since the document was sent and are not in it: they may be new. */
  private readonly unknown = new Set<string>();

  constructor(cells: readonly DocumentCell[]) {
    this.ids = cells.map(({ id }) => id);
    this.cells = new Map(cells.map((cell) => [cell.id, cell]));
  }

  /** The document is sent some time after it changed: a cell that is run says what is in it now. */
  note(id: string, source: string): void {
    const cell = this.cells.get(id);
    if (!cell) this.unknown.add(id);
    if (!cell || cell.source === source) return;
    this.cells.set(id, { ...cell, source });
    this.declared.delete(id);
  }

  /** Whether a cell's constants are the pipeline's parameters. */
  hasParameters(id: string): boolean {
    return this.cells.get(id)?.role === 'parameters';
  }

  /**
   * Whether local files begin anew before the cell runs, as they do in each step's process: setup and every step begin
   * with fresh instances. Where setup uses local files, the steps after it go on with its own.
   */
  beginsAnew(id: string, session: Session): boolean {
    const { role, step } = this.cells.get(id) ?? {};
    if (role !== 'setup' && role !== 'step') return false;
    const all = [...this.cells.values()];
    if (all.find((cell) => cell.role === role && cell.step === step)?.id !== id) return false;
    return (
      role === 'setup' || !all.some((cell) => cell.role === 'setup' && session.reachesLocalFiles(cell.id))
    );
  }

  /** What is to be said about a cell; nothing if it is not part of the document, such as one typed into a console. */
  warnings(cell: CompiledCell, session: Session): CellDiagnostic[] {
    if (!this.cells.has(cell.id)) return [];
    return cell.imports.flatMap((bound) => {
      const code = this.difference(cell, bound, session);
      return code ? [warning(code, cell, bound.name)] : [];
    });
  }

  private difference(reader: CompiledCell, bound: BoundImport, session: Session): DiagnosticCode | undefined {
    const provider = this.cells.get(bound.cell);
    if (!provider) return this.unknown.has(bound.cell) ? undefined : 'TF601';
    const above = this.ids.slice(0, this.ids.indexOf(reader.id));
    const meanings = meaningsOf(reader, bound, session);
    const nearest = above.findLast((id) =>
      meanings.some((meaning) => this.declares(id, bound.name, meaning)),
    );
    // The document may declare the name in a cell that has not run yet.
    if (nearest !== undefined && nearest !== bound.cell) return 'TF603';
    if (!above.includes(bound.cell)) return 'TF602';
    return provider.source === session.cell(bound.cell)?.source ? undefined : 'TF604';
  }

  private declares(id: string, name: string, meaning: Meaning): boolean {
    let declarations = this.declared.get(id);
    if (!declarations)
      this.declared.set(id, (declarations = bindCell(this.cells.get(id)!.source).declarations));
    const declaration = declarations.get(name);
    return !!declaration?.[meaning] && declaration.kind !== 'using';
  }
}

/** As what a cell takes a name from another. */
function meaningsOf({ binding }: CompiledCell, { name, cell }: BoundImport, session: Session): Meaning[] {
  const declaration = session.cell(cell)?.binding.declarations.get(name);
  const free = binding.free.get(name);
  if (!declaration || !free) return [];
  const used: Record<Meaning, boolean> = {
    value: free.value || free.valueInType,
    type: free.type,
    namespace: free.namespace,
  };
  return (['value', 'type', 'namespace'] as const).filter((meaning) => used[meaning] && declaration[meaning]);
}

function warning(code: DiagnosticCode, { id, binding }: CompiledCell, name: string): CellDiagnostic {
  const first = binding.free.get(name)?.refs[0];
  const range = first && rangeOf(binding.sourceFile, first.start, first.end);
  return { ...diagnose(code, { ...(range && { range }) }, { name }), cell: id };
}
