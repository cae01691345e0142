import type { Unit } from '../facts.js';

/** Whether a specifier names a file, by a path or a `file:` URL, and not a package. */
export function isLocal(specifier: string): boolean {
  return /^(\.{0,2}\/|\.{1,2}$|file:|[A-Za-z]:[\\/])/.test(specifier);
}

/** What the bundler of programs imports for JSX. */
const JSX_RUNTIME = 'react/jsx-runtime';

/** The modules that units import: packages (Node's own among them), and local files. */
export function modulesOf(units: readonly Unit[]): { packages: string[]; localFiles: string[] } {
  const specifiers = new Set<string>();
  for (const unit of units) {
    if (unit.import) specifiers.add(unit.import.specifier);
    if (unit.jsx) specifiers.add(JSX_RUNTIME);
    for (const { specifier } of unit.dynamicImports) if (specifier !== undefined) specifiers.add(specifier);
  }
  const sorted = [...specifiers].sort();
  return {
    packages: sorted.filter((specifier) => !isLocal(specifier)),
    localFiles: sorted.filter(isLocal),
  };
}

/** Modules that reach outside of the program; what they are used for does not matter. */
const OUTSIDE = /^(node:)?(http|https|http2|net|tls|dgram|dns|child_process|worker_threads|cluster)(\/.*)?$/;

/** What a use of the library's `runs` is called. */
export const PAST_RUNS = 'runs of the past';

/** What an import of a computed name is called: what is loaded stands in no key. */
const COMPUTED = 'import() of what is computed';

/** Everything visibly impure in units, sorted: `Math.random()`, `node:http`. */
export function impureIn(units: readonly Unit[]): string[] {
  const found = new Set<string>();
  for (const unit of units) {
    unit.place.impure.forEach((text) => found.add(text));
    if (unit.dynamicImports.some(({ specifier }) => specifier === undefined)) found.add(COMPUTED);
    // What is taken from it there is not looked at.
    if (unit.dynamicImports.some(({ specifier }) => specifier === 'tagflow')) found.add(PAST_RUNS);
    const specifiers = [unit.import, ...unit.dynamicImports].map((each) => each?.specifier);
    for (const specifier of specifiers) {
      if (specifier !== undefined && OUTSIDE.test(specifier)) found.add(specifier);
    }
  }
  return [...found].sort();
}
