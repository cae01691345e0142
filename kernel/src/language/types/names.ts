import type ts from '../typescript.js';

/** Names for the types that are written out apart, such as those that contain themselves: each another. */
export class TypeNames {
  private readonly names = new Map<ts.Type, string>();

  /** The name of a type that has one. */
  get(type: ts.Type): string | undefined {
    return this.names.get(type);
  }

  /** Its own name where it has one and no other type goes by it. */
  of(type: ts.Type): string {
    const known = this.names.get(type);
    if (known !== undefined) return known;
    const own = (type.aliasSymbol ?? type.symbol)?.name;
    const base = own && !own.startsWith('__') ? own : 'Type';
    const taken = new Set(this.names.values());
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}${n}`;
    this.names.set(type, name);
    return name;
  }
}
