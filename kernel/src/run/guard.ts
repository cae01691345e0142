/** Watches values that a step may read but not change: digested before its own code, and again at its end. */
import { type ClassRegistry, guardDigest } from '../store/codec.js';
import { StepFailure } from './failure.js';

interface Guarded {
  name: string;
  value: unknown;
  digest: string;
}

export class Guards {
  private readonly guarded: Guarded[] = [];
  private readonly known = new WeakMap<object, string>();

  constructor(private readonly classes: ClassRegistry) {}

  /** Spares a value its first digest, because it was just made from bytes that have it. */
  knows(value: unknown, digest: string): void {
    if (isObject(value)) this.known.set(value, digest);
  }

  /** Watches what `get` gives now, also if the name is given another value later. */
  watch(name: string, get: () => unknown): void {
    const value = valueOf(get);
    if (!isObject(value)) return;
    this.guarded.push({ name, value, digest: this.known.get(value) ?? this.digest(name, value) });
  }

  /** Watches one value until the function that is returned is called; that throws StepFailure if it was changed. */
  watchOne(name: string, value: unknown): () => void {
    if (!isObject(value)) return () => undefined;
    const digest = this.known.get(value) ?? this.digest(name, value);
    return () => this.compare({ name, value, digest });
  }

  /** Throws StepFailure if a watched value is not what it was. */
  check(): void {
    for (const guarded of this.guarded) this.compare(guarded);
  }

  private compare({ name, value, digest }: Guarded): void {
    if (this.digest(name, value) === digest) return;
    throw new StepFailure(
      'ChangedInPlace',
      `${name} was changed in place. A step may not change what it did not make: other steps would not see it. ` +
        'Make a changed copy instead, such as structuredClone gives.',
    );
  }

  private digest(name: string, value: unknown): string {
    return guardDigest(value, { name, classes: this.classes });
  }
}

/** A name that has no value yet is not watched. */
function valueOf(get: () => unknown): unknown {
  try {
    return get();
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
