/** Writes instances of classes: as what they hold, or as data that makes an equal one. */
import { type Brand, baseName, nativeBase } from './brand.js';
import { type ClassOrigin, hasPrivateMembers } from './classes.js';
import { type Conversion, calling, conversionOf, messageOf } from './conversion.js';
import type { Encoder } from './encoder.js';
import { className, instanceRefusal } from './refusal.js';
import * as tag from './tags.js';

export class InstanceWriter {
  /** Classes of what was written, by the numbers that it names them by. */
  readonly origins: ClassOrigin[] = [];
  private readonly originIndex = new Map<unknown, number>();
  /** Objects whose converted form is being written: meeting one again cannot be decoded. */
  private readonly open = new Set<object>();
  /** How many results of a package's `toJSON` the walk is inside of. */
  private inJson = 0;

  /** By prototype: the numbers of the notebook's classes whose instances are what they hold, each like the others. */
  private readonly plain = new Map<object, number>();

  constructor(private readonly encoder: Encoder) {}

  /** Whether an instance with this prototype has been written, and others can be written as it was. */
  readonly isPlain = (prototype: object): boolean => this.plain.has(prototype);

  /** What stands before the properties of such an instance. */
  plainHead(value: object): void {
    this.head(tag.INSTANCE, 2, this.plain.get(Object.getPrototypeOf(value) as object)!);
  }

  isOpen(object: object): boolean {
    return this.open.has(object);
  }

  /** An object whose prototype is no built-in's: an instance of a class. */
  write(value: object, brand: Brand, prototype: object | null): void {
    const constructor =
      prototype && (Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown);
    const origin =
      typeof constructor === 'function' ? this.encoder.options.classes?.originOf(constructor) : undefined;
    const known = origin !== undefined && (constructor as { prototype?: unknown }).prototype === prototype;
    const conversion = known && conversionOf(value, constructor, origin, this.encoder.options.classes!);
    // What is given as JSON is read as JSON.
    if (conversion && (conversion.how !== 'adapter' || this.inJson === 0))
      return this.converted(value, constructor, origin, conversion);
    if (this.inJson > 0 && !this.encoder.options.lax && brand === 'ordinary') return this.asJson(value);
    const native = nativeBase(brand, prototype);
    if (known && native === undefined && !hasPrivateMembers(constructor)) {
      this.encoder.integrity(value);
      const index = this.instanceHead(tag.INSTANCE, 2, constructor, origin);
      if (brand === 'ordinary' && origin.package === '') this.plain.set(prototype!, index);
      return this.encoder.base(value, brand, baseName(brand, prototype!));
    }
    const reason = instanceRefusal(value, constructor, known ? origin : undefined, native);
    this.encoder.refuse(reason, `instance of ${className(value, constructor)}`);
    if (this.encoder.options.lax) this.lax(value, brand);
  }

  /** What of an object can be seen anyway, so that a change of it changes the digest. */
  private lax(value: object, brand: Brand): void {
    // Without its prototype, a view does not say what memory it shows.
    const blind = brand === 'view' && !('buffer' in value);
    if (brand === 'ordinary' || brand === 'foreign' || blind)
      this.encoder.properties(value, Object.keys(value));
    else this.encoder.base(value, brand, brand === 'error' ? 'Error' : '');
  }

  private converted(
    value: object,
    constructor: unknown,
    origin: ClassOrigin,
    { how, isJson, data }: Conversion,
  ): void {
    const answer = this.answerOf(data);
    if (!answer) return;
    this.open.add(value);
    this.instanceHead(tag.CONVERTED, 3, constructor, origin);
    this.encoder.writer.text(how);
    if (isJson) this.inJson++;
    this.encoder.part('<converted>', answer.data);
    if (isJson) this.inJson--;
    this.open.delete(value);
  }

  /** Inside what a package's `toJSON` returned, objects count as JSON.stringify would take them. */
  private asJson(value: object): void {
    const toJson = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJson !== 'function') return this.encoder.properties(value, Object.keys(value));
    const answer = this.answerOf(() => calling(value, 'toJSON'));
    if (!answer) return;
    const { data: json } = answer;
    if (json === value) return this.encoder.properties(value, Object.keys(value));
    this.encoder.writer.tag(tag.AS_JSON);
    this.open.add(value);
    this.encoder.part('<json>', json);
    this.open.delete(value);
  }

  /** What is to be kept in an instance's place; undefined if that fails, which is a refusal. */
  private answerOf(data: () => unknown): { data: unknown } | undefined {
    try {
      return { data: data() };
    } catch (error) {
      this.encoder.refuse(`cannot be kept: ${messageOf(error)}.`, 'conversion');
      return undefined;
    }
  }

  private instanceHead(tagged: number, length: number, constructor: unknown, origin: ClassOrigin): number {
    let index = this.originIndex.get(constructor);
    if (index === undefined) {
      index = this.origins.push(origin) - 1;
      this.originIndex.set(constructor, index);
    }
    this.head(tagged, length, index);
    return index;
  }

  private head(tagged: number, length: number, index: number): void {
    const { writer } = this.encoder;
    writer.tag(tagged);
    writer.head(4, length);
    writer.head(0, index);
  }
}
