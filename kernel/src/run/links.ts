/** Which objects of a value are objects of others, as it stands beside the value. Pure. */
import type { Source } from './source.js';

/** As it is kept: `links` holds triples of number here, index into `sources`, number there. */
export interface Links {
  sources: Source[];
  links: Uint32Array;
}

/** Where an object was first: it is object number `ordinal` of that value. */
export interface Origin {
  source: Source;
  ordinal: number;
}

/** An object of a value, by number, that is one of another. */
export interface Link extends Origin {
  here: number;
}

export function* eachLink({ sources, links }: Links): Generator<Link> {
  for (let i = 0; i < links.length; i += 3)
    yield { here: links[i]!, source: sources[links[i + 1]!]!, ordinal: links[i + 2]! };
}

/** Where each object that is one of another was first, by its number. */
export function originsIn(links: Links | undefined): Map<number, Origin> {
  const origins = new Map<number, Origin>();
  for (const { here, ...origin } of links ? eachLink(links) : []) origins.set(here, origin);
  return origins;
}

/** Links as they are kept. */
export function linksOf(found: readonly Link[]): Links {
  const sources = [...new Set(found.map(({ source }) => source))];
  const index = new Map(sources.map((source, i) => [source, i]));
  const links = new Uint32Array(found.length * 3);
  found.forEach(({ here, source, ordinal }, i) => links.set([here, index.get(source)!, ordinal], i * 3));
  return { sources, links };
}
