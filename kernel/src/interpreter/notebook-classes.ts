/** Classes of the cells that ran, for values that are read from the store. */
import { type ClassOrigin, type Constructor, type FoundClass, withBases } from '../store/codec/classes.js';

export class NotebookClasses {
  private readonly declared = new Map<string, { digest: string; type: Constructor }>();

  private readonly digests = new WeakMap<object, string>();

  /** @param declaration its digest, as the pipeline has it */
  declare(name: string, declaration: string, type: unknown): void {
    if (typeof type !== 'function') return;
    const digest = withBases(declaration, type, (base) => this.digests.get(base));
    this.digests.set(type, digest);
    this.declared.set(name, { digest, type: type as unknown as Constructor });
  }

  /** The class as it was declared last; a value that was made with another version of it is not revived. */
  readonly find = ({ package: specifier, name, digest }: ClassOrigin): FoundClass => {
    const known = specifier === '' ? this.declared.get(name) : undefined;
    if (!known) return { edited: false };
    return known.digest === digest ? { type: known.type, edited: false } : { edited: true };
  };
}
