/** Makes arrays, maps, sets, errors and expressions of what ContainerWriter wrote. */
import type { Decoder } from './decoder.js';

const ERRORS = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((each) => [
    each.name,
    each,
  ]),
);

export class ContainerReader {
  constructor(private readonly decoder: Decoder) {}

  array(count: number): unknown[] {
    const place = this.decoder.begin();
    const existing = this.decoder.existing(place);
    const array: unknown[] = [];
    if (!existing) this.decoder.made(place, array);
    for (let i = 0; i < count; i++) array.push(this.decoder.item());
    return (existing as unknown[] | undefined) ?? array;
  }

  sparse(): unknown[] {
    const place = this.decoder.begin();
    const existing = this.decoder.existing(place);
    const count = this.decoder.reader.count(this.decoder.reader.head());
    const array: unknown[] = [];
    if (!existing) this.decoder.made(place, array);
    array.length = this.decoder.item() as number;
    for (let i = 1; i < count; i += 2) {
      const index = this.decoder.item() as number;
      array[index] = this.decoder.item();
    }
    return (existing as unknown[] | undefined) ?? array;
  }

  map(): Map<unknown, unknown> {
    const place = this.decoder.begin();
    const existing = this.decoder.existing(place);
    const count = this.decoder.reader.count(this.decoder.reader.head());
    const map = new Map<unknown, unknown>();
    if (!existing) this.decoder.made(place, map);
    for (let i = 0; i < count; i++) {
      const key = this.decoder.item();
      map.set(key, this.decoder.item());
    }
    return (existing as Map<unknown, unknown> | undefined) ?? map;
  }

  set(): Set<unknown> {
    const place = this.decoder.begin();
    const existing = this.decoder.existing(place);
    const count = this.decoder.reader.count(this.decoder.reader.head());
    const set = new Set<unknown>();
    if (!existing) this.decoder.made(place, set);
    for (let i = 0; i < count; i++) set.add(this.decoder.item());
    return (existing as Set<unknown> | undefined) ?? set;
  }

  regexp(): object {
    return this.decoder.object(() => {
      this.decoder.expect(4, 3);
      const expression = new RegExp(this.decoder.item() as string, this.decoder.item() as string);
      expression.lastIndex = this.decoder.item() as number;
      return expression;
    });
  }

  error(): object {
    const place = this.decoder.begin();
    const existing = this.decoder.existing(place);
    this.decoder.expect(4, 2);
    const name = this.decoder.item() as string;
    const error = name === 'AggregateError' ? new AggregateError([]) : new (ERRORS.get(name) ?? Error)();
    if (!existing) this.decoder.made(place, error);
    for (const key of ['message', 'errors']) Reflect.deleteProperty(error, key);
    this.decoder.fill(error, this.decoder.reader.count(this.decoder.reader.head()), false);
    const message = error.message;
    const stack = message ? `${name}: ${message}` : name;
    Object.defineProperty(error, 'stack', {
      value: stack,
      writable: true,
      configurable: true,
      enumerable: false,
    });
    return existing ?? error;
  }
}
