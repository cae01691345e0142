import type { Lookup, Meaning, Provider } from '../link.js';
import type { CompiledCell } from './session.js';

/** A cell that has run. */
export interface RunCell {
  cell: CompiledCell;
  /** Names that have no value, because the cell threw before them. */
  unreached: ReadonlySet<string>;
}

/**
 * What each name means where: the nearest cell above that declares it. Values, types and namespaces are looked up
 * apart, so that a type and a value of one name may come from two cells.
 */
export class Scope {
  /** In the order in which they ran. */
  private readonly cells = new Map<string, RunCell>();
  private document: readonly string[] | undefined;

  get(id: string): RunCell | undefined {
    return this.cells.get(id);
  }

  ids(): string[] {
    return [...this.cells.keys()];
  }

  all(): RunCell[] {
    return [...this.cells.values()];
  }

  set(id: string, cell: RunCell): void {
    this.cells.delete(id);
    this.cells.set(id, cell);
  }

  delete(id: string): void {
    this.cells.delete(id);
  }

  /** From now on the order of the document counts, not that of execution. */
  order(ids: readonly string[] | undefined): void {
    this.document = ids;
  }

  /** What names mean in a cell. */
  lookupFrom(reader: string): Lookup {
    const visible = this.visibleFrom(reader);
    return (name, meaning) => {
      for (const cell of visible) {
        const provider = provide(cell, name, meaning);
        if (provider) return provider;
      }
      return undefined;
    };
  }

  /**
   * The cells whose names a cell sees, nearest first: those above it in the document, then all others that have run,
   * last first. In the notebook nothing that exists is out of reach; what is reached against the order of the document
   * is warned about (document.ts).
   */
  visibleFrom(reader: string): RunCell[] {
    const above = this.document?.slice(0, Math.max(0, this.document.indexOf(reader))).reverse() ?? [];
    const rest = [...this.cells.keys()].reverse().filter((id) => !above.includes(id));
    return [...above, ...rest].filter((id) => id !== reader).flatMap((id) => this.cells.get(id) ?? []);
  }
}

function provide({ cell, unreached }: RunCell, name: string, meaning: Meaning): Provider | undefined {
  const declaration = cell.binding.declarations.get(name);
  // What `using` declares is disposed of when its cell ends.
  if (!declaration?.[meaning] || declaration.kind === 'using' || unreached.has(name)) return undefined;
  return { cell: cell.id, declaration };
}
