import ts from './typescript.js';

export type DeclarationKind =
  | 'import'
  | 'function'
  | 'class'
  | 'enum'
  | 'const'
  | 'let'
  | 'var'
  | 'using'
  | 'namespace'
  | 'type-namespace'
  | 'interface'
  | 'type';

/** A name that the top level of a cell declares. */
export interface Declaration {
  name: string;
  kind: DeclarationKind;
  /** What the name can be used as. For an import, what the syntax allows; the compiler knows more. */
  value: boolean;
  type: boolean;
  namespace: boolean;
  /** `declare …`: there is nothing when the cell runs. */
  ambient: boolean;
  /** Declared with `export`. */
  exported: boolean;
  /** Other cells may assign it: `let` and `var`. */
  writable: boolean;
  /** The binder's symbol. */
  symbol: ts.Symbol;
  nodes: readonly ts.Declaration[];
}

/** What the top level of a bound file declares, `var`s hoisted out of blocks among them, in order. */
export function declarationsOf(sourceFile: ts.SourceFile): Map<string, Declaration> {
  const declarations = new Map<string, Declaration>();
  for (const [key, symbol] of sourceFile.locals ?? []) {
    const name = ts.unescapeLeadingUnderscores(key);
    const first = symbol.declarations?.[0];
    if (first && name !== 'default' && !isAugmentation(first))
      declarations.set(name, declarationOf(name, symbol));
  }
  return declarations;
}

/** `declare global` and `declare module "…"` declare nothing in the cell itself. */
function isAugmentation(node: ts.Declaration): boolean {
  return (
    ts.isModuleDeclaration(node) &&
    (ts.isStringLiteral(node.name) || (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0)
  );
}

function declarationOf(name: string, local: ts.Symbol): Declaration {
  const symbol = local.exportSymbol ?? local;
  const nodes = symbol.declarations ?? local.declarations ?? [];
  const flags = symbol.flags | local.flags;
  const first = nodes[0]!;
  const kind = kindOf(flags, first);
  const isImport = kind === 'import';
  const isTypeImport = isImport && ts.isTypeOnlyImportOrExportDeclaration(first);
  return {
    name,
    kind,
    value: isImport ? !isTypeImport : (flags & ts.SymbolFlags.Value) !== 0,
    type: isImport || (flags & ts.SymbolFlags.Type) !== 0,
    namespace: isImport || (flags & ts.SymbolFlags.Namespace) !== 0,
    ambient: nodes.every((node) => (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient) !== 0),
    exported: local.exportSymbol?.escapedName === ts.escapeLeadingUnderscores(name),
    writable: kind === 'let' || kind === 'var',
    symbol,
    nodes,
  };
}

function kindOf(flags: ts.SymbolFlags, node: ts.Declaration): DeclarationKind {
  const { SymbolFlags } = ts;
  if (flags & SymbolFlags.Alias) return 'import';
  if (flags & SymbolFlags.Function) return 'function';
  if (flags & SymbolFlags.Class) return 'class';
  if (flags & SymbolFlags.Enum) return 'enum';
  if (flags & SymbolFlags.BlockScopedVariable) {
    // `using` is Const and Let at once, so that the flags must be compared as a whole.
    const blockScoped = ts.getCombinedNodeFlags(node) & ts.NodeFlags.BlockScoped;
    if (blockScoped === ts.NodeFlags.Using || blockScoped === ts.NodeFlags.AwaitUsing) return 'using';
    return blockScoped === ts.NodeFlags.Const ? 'const' : 'let';
  }
  if (flags & SymbolFlags.FunctionScopedVariable) return 'var';
  if (flags & SymbolFlags.ValueModule) return 'namespace';
  if (flags & SymbolFlags.NamespaceModule) return 'type-namespace';
  if (flags & SymbolFlags.Interface) return 'interface';
  return 'type';
}
