/** Walks a value once and writes it. `codec.md` is the specification of what is written. */
import { inspect, types } from 'node:util';
import { type Brand, brandOf, builtinName, isOwnPrototype } from './brand.js';
import {
  type ClassOrigin,
  type ClassRegistry,
  DECODE,
  ENCODE,
  LOADERS,
  hasPrivateMembers,
} from './classes.js';
import { EncodeError, pathText } from './error.js';
import * as tag from './tags.js';
import { ViewWriter } from './view-writer.js';
import { Writer, head, wtf8 } from './writer.js';

export interface EncodeOptions {
  /** What the value is called in messages. */
  name?: string;
  classes?: ClassRegistry;
  /**
   * Writes a stand-in for what cannot be kept instead of refusing it. For digests alone: the result cannot be decoded.
   */
  lax?: boolean;
  /** Called for each object when it is first met, with its number in the order of the encoding. */
  onObject?: (object: object, ordinal: number) => void;
}

/** Deeper nesting than this is refused, so that the answer does not depend on how much stack is left. */
const MAX_DEPTH = 1000;
const VALUE_ADVICE = 'Keep the data it is made from, or begin its name with `_` if no other step needs it.';
const MARK = Uint8Array.of(0xd8, tag.SHAREABLE);
/** From this length on, arrays are not asked for their keys one by one. */
const LONG_ARRAY = 64;

export class Encoder {
  readonly writer = new Writer();
  readonly path: (string | number)[];
  private readonly seen = new Map<object, number>();
  private readonly starts: number[] = [];
  private readonly references: { at: number; ordinal: number }[] = [];
  private readonly origins: ClassOrigin[] = [];
  private readonly originIndex = new Map<unknown, number>();
  /** Objects whose converted form is being written: meeting one again cannot be decoded. */
  private readonly open = new Set<object>();
  /** How many results of a package's `toJSON` the walk is inside of. */
  private inJson = 0;
  private readonly views = new ViewWriter(this);

  constructor(readonly options: EncodeOptions) {
    this.path = [options.name ?? 'value'];
  }

  /** The encoding of a value, in chunks. Throws EncodeError. */
  encode(value: unknown): Uint8Array[] {
    this.value(value);
    this.views.refuseOverlaps();
    const body = this.writer.chunks(this.edits());
    return [...this.header(), ...body];
  }

  value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        return this.writer.number(value);
      case 'string':
        return this.text(value);
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

  text(value: string): void {
    if (isWellFormed(value)) return this.writer.text(value);
    this.writer.tag(tag.WTF8_STRING);
    this.writer.byteString(wtf8(value));
  }

  /** Writes a reference if the object was met before; else counts it and says false. */
  repeated(object: object): boolean {
    const known = this.seen.get(object);
    if (known !== undefined) {
      if (this.open.has(object)) this.refuse('contains itself through what it is converted to.', 'cycle');
      else this.reference(known);
      return true;
    }
    const ordinal = this.starts.length;
    this.seen.set(object, ordinal);
    this.starts.push(this.writer.at);
    this.options.onObject?.(object, ordinal);
    return false;
  }

  /** A placeholder byte; `edits` puts the reference there once it is known which objects are shared. */
  private reference(ordinal: number): void {
    this.references.push({ at: this.writer.at, ordinal });
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
    if (isPlain(value)) {
      this.integrity(value);
      return this.properties(value, Reflect.ownKeys(value));
    }
    const brand = brandOf(value);
    if (brand === 'foreign')
      return this.refuse(`is ${article(value)}, which cannot be kept. ${VALUE_ADVICE}`, 'foreign');
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === null && brand === 'ordinary') {
      this.integrity(value);
      this.writer.tag(tag.NULL_PROTOTYPE);
      return this.properties(value, Reflect.ownKeys(value));
    }
    if (prototype !== null && isOwnPrototype(brand, prototype)) {
      this.integrity(value);
      return this.base(value, brand, builtinName(prototype));
    }
    this.instance(value, brand, prototype);
  }

  /** An object whose prototype is no built-in's: an instance of a class. */
  private instance(value: object, brand: Brand, prototype: object | null): void {
    const constructor =
      prototype && (Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown);
    const origin =
      typeof constructor === 'function' ? this.options.classes?.originOf(constructor) : undefined;
    const known = origin !== undefined && (constructor as { prototype?: unknown }).prototype === prototype;
    const how = known ? conversionOf(value, constructor, origin) : undefined;
    if (how !== undefined) return this.converted(value, constructor, origin!, how);
    if (this.inJson > 0 && !this.options.lax && brand === 'ordinary') return this.asJson(value);
    if (known && !hasPrivateMembers(constructor)) {
      this.integrity(value);
      this.instanceHead(tag.INSTANCE, 2, constructor, origin);
      return this.base(value, brand, baseName(brand, prototype!));
    }
    const name = (constructor as { name?: string } | undefined)?.name || 'a class without a name';
    this.refuse(refusal(name, known, value, constructor), `instance of ${name}`);
    if (this.options.lax) this.lax(value, brand);
  }

  /** What of an object can be seen anyway, so that a change of it changes the digest. */
  private lax(value: object, brand: Brand): void {
    if (brand === 'ordinary' || brand === 'foreign') this.properties(value, Object.keys(value));
    else this.base(value, brand, brand === 'error' ? 'Error' : '');
  }

  private converted(value: object, constructor: unknown, origin: ClassOrigin, how: string): void {
    const conversion = this.conversion(value, how === 'decode' ? ENCODE : 'toJSON');
    if (!conversion) return;
    this.open.add(value);
    this.instanceHead(tag.CONVERTED, 3, constructor, origin);
    this.writer.text(how);
    if (how !== 'decode') this.inJson++;
    this.part('<converted>', conversion.data);
    if (how !== 'decode') this.inJson--;
    this.open.delete(value);
  }

  /** What a method of the user's or of a package makes of the value; undefined, and refused, when it throws. */
  private conversion(value: object, method: string | symbol): { data: unknown } | undefined {
    try {
      return { data: (value as Record<string | symbol, (key: string) => unknown>)[method]!('') };
    } catch (error) {
      const name = typeof method === 'symbol' ? `[${method.toString()}]` : method;
      this.refuse(
        `cannot be converted: its ${name}() throws ${inspect(error).split('\n')[0]}.`,
        'unconvertible',
      );
      return undefined;
    }
  }

  /** Inside what a package's `toJSON` returned, objects count as JSON.stringify would take them. */
  private asJson(value: object): void {
    const toJson = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJson !== 'function') return this.properties(value, Object.keys(value));
    const conversion = this.conversion(value, 'toJSON');
    if (!conversion) return;
    const json = conversion.data;
    if (json === value) return this.properties(value, Object.keys(value));
    this.writer.tag(tag.AS_JSON);
    this.open.add(value);
    this.part('<json>', json);
    this.open.delete(value);
  }

  private instanceHead(number: number, length: number, constructor: unknown, origin: ClassOrigin): void {
    let index = this.originIndex.get(constructor);
    if (index === undefined) {
      index = this.origins.push(origin) - 1;
      this.originIndex.set(constructor, index);
    }
    this.writer.tag(number);
    this.writer.head(4, length);
    this.writer.head(0, index);
  }

  private integrity(value: object): void {
    const level = integrityOf(value);
    if (level === 0) return;
    this.writer.tag(tag.INTEGRITY);
    this.writer.head(4, 2);
    this.writer.head(0, level);
  }

  /** What an object is by its internal slots; `name` is its built-in class. */
  private base(value: object, brand: Brand, name: string): void {
    if (brand === 'ordinary') return this.properties(value, Reflect.ownKeys(value));
    if (brand === 'view' || brand === 'buffer')
      return this.views.write(value as ArrayBufferView | ArrayBuffer, name);
    const extra = extraKeys(value, brand);
    if (extra.length > 0) {
      this.writer.tag(tag.WITH_PROPERTIES);
      this.writer.head(4, 2);
    }
    if (brand === 'array') this.array(value as unknown[]);
    else if (brand === 'map') this.map(value as Map<unknown, unknown>);
    else if (brand === 'set') this.set(value as Set<unknown>);
    else if (brand === 'error') this.error(value as Error, name);
    else this.slot(value, brand);
    if (extra.length > 0) this.properties(value, extra);
  }

  private slot(value: object, brand: Brand): void {
    if (brand === 'date') {
      this.writer.tag(tag.DATE);
      this.writer.number(Date.prototype.getTime.call(value));
    } else if (brand === 'regexp') {
      const { source, flags, lastIndex } = value as RegExp;
      this.writer.tag(tag.REGEXP);
      this.writer.head(4, 3);
      this.text(source);
      this.text(flags);
      this.part('lastIndex', lastIndex);
    } else {
      this.writer.tag(tag.BOXED);
      this.value((value as { valueOf(): unknown }).valueOf());
    }
  }

  private array(value: unknown[]): void {
    const length = value.length;
    let holes = 0;
    for (let i = 0; i < length; i++) if (value[i] === undefined && !Object.hasOwn(value, i)) holes++;
    if (holes > 0) return this.sparse(value);
    this.writer.head(4, length);
    const top = this.path.push(0) - 1;
    for (let i = 0; i < length; i++) {
      this.path[top] = i;
      this.value(value[i]);
    }
    this.path.pop();
  }

  private sparse(value: unknown[]): void {
    const present = Object.keys(value).filter((key) => isIndex(key, value.length));
    this.writer.tag(tag.SPARSE_ARRAY);
    this.writer.head(4, 1 + 2 * present.length);
    this.writer.number(value.length);
    for (const key of present) {
      this.writer.number(Number(key));
      this.part(Number(key), value[Number(key)]);
    }
  }

  private map(value: Map<unknown, unknown>): void {
    this.writer.tag(tag.MAP);
    this.writer.head(5, value.size);
    let i = 0;
    Map.prototype.forEach.call(value, (item: unknown, key: unknown) => {
      this.part(`<key ${i}>`, key);
      this.part(typeof key === 'string' ? `<${JSON.stringify(key)}>` : `<value ${i}>`, item);
      i++;
    });
  }

  private set(value: Set<unknown>): void {
    this.writer.tag(tag.SET);
    this.writer.head(4, value.size);
    let i = 0;
    Set.prototype.forEach.call(value, (item: unknown) => this.part(`<item ${i++}>`, item));
  }

  /** The class's name, and the properties that an error's constructor makes. The stack is no part of the value. */
  private error(value: Error, name: string): void {
    this.writer.tag(tag.ERROR);
    this.writer.head(4, 2);
    this.writer.text(name);
    const own = ERROR_PROPERTIES.filter(
      (key) => Object.getOwnPropertyDescriptor(value, key)?.enumerable === false,
    );
    this.properties(value, own, false);
  }

  /** A CBOR map of own data properties, in their order. */
  private properties(value: object, keys: readonly (string | symbol)[], enumerable = true): void {
    const level = integrityOf(value);
    this.writer.head(5, keys.length);
    const top = this.path.push('') - 1;
    for (const key of keys) {
      this.path[top] = String(key);
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      if (typeof key === 'symbol') {
        this.refuse('has a symbol as its key, which cannot be kept.', 'symbol');
        this.value(property.value);
        continue;
      }
      this.text(key);
      if (property.get || property.set) {
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
    const shared = [...new Set(this.references.map((reference) => reference.ordinal))].sort((a, b) => a - b);
    const number = new Map(shared.map((ordinal, i) => [ordinal, i]));
    const marks = shared.map((ordinal) => ({ at: this.starts[ordinal]!, over: 0, bytes: MARK }));
    const references = this.references.map(({ at, ordinal }) => ({
      at,
      over: 1,
      bytes: Buffer.concat([Uint8Array.of(0xd8, tag.REFERENCE), head(0, number.get(ordinal)!)]),
    }));
    return [...marks, ...references].sort((a, b) => a.at - b.at);
  }

  /** `55799([version, [class, …], ` and so on: the value itself follows as the third item. */
  private header(): Uint8Array[] {
    const writer = new Writer();
    writer.tag(tag.SELF_DESCRIBED);
    writer.head(4, 3);
    writer.number(tag.CODEC_VERSION);
    writer.head(4, this.origins.length);
    for (const origin of this.origins) {
      writer.head(4, 3);
      writer.text(origin.package);
      writer.text(origin.name);
      writer.byteString(Buffer.from(origin.digest, 'hex'));
    }
    return writer.chunks([]);
  }
}

const ERROR_PROPERTIES = ['message', 'cause', 'errors', 'name'] as const;

/** ES2024, in every Node that this runs on. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

const toString = Object.prototype.toString;

/** How an object is closed against change, as the tag INTEGRITY counts it: open, not extensible, sealed, frozen. */
function integrityOf(value: object): number {
  if (Object.isExtensible(value)) return 0;
  return Object.isFrozen(value) ? 3 : Object.isSealed(value) ? 2 : 1;
}

/** The common case, told apart without asking for each kind. */
function isPlain(value: object): boolean {
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    toString.call(value) === '[object Object]' &&
    !types.isProxy(value)
  );
}

function isIndex(key: string | symbol, length: number): boolean {
  if (typeof key === 'symbol') return false;
  const index = Number(key);
  return Number.isInteger(index) && index >= 0 && index < length && String(index) === key;
}

/** Own keys besides those that every object of the brand has. */
function extraKeys(value: object, brand: Brand): (string | symbol)[] {
  if (brand === 'array' && (value as unknown[]).length > LONG_ARRAY && !hasExtras(value as unknown[]))
    return [];
  const keys = Reflect.ownKeys(value);
  switch (brand) {
    case 'array':
      return keys.filter((key) => key !== 'length' && !isIndex(key, (value as unknown[]).length));
    case 'regexp':
      return keys.filter((key) => key !== 'lastIndex');
    case 'boxed': {
      const length = typeof value.valueOf() === 'string' ? (value.valueOf() as string).length : -1;
      return keys.filter((key) => !(length >= 0 && (key === 'length' || isIndex(key, length))));
    }
    case 'error':
      return keys.filter((key) => {
        if (key === 'stack') return false;
        const made = ERROR_PROPERTIES.some((name) => name === key);
        return !made || Object.getOwnPropertyDescriptor(value, key)!.enumerable;
      });
    default:
      return keys;
  }
}

/** Whether a long array has properties besides its elements: a list of all its keys would cost more than its values. */
function hasExtras(value: unknown[]): boolean {
  const shown = inspect(value, {
    maxArrayLength: 0,
    depth: 0,
    showHidden: true,
    customInspect: false,
    breakLength: Infinity,
  });
  return !/\[ \.\.\. \d+ more items?, \[length\]: \d+ \]$/.test(shown);
}

function baseName(brand: Brand, prototype: object): string {
  for (let each: object | null = prototype; each; each = Object.getPrototypeOf(each) as object | null) {
    if (isOwnPrototype(brand, each)) return builtinName(each);
  }
  return '';
}

/** How an instance is converted to data, if it is. */
function conversionOf(value: object, constructor: unknown, origin: ClassOrigin): string | undefined {
  const statics = constructor as Record<string | symbol, unknown>;
  const methods = value as Record<string | symbol, unknown>;
  if (typeof methods[ENCODE] === 'function' && typeof statics[DECODE] === 'function') return 'decode';
  if (origin.package === '' || typeof methods['toJSON'] !== 'function') return undefined;
  return LOADERS.find((name) => typeof statics[name] === 'function');
}

function refusal(name: string, known: boolean, value: object, constructor: unknown): string {
  if (known || hasPrivateMembers(constructor)) {
    return (
      `is an instance of ${name}, whose #private members cannot be read from outside. Give the class the method ` +
      '[Symbol.for("tagflow.encode")]() and the static method [Symbol.for("tagflow.decode")](data).'
    );
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return `is an instance of ${name}, which no cell imports: import the class, so that it can be loaded again, or keep what its toJSON() returns.`;
  }
  return `is an instance of ${name}, which is neither declared in the notebook nor imported by it. ${VALUE_ADVICE}`;
}

function article(value: object): string {
  const name = types.isProxy(value) ? 'Proxy' : toString.call(value).slice(8, -1);
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}
