/** Makes a value from its encoding. `codec.md` is the specification of what is read. */
import type { Block } from './blocks.js';
import { type ClassOrigin, ClassRegistry, type Constructor, type FoundClass } from './classes.js';
import { ContainerReader } from './container-reader.js';
import { converted } from './conversion.js';
import { DecodeError } from './error.js';
import { Reader, bigintOf } from './reader.js';
import * as tag from './tags.js';
import { bufferOf, typedArray, viewOf } from './view-reader.js';
import { fromWtf8 } from './writer.js';

export interface DecodeOptions {
  classes?: ClassRegistry;
  /** Told of classes that are not known here, or were edited since: their instances become plain data. */
  onNotice?: (notice: ClassNotice) => void;
  /** Told of an object that stands here in a form of its own: encoded again, it may have other bytes and other parts. */
  onConverted?: () => void;
  /** Called for each object, with its number in the order of the encoding. */
  onObject?: (object: object, ordinal: number) => void;
  /** An object that stands for the one of this number already, with the same contents. */
  existing?: (ordinal: number) => object | undefined;
}

export interface ClassNotice {
  origin: ClassOrigin;
  /** True if a class of the name is there, declared otherwise. */
  edited: boolean;
}

const UNSET = Symbol('unset');
const TYPED_ARRAYS = new Map<number, tag.TypedArrayName>(
  Object.entries(tag.TYPED_ARRAY_TAGS).map(([name, number]) => [number, name as tag.TypedArrayName]),
);
/** Number of an object, and where a reference to it finds it. */
interface Place {
  ordinal: number;
  slot: number;
}

export class Decoder {
  readonly reader: Reader;
  private origins: ClassOrigin[] = [];
  private readonly shared: unknown[] = [];
  private ordinals = 0;
  private slot = -1;
  /** Prototype that the next ordinary object is made with. */
  private prototype: object | null = Object.prototype;
  private readonly classes: ClassRegistry;
  private readonly containers = new ContainerReader(this);
  private readonly found = new Map<ClassOrigin, FoundClass>();

  constructor(
    bytes: Uint8Array,
    readonly options: DecodeOptions = {},
    blocks?: readonly Block[],
  ) {
    this.reader = new Reader(bytes, blocks);
    this.classes = options.classes ?? new ClassRegistry();
  }

  /** The classes that the value needs. Reads no further than the header. */
  header(): ClassOrigin[] {
    const { reader } = this;
    if (reader.head() !== tag.SELF_DESCRIBED || reader.major !== 6) {
      throw new DecodeError('These bytes are not an encoded value.');
    }
    this.expect(4, 3);
    const version = reader.head();
    if (version !== tag.CODEC_VERSION) {
      throw new DecodeError(
        `It is written in version ${version} of the encoding; update tagflow to read it.`,
      );
    }
    const count = reader.count(reader.head());
    this.origins = Array.from({ length: count }, () => {
      this.expect(4, 3);
      const specifier = reader.text(reader.head());
      const name = reader.text(reader.head());
      return { package: specifier, name, digest: Buffer.from(reader.slice(reader.head())).toString('hex') };
    });
    return this.origins;
  }

  /** The value. Throws DecodeError. */
  decode(): unknown {
    this.header();
    const value = this.item();
    if (this.reader.at !== this.reader.bytes.length) throw new DecodeError('Bytes follow after its end.');
    return value;
  }

  item(): unknown {
    const { reader } = this;
    const argument = reader.head();
    switch (reader.major) {
      case 0:
        return argument;
      case 1:
        return -1 - argument;
      case 2:
        return this.object(() => reader.memory(argument));
      case 3:
        return reader.text(argument);
      case 4:
        return this.containers.array(reader.count(argument));
      case 5:
        return this.ordinary(reader.count(argument));
      case 6:
        return this.tagged(argument);
      default:
        return this.simple(argument);
    }
  }

  private simple(argument: number): unknown {
    if (argument === 20) return false;
    if (argument === 21) return true;
    if (argument === 22) return null;
    if (argument === 23) return undefined;
    if (argument > 24) return this.reader.float();
    throw new DecodeError(`It holds the simple value ${argument}, which is never written.`);
  }

  private tagged(number: number): unknown {
    const { reader } = this;
    const typed = TYPED_ARRAYS.get(number);
    if (typed !== undefined) return this.object(() => typedArray(typed, reader.memory()));
    switch (number) {
      case tag.SHAREABLE:
        this.slot = this.shared.push(UNSET) - 1;
        return this.item();
      case tag.REFERENCE:
        return this.reference(reader.head());
      case tag.POSITIVE_BIGINT:
      case tag.NEGATIVE_BIGINT:
        return bigintOf(reader.byteString(), number === tag.NEGATIVE_BIGINT);
      case tag.WTF8_STRING:
        return fromWtf8(reader.byteString());
      case tag.MAP:
        return this.containers.map();
      case tag.SET:
        return this.containers.set();
      case tag.DATE:
        return this.object(() => new Date(this.item() as number));
      case tag.REGEXP:
        return this.containers.regexp();
      case tag.ERROR:
        return this.containers.error();
      case tag.BOXED:
        return this.object(() => Object(this.item()) as object);
      case tag.NULL_PROTOTYPE:
        this.prototype = null;
        return this.item();
      case tag.SPARSE_ARRAY:
        return this.containers.sparse();
      case tag.WITH_PROPERTIES:
        return this.withProperties();
      case tag.INTEGRITY:
        return this.integrity();
      case tag.NODE_BUFFER:
        return this.object(() => Buffer.from(reader.memory()));
      case tag.VIEW:
        return this.view();
      case tag.BUFFER_OF:
        return this.object(() => bufferOf(this.item()));
      case tag.INSTANCE:
        return this.instance();
      case tag.CONVERTED:
        return this.converted();
      case tag.AS_JSON:
        return this.object(() => this.item() as object);
      default:
        throw new DecodeError(
          `It holds tag ${number}, which this version does not know; update tagflow to read it.`,
        );
    }
  }

  /** Takes the number, and the slot if tag 28 came before, of the object that begins here. */
  begin(): Place {
    const place = { ordinal: this.ordinals++, slot: this.slot };
    this.slot = -1;
    return place;
  }

  made<T extends object>(place: Place, object: T): T {
    if (place.slot >= 0) this.shared[place.slot] = object;
    this.options.onObject?.(object, place.ordinal);
    return object;
  }

  /** The object that stands for the one of this number already; its contents are then read into nothing. */
  existing(place: Place): object | undefined {
    const object = this.options.existing?.(place.ordinal);
    return object && this.made(place, object);
  }

  /** An object that can only be made after its parts are read. */
  object(make: () => object): object {
    const place = this.begin();
    const existing = this.existing(place);
    const made = make();
    return existing ?? this.made(place, made);
  }

  private ordinary(count: number): object {
    const prototype = this.prototype;
    this.prototype = Object.prototype;
    const place = this.begin();
    const existing = this.existing(place);
    const object = prototype === Object.prototype ? {} : (Object.create(prototype) as object);
    if (!existing) this.made(place, object);
    this.fill(object, count);
    return existing ?? object;
  }

  fill(object: object, count: number, enumerable = true): void {
    const target = object as Record<string, unknown>;
    for (let i = 0; i < count; i++) {
      const key = this.item() as string;
      const value = this.item();
      // A plain assignment would meet setters of a class's prototype, and `__proto__` that of Object's.
      if (enumerable && key !== '__proto__' && !(key in target)) target[key] = value;
      else Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
    }
  }

  private withProperties(): object {
    this.expect(4, 2);
    const stood = this.options.existing?.(this.ordinals) !== undefined;
    const base = this.item() as object;
    this.fill(stood ? {} : base, this.reader.count(this.reader.head()));
    return base;
  }

  private integrity(): object {
    this.expect(4, 2);
    const level = this.item() as number;
    const object = this.item() as object;
    if (level === 1 || ArrayBuffer.isView(object)) return Object.preventExtensions(object);
    return level === 2 ? Object.seal(object) : Object.freeze(object);
  }

  private view(): object {
    return this.object(() => {
      this.expect(4, 4);
      const name = this.item() as string;
      const buffer = this.item() as ArrayBuffer;
      return viewOf(name, buffer, this.item() as number, this.item() as number);
    });
  }

  private instance(): object {
    this.expect(4, 2);
    const constructor = this.classOf(this.item() as number);
    const prototype = (constructor?.prototype ?? Object.prototype) as object;
    if (this.reader.nextMajor() === 5) this.prototype = prototype;
    const object = this.item() as object;
    this.prototype = Object.prototype;
    if (constructor && Object.getPrototypeOf(object) !== prototype) Object.setPrototypeOf(object, prototype);
    return object;
  }

  private converted(): object {
    const place = this.begin();
    const existing = this.existing(place);
    this.expect(4, 3);
    const index = this.item() as number;
    const constructor = this.classOf(index);
    const how = this.item() as string;
    const data = this.item();
    this.options.onConverted?.();
    if (existing) return existing;
    const instance = constructor && converted(data, how, constructor, this.origins[index]!, this.classes);
    return this.made(place, instance ?? (Object(data) as object));
  }

  /** Looked up once: a value may hold very many instances. */
  private classOf(index: number): Constructor | undefined {
    const origin = this.origins[index];
    if (!origin) throw new DecodeError('It names a class that its header does not hold.');
    const found = this.found.get(origin) ?? this.classes.find(origin);
    if (!found.type && !this.found.has(origin)) this.options.onNotice?.({ origin, edited: found.edited });
    this.found.set(origin, found);
    return found.type;
  }

  private reference(index: number): unknown {
    const value = this.shared[index];
    if (value === UNSET || index >= this.shared.length)
      throw new DecodeError('It refers to a value that is not there.');
    return value;
  }

  expect(major: number, argument: number): void {
    if (this.reader.head() !== argument || this.reader.major !== major) {
      throw new DecodeError('It is not written as an encoded value is.');
    }
  }
}
