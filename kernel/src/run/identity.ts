/**
 * Which objects of one value are objects of another, across steps: after `const best = rows[3]`, `rows.indexOf(best)` is
 * 3 in a later step too, although each value is kept by itself and has its own digest.
 *
 * A value's objects have numbers, in the order of its encoding. Beside a value whose objects came from others stands a
 * list of links: object number n here is object number m of that source. Every link leads to where the object was first.
 */
import type { DecodeOptions, EncodeOptions } from '../store/codec.js';

/** A value of a run: the step that made it (empty for a parameter) and the variable. */
export type Source = string;

export function sourceOf(step: string | undefined, variable: string): Source {
  return `${step ?? ''} ${variable}`;
}

/** As it is kept: `links` holds triples of number here, index into `sources`, number there. */
export interface Links {
  sources: Source[];
  links: Uint32Array;
}

interface Origin {
  source: Source;
  ordinal: number;
}

export class IdentityTable {
  /** Objects of each source by number, as far as they were met in this process. */
  private readonly objects = new Map<Source, object[]>();
  private readonly linked = new Map<Source, Map<number, Origin>>();
  private origins: Map<object, Origin> | undefined;

  /** For decoding a value: objects that are here already are taken instead of made anew. */
  decoding(source: Source, links: Links | undefined): Pick<DecodeOptions, 'onObject' | 'existing'> {
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
        if (origin) this.objectsOf(origin.source)[origin.ordinal] = object;
      },
      existing: own.length > 0 || known.size > 0 ? (ordinal) => own[ordinal] ?? there(ordinal) : undefined,
    };
  }

  /** For encoding a value that the step made: `links` gives its links once it is encoded. */
  encoding(source: Source): {
    onObject: NonNullable<EncodeOptions['onObject']>;
    links: () => Links | undefined;
  } {
    const origins = (this.origins ??= this.originsOfInputs());
    const found: { here: number; origin: Origin }[] = [];
    return {
      onObject: (object, ordinal) => {
        const origin = origins.get(object);
        if (origin) found.push({ here: ordinal, origin });
        else origins.set(object, { source, ordinal });
      },
      links: () => (found.length === 0 ? undefined : linksOf(found)),
    };
  }

  private originsOfInputs(): Map<object, Origin> {
    const origins = new Map<object, Origin>();
    for (const [source, objects] of this.objects) {
      const linked = this.linked.get(source);
      objects.forEach((object, ordinal) => {
        if (!origins.has(object)) origins.set(object, linked?.get(ordinal) ?? { source, ordinal });
      });
    }
    return origins;
  }

  private objectsOf(source: Source): object[] {
    const objects = this.objects.get(source) ?? [];
    this.objects.set(source, objects);
    return objects;
  }
}

function originsIn(links: Links | undefined): Map<number, Origin> {
  const origins = new Map<number, Origin>();
  if (!links) return origins;
  for (let i = 0; i < links.links.length; i += 3) {
    const [here, source, ordinal] = links.links.subarray(i, i + 3) as unknown as [number, number, number];
    origins.set(here, { source: links.sources[source]!, ordinal });
  }
  return origins;
}

function linksOf(found: readonly { here: number; origin: Origin }[]): Links {
  const sources = [...new Set(found.map(({ origin }) => origin.source))];
  const index = new Map(sources.map((source, i) => [source, i]));
  const links = new Uint32Array(found.length * 3);
  found.forEach(({ here, origin }, i) => links.set([here, index.get(origin.source)!, origin.ordinal], i * 3));
  return { sources, links };
}
