/**
 * Which objects of a program's values are objects of others, told in terms of the program alone: an object of an input by
 * the input's label, any other by the program's own names. So a result can stand for another run's, whose steps have
 * other names and whose lists have grown. Pure.
 */
import { eachLink, type Link, type Links, linksOf, originsIn } from './links.js';
import type { SharedInput } from './step/sharing.js';

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
  const bySource = new Map(inputs.toReversed().map((input) => [input.source, input]));
  const found = [...eachLink(links)].map(({ here, source, ordinal }): Link | undefined => {
    const mine = own.findIndex((prefix) => source.startsWith(prefix));
    if (mine >= 0) return { here, source: `${OWN}${mine} ${source.slice(own[mine]!.length)}`, ordinal };
    if (source.startsWith(ANYWHERE)) return { here, source, ordinal };
    const input = bySource.get(source);
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
  const byLabel = new Map(
    inputs.map(({ label, source, links }) => [label, { source, origins: originsIn(links) }]),
  );
  const found = [...eachLink(links)].map(({ here, source, ordinal }): Link | undefined => {
    const [, mine, rest] = /^own (\d+) (.*)$/s.exec(source) ?? [];
    if (mine !== undefined) {
      const prefix = own[Number(mine)];
      return prefix === undefined ? undefined : { here, source: prefix + rest, ordinal };
    }
    if (source.startsWith(ANYWHERE)) return { here, source, ordinal };
    const input = byLabel.get(source.slice(INPUT.length));
    // What is an object of the input's own was first in yet another value, perhaps.
    return input && { here, ...(input.origins.get(ordinal) ?? { source: input.source, ordinal }) };
  });
  return found.every((each) => each !== undefined) ? linksOf(found) : undefined;
}

/** Objects of inputs that were first elsewhere, by where that was. */
function placesOf(inputs: readonly SharedInput[]): Map<string, { label: string; ordinal: number }> {
  const places = new Map<string, { label: string; ordinal: number }>();
  for (const { label, links } of inputs) {
    for (const { here, source, ordinal } of links ? eachLink(links) : []) {
      const origin = `${source}#${ordinal}`;
      if (!places.has(origin)) places.set(origin, { label, ordinal: here });
    }
  }
  return places;
}
