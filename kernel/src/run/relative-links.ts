/**
 * Which objects of a program's values are objects of others, told in terms of the program alone: an object of an input by
 * the input's label, any other by the program's own names. So a result can stand for another run's, whose steps have
 * other names and whose lists have grown. Pure.
 */
import type { Links, Source } from './identity.js';
import type { SharedInput } from './sharing.js';

/** Before the label of an input; sources of the program's own begin with `OWN` and a number of its places. */
const INPUT = 'input ';
const OWN = 'own ';
/** Before what each process makes anew. */
const ANYWHERE = '= ';

/**
 * @param own what the sources of the program's own values, and of loops in it, begin with
 * @returns undefined if an object comes from a value that is neither an input nor the program's own
 */
export function relativeLinks(
  links: Links,
  inputs: readonly SharedInput[],
  own: readonly string[],
): Links | undefined {
  const places = placesOf(inputs);
  const found = triples(links).map(([here, source, ordinal]) => {
    const mine = own.findIndex((prefix) => source.startsWith(prefix));
    if (mine >= 0) return { here, source: `${OWN}${mine} ${source.slice(own[mine]!.length)}`, ordinal };
    if (source.startsWith(ANYWHERE)) return { here, source, ordinal };
    const input = inputs.find((each) => each.source === source);
    if (input) return { here, source: INPUT + input.label, ordinal };
    const place = places.get(`${source}#${ordinal}`);
    return place && { here, source: INPUT + place.label, ordinal: place.ordinal };
  });
  return found.every((each) => each !== undefined) ? linksOf(found) : undefined;
}

/** The same for these inputs. */
export function absoluteLinks(
  links: Links,
  inputs: readonly SharedInput[],
  own: readonly string[],
): Links | undefined {
  const byLabel = new Map(inputs.map((input) => [input.label, input]));
  const found = triples(links).map(([here, source, ordinal]) => {
    const [, mine, rest] = /^own (\d+) (.*)$/s.exec(source) ?? [];
    if (mine !== undefined) {
      const prefix = own[Number(mine)];
      return prefix === undefined ? undefined : { here, source: prefix + rest, ordinal };
    }
    if (source.startsWith(ANYWHERE)) return { here, source, ordinal };
    const input = byLabel.get(source.slice(INPUT.length));
    return input && { here, ...originOf(input, ordinal) };
  });
  return found.every((each) => each !== undefined) ? linksOf(found) : undefined;
}

/** Where an object of an input was first. */
function originOf({ source, links }: SharedInput, ordinal: number): { source: Source; ordinal: number } {
  const known = links && triples(links).find(([here]) => here === ordinal);
  return known ? { source: known[1], ordinal: known[2] } : { source, ordinal };
}

/** Objects of inputs that were first elsewhere, by where that was. */
function placesOf(inputs: readonly SharedInput[]): Map<string, { label: string; ordinal: number }> {
  const places = new Map<string, { label: string; ordinal: number }>();
  for (const { label, links } of inputs) {
    for (const [here, source, ordinal] of links ? triples(links) : []) {
      const origin = `${source}#${ordinal}`;
      if (!places.has(origin)) places.set(origin, { label, ordinal: here });
    }
  }
  return places;
}

function triples({ sources, links }: Links): [here: number, source: Source, ordinal: number][] {
  return Array.from({ length: links.length / 3 }, (_, i) => [
    links[3 * i]!,
    sources[links[3 * i + 1]!]!,
    links[3 * i + 2]!,
  ]);
}

function linksOf(found: readonly { here: number; source: Source; ordinal: number }[]): Links {
  const sources = [...new Set(found.map(({ source }) => source))];
  return {
    sources,
    links: Uint32Array.from(
      found.flatMap(({ here, source, ordinal }) => [here, sources.indexOf(source), ordinal]),
    ),
  };
}
