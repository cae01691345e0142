/** What names of modules say of packages. */
import { isBuiltin } from 'node:module';

/** Names of the packages that specifiers reach into: `d3-array`, `@scope/name`. */
export function packageNames(specifiers: Iterable<string>): Set<string> {
  const names = new Set<string>();
  for (const specifier of specifiers) {
    const name = /^(@[^/]+\/[^/]+|[^@./#][^/]*)/.exec(specifier)?.[0];
    if (name !== undefined && !isBuiltin(specifier) && !/^\w+:/.test(specifier) && !OWN.has(name))
      names.add(name);
  }
  return names;
}

/** Found by the name alone, whatever is installed. */
const OWN = new Set(['tagflow', 'tslab']);
