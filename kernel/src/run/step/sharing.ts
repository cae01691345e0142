/**
 * Which objects a program's inputs have in common. Values of equal digests behave alike only if the same objects are
 * shared among them: `rows.indexOf(best)` depends on it. Pure.
 */
import { eachLink, type Links } from '../links.js';
import { sha256 } from '../key/sha256.js';
import type { Source } from '../source.js';

export interface SharedInput {
  /** What the input is called in a key. */
  label: string;
  source: Source;
  links?: Links;
}

/**
 * Digest of all groups of objects that are one object, each told by where it is in which inputs; undefined if nothing
 * is shared. Names of steps and cells, and values that are no inputs, do not enter.
 */
export function sharingOf(inputs: readonly SharedInput[]): string | undefined {
  const places = new Map<string, Set<string>>();
  const labels = new Map(inputs.map(({ source, label }) => [source, label]));
  for (const { label, links } of inputs) {
    for (const { here, source, ordinal } of links ? eachLink(links) : []) {
      const object = `${source}#${ordinal}`;
      const known = places.get(object) ?? new Set();
      places.set(object, known.add(`${label}#${here}`));
      const origin = labels.get(source);
      if (origin !== undefined) known.add(`${origin}#${ordinal}`);
    }
  }
  const groups = [...places.values()]
    .filter(({ size }) => size > 1)
    .map((group) => [...group].sort().join(' '));
  if (groups.length === 0) return undefined;
  return sha256(groups.sort().join('\n'));
}
