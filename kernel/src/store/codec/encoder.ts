/** Walks a value once and writes it. `codec.md` is the specification of what is written. */
import { type Brand, brandOf, builtinName, commonBrand, isOwnPrototype } from './brand.js';
import type { ClassRegistry } from './classes.js';
import { ContainerWriter } from './container-writer.js';
import { EncodeError, pathText } from './error.js';
import { InstanceWriter } from './instance-writer.js';
import { integrityOf, ownKeys } from './own-keys.js';
import { foreignRefusal, VALUE_ADVICE } from './refusal.js';
import * as tag from './tags.js';
import { ViewWriter } from './view-writer.js';
import { Writer, head } from './writer.js';

export interface EncodeOptions {
  /** What the value is called in messages. */
  name?: string;
  classes?: ClassRegistry;
  /**
   * Writes a stand-in for what cannot be kept instead of refusing it, and leaves methods out. For digests alone: the result
   * cannot be decoded.
   */
  lax?: Lax;
  /** Called when all is written, with the objects met: the first has the number 0 in the encoding, and so on. */
  onObjects?: (objects: ReadonlySet<object>) => void;
}

/** What is remembered from one digest of a value to the next. */
export interface Lax {
  /** By their objects. A getter that is a value later has been asked: that many make their values when they are is no change. */
  accessors: WeakMap<object, Set<string | symbol>>;
}

/** Deeper nesting than this is refused, so that the answer does not depend on how much stack is left. */
const MAX_DEPTH = 1000;
const MARK = Uint8Array.of(0xd8, tag.SHAREABLE);

export class Encoder {
  readonly writer = new Writer();
  readonly path: (string | number)[];
  /** In the order of the encoding. A Set alone: an object's number is needed only if it is met again. */
  private readonly seen = new Set<object>();
  private readonly starts: number[] = [];
  private readonly references: { at: number; object: object }[] = [];
  private readonly views = new ViewWriter(this);
  private readonly containers = new ContainerWriter(this);
  private readonly instances = new InstanceWriter(this);

  constructor(readonly options: EncodeOptions) {
    this.path = [options.name ?? 'value'];
  }

  /** The encoding of a value, in chunks. Throws EncodeError. */
  encode(value: unknown): Uint8Array[] {
    this.value(value);
    this.views.finish();
    const body = this.writer.chunks(this.edits());
    this.options.onObjects?.(this.seen);
    return [...this.header(), ...body];
  }

  value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        return this.writer.number(value);
      case 'string':
        return this.writer.string(value);
      case 'boolean':
        return this.writer.simple(value ? 21 : 20);
      case 'undefined':
        return this.writer.simple(23);
      case 'bigint':
        return this.bigint(value);
      case 'object':
        return value === null ? this.writer.simple(22) : this.object(value);
      default:
        return this.refuse(`is a ${typeof value}, which cannot be kept. ${VALUE_ADVICE}`, typeof value);
    }
  }

  /** Writes the value as the part of its holder that `step` names. */
  part(step: string | number, value: unknown): void {
    this.path.push(step);
    this.value(value);
    this.path.pop();
  }

  /** Throws EncodeError; in lax mode, writes a stand-in of the given kind. */
  refuse(reason: string, kind: string): void {
    if (!this.options.lax) throw new EncodeError(pathText(this.path), reason);
    this.writer.tag(tag.OPAQUE);
    this.writer.text(kind);
  }

  /** Writes a reference if the object was met before; else counts it and says false. */
  repeated(object: object): boolean {
    const { seen } = this;
    const count = seen.size;
    seen.add(object);
    if (seen.size > count) {
      this.starts.push(this.writer.at);
      return false;
    }
    if (this.instances.isOpen(object))
      this.refuse('contains itself through what it is converted to.', 'cycle');
    else this.reference(object);
    return true;
  }

  /** A placeholder byte; `edits` puts the reference there once it is known which objects are shared. */
  private reference(object: object): void {
    this.references.push({ at: this.writer.at, object });
    this.writer.simple(22);
  }

  private bigint(value: bigint): void {
    const negative = value < 0n;
    const hex = (negative ? -1n - value : value).toString(16);
    this.writer.tag(negative ? tag.NEGATIVE_BIGINT : tag.POSITIVE_BIGINT);
    this.writer.byteString(
      hex === '0' ? Buffer.alloc(0) : Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex'),
    );
  }

  private object(value: object): void {
    if (this.repeated(value)) return;
    if (this.path.length > MAX_DEPTH) return this.refuse('is nested too deeply to be kept.', 'deep');
    const common = commonBrand(value, this.instances.isPlain);
    if (common === 'array') return this.containers.write(value, 'array', 'Array', this.integrity(value));
    if (common !== undefined) {
      const keys = ownKeys(value);
      // A Map whose prototype was changed looks like an object without properties.
      if (keys.length > 0 || brandOf(value) === 'ordinary') {
        const level = this.integrity(value);
        if (common === 'instance') this.instances.plainHead(value);
        return this.properties(value, keys, level);
      }
    }
    const brand = brandOf(value);
    if (brand === 'foreign') return this.refuse(foreignRefusal(value), 'foreign');
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === null && brand === 'ordinary') {
      this.integrity(value);
      this.writer.tag(tag.NULL_PROTOTYPE);
      return this.properties(value, ownKeys(value));
    }
    if (prototype !== null && isOwnPrototype(brand, prototype)) {
      this.integrity(value);
      return this.base(value, brand, builtinName(prototype));
    }
    this.instances.write(value, brand, prototype);
  }

  /** Says how far an object is closed, if it is. @returns that, as an index into INTEGRITY_LEVELS */
  integrity(value: object): number {
    const level = integrityOf(value);
    if (level === 0) return level;
    this.writer.tag(tag.INTEGRITY);
    this.writer.head(4, 2);
    this.writer.head(0, level);
    return level;
  }

  /** What an object is by its internal slots; `name` is its built-in class. */
  base(value: object, brand: Brand, name: string): void {
    if (brand === 'ordinary') return this.properties(value, ownKeys(value));
    if (brand === 'view' || brand === 'buffer')
      return this.views.write(value as ArrayBufferView | ArrayBuffer, name);
    this.containers.write(value, brand, name);
  }

  /** A CBOR map of own data properties, in their order. */
  properties(
    value: object,
    keys: readonly (string | symbol)[],
    level = integrityOf(value),
    enumerable = true,
  ): void {
    const { lax } = this.options;
    const kept = lax ? keys.filter((key) => !isMethod(value, key)) : keys;
    this.writer.head(5, kept.length);
    const top = this.path.push('') - 1;
    for (const key of kept) {
      this.path[top] = String(key);
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      if (typeof key === 'symbol') {
        this.refuse('has a symbol as its key, which cannot be kept.', 'symbol');
        this.value(property.value);
        continue;
      }
      this.writer.string(key);
      if (property.get || property.set || lax?.accessors.get(value)?.has(key)) {
        if (lax) remember(lax, value, key);
        this.refuse('is a getter or setter, which cannot be kept: make it a plain property.', 'accessor');
      } else if (
        property.enumerable !== enumerable ||
        property.writable !== level < 3 ||
        property.configurable !== level < 2
      ) {
        this.refuse('is read-only or hidden, which cannot be kept: make it a plain property.', 'hidden');
      } else {
        this.value(property.value);
      }
    }
    this.path.pop();
  }

  /** Tag 28 before each object that is referred to, tag 29 in place of each later meeting. */
  private edits() {
    if (this.references.length === 0) return [];
    const referred = new Set(this.references.map(({ object }) => object));
    const numbers = new Map<object, number>();
    const marks: { at: number; over: number; bytes: Uint8Array }[] = [];
    let ordinal = 0;
    for (const object of this.seen) {
      if (referred.has(object)) {
        numbers.set(object, numbers.size);
        marks.push({ at: this.starts[ordinal]!, over: 0, bytes: MARK });
      }
      ordinal++;
    }
    const references = this.references.map(({ at, object }) => ({
      at,
      over: 1,
      bytes: Buffer.concat([Uint8Array.of(0xd8, tag.REFERENCE), head(0, numbers.get(object)!)]),
    }));
    return [...marks, ...references].sort((a, b) => a.at - b.at);
  }

  /** `55799([version, [class, …], ` and so on: the value itself follows as the third item. */
  private header(): Uint8Array[] {
    const writer = new Writer();
    writer.tag(tag.SELF_DESCRIBED);
    writer.head(4, 3);
    writer.number(tag.CODEC_VERSION);
    const { origins } = this.instances;
    writer.head(4, origins.length);
    for (const origin of origins) {
      writer.head(4, 3);
      writer.text(origin.package);
      writer.text(origin.name);
      writer.byteString(Buffer.from(origin.digest, 'hex'));
    }
    return writer.chunks([]);
  }
}

function isMethod(value: object, key: string | symbol): boolean {
  return typeof Object.getOwnPropertyDescriptor(value, key)?.value === 'function';
}

function remember({ accessors }: Lax, value: object, key: string | symbol): void {
  const known = accessors.get(value) ?? new Set();
  accessors.set(value, known.add(key));
}
