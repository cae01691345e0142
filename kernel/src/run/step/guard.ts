/** Watches values that a step may read but not change: digested before its own code, and again at its end. */
import { brandOf, isOwnPrototype } from '../../store/codec/brand.js';
import { hasPrivateMembers } from '../../store/codec/classes.js';
import { conversionOf } from '../../store/codec/conversion.js';
import { type ClassRegistry, type EncodeOptions, guardDigest, type Lax } from '../../store/codec.js';
import { StepFailure } from '../failure.js';
import type { IdentityTable } from './identity.js';

interface Guarded extends Known {
  name: string;
  value: unknown;
}

interface Known {
  digest: string;
  /** What was decoded is these objects: another one in the place of one is a change, although it looks the same. */
  objects?: readonly object[];
}

export class Guards {
  private readonly guarded: Guarded[] = [];
  private readonly known = new WeakMap<object, Known>();
  private readonly lax: Lax = { accessors: new WeakMap() };
  private readonly methods = new Map<Class, Map<object, number>>();

  constructor(
    private readonly classes: ClassRegistry,
    private readonly identity: IdentityTable,
  ) {}

  /** Spares a value its first digest, because it was just made from bytes that have it. */
  knows(value: unknown, known: Known): void {
    if (isObject(value)) this.known.set(value, known);
  }

  /** Watches what `get` gives now, also if the name is given another value later. */
  watch(name: string, get: () => unknown): void {
    const value = valueOf(get);
    if (!isObject(value)) return;
    this.guarded.push({
      name,
      value,
      ...(this.known.get(value) ?? { digest: this.firstDigest(name, value) }),
    });
  }

  /** Watches parts of a value that may change otherwise. */
  watchParts(name: string, parts: readonly object[]): void {
    if (parts.length > 0) this.guarded.push({ name, value: parts, digest: this.digest(name, parts) });
  }

  /** Of a value that each process makes anew: where it is the same, its objects stand for one another. */
  private firstDigest(name: string, value: object): string {
    const objects: object[] = [];
    const digest = this.digest(name, value, (all) => {
      let ordinal = 0;
      for (const object of all) {
        if (this.isTransparent(object)) objects[ordinal] = object;
        ordinal++;
      }
    });
    this.identity.made(`= ${name} ${digest}`, objects);
    return digest;
  }

  /** Watches one value until the function that is returned is called; that throws StepFailure if it was changed. */
  watchOne(name: string, value: unknown): () => void {
    if (!isObject(value)) return () => undefined;
    const known = this.known.get(value) ?? { digest: this.digest(name, value) };
    return () => this.compare({ name, value, ...known });
  }

  /** Throws StepFailure if a watched value is not what it was. */
  check(): void {
    for (const guarded of this.guarded) this.compare(guarded);
  }

  private compare({ name, value, digest, objects }: Guarded): void {
    let areSame = true;
    const now = this.digest(name, value, (all) => (areSame = !objects || isEqual(all, objects)));
    if (now === digest && areSame) return;
    throw new StepFailure(
      'ChangedInPlace',
      `${name} was changed in place. A step may not change what it did not make: other steps would not see it. ` +
        (holdsFunctions(value)
          ? 'Keep what changes in a value of its own, which a step makes.'
          : 'Make a changed copy instead, such as structuredClone gives.'),
    );
  }

  private digest(name: string, value: unknown, onObjects?: EncodeOptions['onObjects']): string {
    const seen = isClass(value) ? this.membersOf(value) : value;
    return guardDigest(seen, { name, classes: this.classes, onObjects }, this.lax);
  }

  /** Whether the digest tells all about an object: it has no state that only its class sees. */
  private isTransparent(object: object): boolean {
    const prototype = Object.getPrototypeOf(object) as { constructor: unknown } | null;
    if (prototype === null || isOwnPrototype(brandOf(object), prototype)) return true;
    const { constructor } = prototype;
    const origin = this.classes.originOf(constructor);
    if (origin?.package !== '' || hasPrivateMembers(constructor)) return false;
    return conversionOf(object, constructor, origin, this.classes) === undefined;
  }

  /** What a class and its instances share. A method is itself, whatever its code. */
  private membersOf(value: Class): unknown[] {
    const known = this.methods.get(value) ?? new Map<object, number>();
    this.methods.set(value, known);
    const numberOf = (method: object): number => {
      if (!known.has(method)) known.set(method, known.size);
      return known.get(method)!;
    };
    const holders = [value, value.prototype];
    return holders.flatMap((holder) =>
      Reflect.ownKeys(holder).map((key) => {
        const { get, value: member } = Object.getOwnPropertyDescriptor(holder, key)!;
        return [String(key), typeof member === 'function' ? numberOf(member) : member, get && numberOf(get)];
      }),
    );
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

type Class = (new () => unknown) & { prototype: object };

function isClass(value: unknown): value is Class {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** A class, a namespace, an object with methods: no clone could be made of it. */
function holdsFunctions(value: unknown): boolean {
  return isObject(value) && [value, ...Object.values(value)].some((each) => typeof each === 'function');
}

function isEqual(some: ReadonlySet<object>, others: readonly object[]): boolean {
  let i = 0;
  for (const one of some) if (one !== others[i++]) return false;
  return i === others.length;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
