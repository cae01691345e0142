import type { CellBinding, Declaration, FreeName } from './binding.js';

/** A name that a cell takes from another. */
export interface BoundImport {
  name: string;
  /** Id of the cell that declares it. */
  cell: string;
  /** Only used in types: nothing is read when the cell runs. */
  typeOnly: boolean;
  /** The cell assigns it. */
  assigned: boolean;
}

export type Meaning = 'value' | 'type' | 'namespace';

export interface Provider {
  cell: string;
  declaration: Declaration;
}

/** Finds the cell that gives a name a meaning. */
export type Lookup = (name: string, meaning: Meaning) => Provider | undefined;

export interface Linked {
  imports: BoundImport[];
  /** Names that are read from another cell when the cell runs, and that cell. */
  values: Map<string, string>;
  /** The modules that the prefix imports. */
  specifiers: Set<string>;
  /** What stands before and after the cell in the module that the compiler sees. */
  prefix: string;
  suffix: string;
}

/**
 * Makes a cell a module: its free names become imports, its declarations exports.
 * @param specifierOf how the compiler is told to import a cell
 */
export function linkCell(
  binding: CellBinding,
  lookup: Lookup,
  specifierOf: (cell: string) => string,
): Linked {
  const imports: BoundImport[] = [];
  const values = new Map<string, string>();
  const lines: string[] = [];
  const specifiers = new Set<string>();
  for (const free of binding.free.values()) {
    const found = providersOf(free, lookup);
    lines.push(...importsOf(free, found, specifierOf));
    const bound = boundImports(free, found);
    imports.push(...bound);
    for (const { cell } of bound) specifiers.add(specifierOf(cell));
    if (free.value && found.value && !found.value.declaration.ambient)
      values.set(free.name, found.value.cell);
  }
  return {
    imports,
    values,
    specifiers,
    // Never empty: a cell is not the beginning of a script, where `#!` may stand.
    prefix: `${lines.join(' ')}\n`,
    suffix: suffixOf(binding),
  };
}

type Providers = Partial<Record<Meaning, Provider>>;

function providersOf(free: FreeName, lookup: Lookup): Providers {
  return {
    value: free.value || free.valueInType ? lookup(free.name, 'value') : undefined,
    type: free.type ? lookup(free.name, 'type') : undefined,
    namespace: free.namespace ? lookup(free.name, 'namespace') : undefined,
  };
}

function boundImports(
  { name, value: runs, assigned }: FreeName,
  { value, type, namespace }: Providers,
): BoundImport[] {
  const cells = new Set([value, type, namespace].flatMap((provider) => provider?.cell ?? []));
  return [...cells].map((cell) => {
    const isValue = value?.cell === cell;
    return {
      name,
      cell,
      typeOnly: !isValue || !runs || value.declaration.ambient,
      assigned: isValue && assigned,
    };
  });
}

function importsOf(
  free: FreeName,
  { value, type, namespace }: Providers,
  specifierOf: (cell: string) => string,
): string[] {
  const { name } = free;
  const from = (cell: string) => JSON.stringify(specifierOf(cell));
  const declared = type ?? namespace;
  const typeImport = declared ? [`import type { ${name} } from ${from(declared.cell)};`] : [];
  if (!value) return typeImport;
  const source = from(value.cell);
  // An import cannot be assigned to, and cannot have its value here and its type there.
  const keyword = free.assigned && value.declaration.writable ? 'let' : 'const';
  const split = declared && declared.cell !== value.cell;
  if (free.assigned || split)
    return [`declare ${keyword} ${name}: typeof import(${source}).${name};`, ...typeImport];
  return [`import ${free.value ? '' : 'type '}{ ${name} } from ${source};`];
}

function suffixOf({ declarations, sourceFile }: CellBinding): string {
  const exported = new Set([...(sourceFile.symbol?.exports?.keys() ?? [])].map(String));
  const names: string[] = [];
  const assignable: string[] = [];
  for (const { name, kind, ambient, writable } of declarations.values()) {
    // What `using` declares is disposed of when the cell ends.
    if (kind !== 'using' && !exported.has(name)) names.push(name);
    // A `let` that other cells read must have a value by the end.
    if (writable && !ambient) assignable.push(name);
  }
  return `\n;export { ${names.join(', ')} };${assignable.length ? `void [${assignable.join(', ')}];` : ''}`;
}
