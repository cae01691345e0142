import type { Unit } from './facts.js';

/** A file beside the notebook, and no package. */
export function isLocal(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..';
}

/** The modules that units import: packages (Node's own among them), and local files. */
export function modulesOf(units: readonly Unit[]): { packages: string[]; localFiles: string[] } {
  const specifiers = new Set<string>();
  for (const unit of units) {
    if (unit.import) specifiers.add(unit.import.specifier);
    for (const { specifier } of unit.dynamicImports) if (specifier !== undefined) specifiers.add(specifier);
  }
  const sorted = [...specifiers].sort();
  return {
    packages: sorted.filter((specifier) => !isLocal(specifier)),
    localFiles: sorted.filter(isLocal),
  };
}
