/**
 * Which objects of one value are objects of another, across steps: after `const best = rows[3]`, `rows.indexOf(best)` is
 * 3 in a later step too, although each value is kept by itself and has its own digest.
 *
 * A value's objects have numbers, in the order of its encoding. Beside a value whose objects came from others stands a
 * list of links: object number n here is object number m of that source. Every link leads to where the object was first.
 */
import type { DecodeOptions, EncodeOptions } from '../../store/codec.js';
import { type Link, type Links, linksOf, type Origin, originsIn } from '../links.js';
import type { Source } from '../source.js';

export class IdentityTable {
  /** Objects of each source by number, as far as they were met in this process. */
  private readonly objects = new Map<Source, object[]>();
  private readonly linked = new Map<Source, Map<number, Origin>>();
  /** Objects of other values that came with a value. */
  private readonly added = new Map<Source, Origin[]>();
  /** Where each object was first, as far as that had to be looked up. */
  private origins: WeakMap<object, Origin> | undefined;
  /** The objects of a value that was encoded last: most are never asked for, and each costs an entry above. */
  private last: { source: Source; objects: ReadonlySet<object> } | undefined;

  /** For decoding a value: objects that are here already are taken instead of made anew. */
  decoding(source: Source, links: Links | undefined): Pick<DecodeOptions, 'onObject' | 'existing'> {
    if (this.last) this.settle();
    const own = this.objectsOf(source);
    const known = originsIn(links);
    this.linked.set(source, known);
    const there = (ordinal: number): object | undefined => {
      const origin = known.get(ordinal);
      return origin && this.objectsOf(origin.source)[origin.ordinal];
    };
    return {
      onObject: (object, ordinal) => {
        own[ordinal] = object;
        const origin = known.get(ordinal);
        if (origin) this.remember(source, origin, object);
        if (this.origins?.has(object) === false) this.origins.set(object, origin ?? { source, ordinal });
      },
      existing: own.length > 0 || known.size > 0 ? (ordinal) => own[ordinal] ?? there(ordinal) : undefined,
    };
  }

  /** Objects, by number, of a value that this process made for itself: setup, or a constant that travels. */
  made(source: Source, objects: object[]): void {
    this.objects.set(source, objects);
  }

  /** For encoding a value that the step made: `links` gives its links once it is encoded. */
  encoding(source: Source): {
    onObjects: NonNullable<EncodeOptions['onObjects']>;
    links: () => Links | undefined;
  } {
    let found: Link[] = [];
    return {
      onObjects: (objects) => {
        if (objects.size === 0) return;
        this.settle();
        found = this.foundAmong(objects);
        this.last = { source, objects };
      },
      links: () => (found.length === 0 ? undefined : linksOf(found)),
    };
  }

  private foundAmong(objects: ReadonlySet<object>): Link[] {
    const { origins } = this;
    if (!origins) return [];
    const found: Link[] = [];
    let here = 0;
    for (const object of objects) {
      const origin = origins.get(object);
      if (origin) found.push({ here, ...origin });
      here++;
    }
    return found;
  }

  /** Enters the value that was encoded last among the origins. */
  private settle(): void {
    if (this.objects.size > 0) this.origins ??= this.originsOfInputs();
    if (!this.last) return;
    const origins = (this.origins ??= new WeakMap());
    const { source, objects } = this.last;
    this.last = undefined;
    let ordinal = 0;
    for (const object of objects) {
      if (!origins.has(object)) origins.set(object, { source, ordinal });
      ordinal++;
    }
  }

  /** Objects of a value that came from others, of which `isOwn` is not true. */
  foreignIn(source: Source, isOwn: (source: Source) => boolean): object[] {
    const objects = this.objectsOf(source);
    return [...(this.linked.get(source) ?? [])].flatMap(([ordinal, origin]) =>
      isOwn(origin.source) ? [] : [objects[ordinal]!],
    );
  }

  /** The value that was encoded last goes to others and may come back with what they make: its objects are found then. */
  handed(source: Source): void {
    if (this.last?.source === source) this.made(source, [...this.last.objects]);
  }

  /** @returns lets go of the objects of all values that were met since, so that a process can work on many items */
  meeting(): () => void {
    const before = new Set(this.objects.keys());
    return () => {
      for (const source of [...this.objects.keys()]) if (!before.has(source)) this.forget(source);
    };
  }

  private forget(source: Source): void {
    this.settle();
    for (const { source: first, ordinal } of this.added.get(source) ?? [])
      delete this.objects.get(first)?.[ordinal];
    for (const known of [this.added, this.linked, this.objects]) known.delete(source);
  }

  /** An object of one value is one of another: who loads that finds it there. */
  private remember(source: Source, origin: Origin, object: object): void {
    const objects = this.objectsOf(origin.source);
    if (objects[origin.ordinal] !== undefined) return;
    objects[origin.ordinal] = object;
    const added = this.added.get(source) ?? [];
    this.added.set(source, added);
    added.push(origin);
  }

  private originsOfInputs(): WeakMap<object, Origin> {
    const origins = new WeakMap<object, Origin>();
    for (const [source, objects] of this.objects) {
      const linked = this.linked.get(source);
      objects.forEach((object, ordinal) => {
        if (!origins.has(object)) origins.set(object, linked?.get(ordinal) ?? { source, ordinal });
      });
    }
    return origins;
  }

  /** The objects of a value by number, as far as they were met. */
  objectsOf(source: Source): object[] {
    const objects = this.objects.get(source) ?? [];
    this.objects.set(source, objects);
    return objects;
  }
}
