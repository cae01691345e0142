import type { CellBinding, Declaration } from './binding.js';
import type { Meaning, Provider } from './link.js';
import ts from './typescript.js';

const MEANINGS = ['value', 'type', 'namespace'] as const;

/** The names that the cells above give a meaning; the nearest counts. */
export class DocumentScope {
  private readonly names: Record<Meaning, Map<string, Provider>> = {
    value: new Map(),
    type: new Map(),
    namespace: new Map(),
  };

  private readonly found = new Map<Declaration, Set<Meaning>>();

  readonly lookup = (name: string, meaning: Meaning): Provider | undefined => {
    const provider = this.names[meaning].get(name);
    if (!provider) return undefined;
    const meanings = this.found.get(provider.declaration);
    if (meanings) meanings.add(meaning);
    else this.found.set(provider.declaration, new Set([meaning]));
    return provider;
  };

  /** Whether a cell was linked to a declaration for this meaning. */
  wasFound(declaration: Declaration, meaning: Meaning): boolean {
    return this.found.get(declaration)?.has(meaning) ?? false;
  }

  declare(cell: string, binding: CellBinding): void {
    for (const declaration of binding.declarations.values()) {
      if (declaration.kind === 'using') continue;
      for (const meaning of MEANINGS) {
        if (declaration[meaning]) this.names[meaning].set(declaration.name, { cell, declaration });
      }
    }
  }
}

/** Takes from an import the meanings that are not there; says which. */
export function restrict(declaration: Declaration, flags: ts.SymbolFlags): Meaning[] {
  const present = {
    value: flags & ts.SymbolFlags.Value,
    type: flags & ts.SymbolFlags.Type,
    namespace: flags & ts.SymbolFlags.Namespace,
  };
  const absent = MEANINGS.filter((meaning) => declaration[meaning] && !present[meaning]);
  for (const meaning of absent) declaration[meaning] = false;
  return absent;
}
