import type { CellBinding, Declaration, Reference } from '../binding.js';
import { importFact } from '../import-fact.js';
import { isAnnotated, surfaceOfType } from './type.js';
import ts from '../typescript.js';

/** How other cells see the names of a cell. As long as the version of a name stays, so does all they know of it. */
export type Surface = ReadonlyMap<string, SurfaceOfName>;

interface SurfaceOfName {
  /** All that others know of it; absent where that cannot be written down. */
  text: string | undefined;
  version: number;
}

/** A cell in the program in which its surface is looked at. */
export interface SurfaceCell {
  id: string;
  binding: CellBinding;
  sourceFile: ts.SourceFile;
  /** The cells that give its free names their meanings. */
  imports: readonly { name: string; cell: string }[];
}

export interface SurfaceContext {
  checker: ts.TypeChecker;
  /** The version of a name of a cell above; undefined where the cell gives others no such name. */
  versionOf(cell: string, name: string): number | undefined;
  /** The cell that the compiler knows as a file. */
  cellOf(fileName: string): string | undefined;
  /** Whether a file stays as it is while the kernel runs. */
  isLasting(fileName: string): boolean;
  /** A version that no name has had. */
  next(): number;
}

/**
 * Looks at a cell as its readers do.
 * @param former what they saw before: names that look the same keep their version
 */
export function surfaceOf(cell: SurfaceCell, context: SurfaceContext, former: Surface | undefined): Surface {
  return new SurfaceReader(cell, context, former).read();
}

class SurfaceReader {
  private readonly surface = new Map<string, SurfaceOfName>();

  constructor(
    private readonly cell: SurfaceCell,
    private readonly context: SurfaceContext,
    private readonly former: Surface | undefined,
  ) {}

  read(): Surface {
    const declarations = [...this.cell.binding.declarations.values()];
    // Types first: the types of values name them.
    for (const declaration of declarations) if (!isValue(declaration)) this.add(declaration);
    for (const declaration of declarations) if (isValue(declaration)) this.add(declaration);
    return this.surface;
  }

  private add(declaration: Declaration): void {
    const { name, kind, value, type, namespace, ambient, writable } = declaration;
    const said = this.textOf(declaration);
    const text =
      said === undefined
        ? undefined
        : JSON.stringify([kind, value, type, namespace, ambient, writable, said]);
    const before = this.former?.get(name);
    const stays = before !== undefined && text !== undefined && before.text === text;
    this.surface.set(name, { text, version: stays ? before.version : this.context.next() });
  }

  private textOf(declaration: Declaration): string | undefined {
    if (isValue(declaration)) return this.valueText(declaration);
    if (declaration.kind === 'import') return this.importText(declaration);
    return isType(declaration) ? this.typeText(declaration) : undefined;
  }

  private valueText({ name, nodes }: Declaration): string | undefined {
    const { checker } = this.context;
    const symbol = this.symbolOf(name);
    if (!symbol) return undefined;
    const text = surfaceOfType(checker, checker.getTypeOfSymbol(symbol), this.nameOfType);
    return text && `${nodes.some(isAnnotated)} ${text}`;
  }

  private symbolOf(name: string): ts.Symbol | undefined {
    const { locals, symbol } = this.cell.sourceFile;
    const escaped = ts.escapeLeadingUnderscores(name);
    const found = locals?.get(escaped) ?? symbol?.exports?.get(escaped);
    return found?.exportSymbol ?? found;
  }

  /** What lies in a package stays; a local file may be another by now, and what is missing may come. */
  private importText(declaration: Declaration): string | undefined {
    const fact = importFact(declaration);
    const local = this.symbolOf(declaration.name);
    // In a cell with errors it may be declared once more, as something else.
    if (!fact || local?.flags !== ts.SymbolFlags.Alias) return undefined;
    const node = this.context.checker.getAliasedSymbol(local).declarations?.[0];
    const fileName = node?.getSourceFile().fileName;
    if (fileName === undefined || !this.context.isLasting(fileName)) return undefined;
    const statement = ts.findAncestor(declaration.nodes[0], ts.isImportDeclaration);
    return JSON.stringify([fact, fileName, node!.pos, statement?.attributes?.getText()]);
  }

  /** What an interface or an alias says, with all that it refers to in the cell, and the versions of the rest. */
  private typeText(declaration: Declaration): string | undefined {
    const { binding } = this.cell;
    const parts: string[] = [];
    const reached = new Set([declaration]);
    for (const { name, kind, nodes, ...rest } of reached) {
      if (!isType({ kind, ...rest })) return undefined;
      for (const node of nodes) {
        if (hasImportType(node)) return undefined;
        const isInside = ({ start }: Reference) => start >= node.pos && start < node.end;
        parts.push(`${name}: ${node.getText()}`);
        for (const local of binding.locals.filter(isInside)) {
          if (local.meaning & ts.SymbolFlags.Value) return undefined;
          reached.add(binding.declarations.get(local.name)!);
        }
        for (const free of binding.free.values()) {
          const inside = free.refs.filter(isInside);
          if (inside.some(({ meaning }) => meaning & ts.SymbolFlags.Value)) return undefined;
          if (inside.length) parts.push(this.meaningOf(free.name));
        }
      }
    }
    return parts.join('\n');
  }

  private meaningOf(name: string): string {
    const cells = this.cell.imports.filter((each) => each.name === name);
    return cells.map(({ cell }) => `${name} of ${cell} ${this.context.versionOf(cell, name)}`).join();
  }

  /** A type of a package by its place; one of a cell by its version. */
  private readonly nameOfType = (symbol: ts.Symbol): string | undefined => {
    const node = symbol.declarations?.[0];
    const file = node?.getSourceFile();
    if (!node || !file) return undefined;
    if (this.context.isLasting(file.fileName)) return `${file.fileName}@${node.pos}`;
    const cell = this.context.cellOf(file.fileName);
    if (cell === undefined || !ts.isSourceFile(node.parent)) return undefined;
    const isOwn = cell === this.cell.id;
    const version = isOwn
      ? this.surface.get(symbol.name)?.version
      : this.context.versionOf(cell, symbol.name);
    return version === undefined ? undefined : `${cell}#${symbol.name}@${version}`;
  };
}

function isValue({ kind, type, namespace }: Declaration): boolean {
  return !type && !namespace && /^(const|let|var|function)$/.test(kind);
}

function isType({ kind, value, namespace }: Pick<Declaration, 'kind' | 'value' | 'namespace'>): boolean {
  return !value && !namespace && (kind === 'interface' || kind === 'type');
}

function hasImportType(node: ts.Node): boolean {
  return (
    ts.isImportTypeNode(node) ||
    (ts.forEachChild(node, (child) => hasImportType(child) || undefined) ?? false)
  );
}
