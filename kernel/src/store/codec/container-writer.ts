/** Writes arrays, maps, sets, errors, dates, expressions and boxed primitives: what they are by their internal slots. */
import { types } from 'node:util';
import type { Brand } from './brand.js';
import type { Encoder } from './encoder.js';
import { ERROR_PROPERTIES, extraKeys, integrityOf, isIndex, isOddElement } from './own-keys.js';
import * as tag from './tags.js';

const ODD = 'is a getter, read-only or hidden, which cannot be kept: make it a plain element.';

export class ContainerWriter {
  constructor(private readonly encoder: Encoder) {}

  /** `name` is the built-in class. The object itself has been counted by the encoder. */
  write(value: object, brand: Brand, name: string, level = integrityOf(value)): void {
    const { writer } = this.encoder;
    const extra = extraKeys(value, brand);
    if (extra.length > 0) {
      writer.tag(tag.WITH_PROPERTIES);
      writer.head(4, 2);
    }
    if (brand === 'array') this.array(value as unknown[], level);
    else if (brand === 'map') this.map(value as Map<unknown, unknown>);
    else if (brand === 'set') this.set(value as Set<unknown>);
    else if (brand === 'error') this.error(value as Error, name);
    else if (brand === 'date') this.date(value as Date);
    else if (brand === 'regexp') this.regexp(value as RegExp);
    else this.boxed(value);
    if (extra.length > 0) this.encoder.properties(value, extra, level);
  }

  private array(value: unknown[], level: number): void {
    const { encoder } = this;
    const length = value.length;
    if (Object.getOwnPropertyDescriptor(value, 'length')!.writable !== level < 3)
      encoder.refuse('has a length that is read-only, which cannot be kept.', 'length');
    // Looking stops at the first hole: a length says nothing about how many elements there are.
    for (let i = 0; i < length; i++) if (!Object.hasOwn(value, i)) return this.sparse(value, level);
    encoder.writer.head(4, length);
    const top = encoder.path.push(0) - 1;
    for (let i = 0; i < length; i++) {
      encoder.path[top] = i;
      if (isOddElement(value, i, level)) encoder.refuse(ODD, 'element');
      else encoder.value(value[i]);
    }
    encoder.path.pop();
  }

  private sparse(value: unknown[], level: number): void {
    const { encoder } = this;
    const present = Object.getOwnPropertyNames(value).filter((key) => isIndex(key, value.length));
    encoder.writer.tag(tag.SPARSE_ARRAY);
    encoder.writer.head(4, 1 + 2 * present.length);
    encoder.writer.number(value.length);
    const top = encoder.path.push(0) - 1;
    for (const key of present) {
      const index = Number(key);
      encoder.path[top] = index;
      encoder.writer.number(index);
      if (isOddElement(value, index, level)) encoder.refuse(ODD, 'element');
      else encoder.value(value[index]);
    }
    encoder.path.pop();
  }

  private map(value: Map<unknown, unknown>): void {
    const { encoder } = this;
    encoder.writer.tag(tag.MAP);
    encoder.writer.head(5, mapSize.call(value));
    let i = 0;
    Map.prototype.forEach.call(value, (item: unknown, key: unknown) => {
      encoder.part(`<key ${i}>`, key);
      encoder.part(typeof key === 'string' ? `<${JSON.stringify(key)}>` : `<value ${i}>`, item);
      i++;
    });
  }

  private set(value: Set<unknown>): void {
    const { encoder } = this;
    encoder.writer.tag(tag.SET);
    encoder.writer.head(4, setSize.call(value));
    let i = 0;
    Set.prototype.forEach.call(value, (item: unknown) => encoder.part(`<item ${i++}>`, item));
  }

  /** The class's name, and the properties that an error's constructor makes. The stack is no part of the value. */
  private error(value: Error, name: string): void {
    const { writer } = this.encoder;
    writer.tag(tag.ERROR);
    writer.head(4, 2);
    writer.text(name);
    const own = ERROR_PROPERTIES.filter(
      (key) => Object.getOwnPropertyDescriptor(value, key)?.enumerable === false,
    );
    this.encoder.properties(value, own, integrityOf(value), false);
  }

  private date(value: Date): void {
    this.encoder.writer.tag(tag.DATE);
    this.encoder.writer.number(Date.prototype.getTime.call(value));
  }

  private regexp(value: RegExp): void {
    const { encoder } = this;
    const { value: lastIndex, writable } = Object.getOwnPropertyDescriptor(value, 'lastIndex')!;
    if (writable !== integrityOf(value) < 3)
      encoder.refuse('has a lastIndex that is read-only, which cannot be kept.', 'hidden');
    encoder.writer.tag(tag.REGEXP);
    encoder.writer.head(4, 3);
    encoder.writer.string(expressionSource.call(value));
    encoder.writer.string(expressionFlags.call(value));
    encoder.part('lastIndex', lastIndex);
  }

  private boxed(value: object): void {
    this.encoder.writer.tag(tag.BOXED);
    this.encoder.value(primitiveOf(value));
  }
}

// A subclass may answer these questions otherwise; the slots do not.
const mapSize = getter(Map.prototype, 'size') as () => number;
const setSize = getter(Set.prototype, 'size') as () => number;
const expressionSource = getter(RegExp.prototype, 'source') as () => string;
const expressionFlags = getter(RegExp.prototype, 'flags') as () => string;

function getter(prototype: object, name: string): () => unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!;
}

function primitiveOf(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  return BigInt.prototype.valueOf.call(value as unknown as bigint);
}
