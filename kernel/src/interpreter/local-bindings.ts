/** The names that cells have bound to local files, so that they can be bound to fresh instances. */
import type { Linker } from '../linker/linker.js';

/** Binds a cell's names to another instance of the module. */
export type Rebind = (module: object) => void;

interface Binding {
  specifier: string;
  rebind: Rebind;
}

export class LocalBindings {
  /** By the cell's module object. */
  private readonly bindings = new Map<object, Binding[]>();

  constructor(private readonly linker: Pick<Linker, 'import' | 'freshLocalModules'>) {}

  /** A cell runs: what it bound when it ran before is gone. */
  begin(cell: object): void {
    this.bindings.delete(cell);
  }

  note(cell: object, binding: Binding): void {
    this.bindings.set(cell, [...(this.bindings.get(cell) ?? []), binding]);
  }

  /** Evaluates all local files anew; a file that is gone or broken since stays what it was, until it is imported again. */
  async renew(): Promise<void> {
    this.linker.freshLocalModules();
    const bindings = [...this.bindings.values()].flat();
    await Promise.allSettled(
      bindings.map(async ({ specifier, rebind }) => rebind(await this.linker.import(specifier))),
    );
  }
}
