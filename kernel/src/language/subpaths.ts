/**
 * What `#name` means: Node's subpath imports, which the `imports` of the package.json above a file declare. By Node's own
 * algorithm, since two answers would be two values: `resolve.exports` takes patterns for regular expressions, and honours
 * folders (`#lib/`), which Node no longer does.
 */
import { dirname, join, relative } from 'node:path';
import { withSlashes } from '../files/slashes.js';

/** Where there is an `import`, in every Node; `default` holds always. */
const CONDITIONS = ['node', 'node-addons', 'module-sync', 'import'];

/** What the compiler is to look for besides what it looks for by itself. */
export const NODE_CONDITIONS = CONDITIONS.filter((name) => name !== 'import');

const REQUIRED = CONDITIONS.map((name) => (name === 'import' ? 'require' : name));

export interface SubpathTarget {
  /** The package.json that decides; absent where there is none. */
  manifest?: string;
  /** Absolute path of a file of the project, which need not be there. */
  file?: string;
  /** Specifier of a package. Where there is neither, the name means nothing. */
  package?: string;
}

export type ReadText = (path: string) => string | undefined;

export function isSubpath(specifier: string): boolean {
  return specifier.startsWith('#');
}

/**
 * @param directory of the importing file: an absolute path
 * @param require whether it is not imported, but required
 */
export function subpathTarget(
  specifier: string,
  directory: string,
  readText: ReadText,
  require = false,
): SubpathTarget {
  const manifest = manifestAbove(directory, readText);
  if (!manifest) return {};
  const target = targetIn(manifest.imports, specifier, new Set(require ? REQUIRED : CONDITIONS));
  const { path } = manifest;
  if (target === undefined) return { manifest: path };
  if (target.startsWith('./')) return { manifest: path, file: join(dirname(path), target) };
  return { manifest: path, package: target };
}

/** What stands for a subpath in a program of the notebook: a path relative to its folder, or a package. */
export function programSpecifier(
  specifier: string,
  directory: string,
  readText: ReadText,
  require = false,
): string {
  if (!isSubpath(specifier)) return specifier;
  const target = subpathTarget(specifier, directory, readText, require);
  if (target.file === undefined) return target.package ?? specifier;
  const path = withSlashes(relative(directory, target.file));
  return path.startsWith('../') ? path : `./${path}`;
}

export function unknownSubpath(specifier: string, { manifest, file }: SubpathTarget): string {
  if (file !== undefined)
    return `${JSON.stringify(specifier)} is ${file} by the \`imports\` of ${manifest}, and there is no such file.`;
  return manifest === undefined
    ? `Nothing says what ${JSON.stringify(specifier)} is: there is no package.json beside the notebook or above it. Write one with \`imports\`.`
    : `Nothing says what ${JSON.stringify(specifier)} is: add it to the \`imports\` of ${manifest}.`;
}

/** The nearest package.json alone counts, whether it has `imports` or not. */
function manifestAbove(
  directory: string,
  readText: ReadText,
): { path: string; imports: unknown } | undefined {
  for (let above = directory; ; above = dirname(above)) {
    const path = join(above, 'package.json');
    const text = readText(path);
    if (text !== undefined) return { path, imports: importsIn(text) };
    if (above === dirname(above)) return undefined;
  }
}

function importsIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { imports?: unknown } | null)?.imports;
  } catch {
    return undefined;
  }
}

function targetIn(imports: unknown, specifier: string, conditions: ReadonlySet<string>): string | undefined {
  if (!isRecord(imports)) return undefined;
  if (Object.hasOwn(imports, specifier) && !specifier.includes('*'))
    return targetOf(imports[specifier], '', conditions) ?? undefined;
  const key = Object.keys(imports)
    .filter((pattern) => matches(pattern, specifier))
    .sort((a, b) => b.indexOf('*') - a.indexOf('*') || b.length - a.length)[0];
  if (key === undefined) return undefined;
  const rest = specifier.slice(key.indexOf('*'), specifier.length - (key.length - key.indexOf('*') - 1));
  return targetOf(imports[key], rest, conditions) ?? undefined;
}

function matches(pattern: string, specifier: string): boolean {
  const [before, after, ...more] = pattern.split('*');
  return (
    after !== undefined &&
    more.length === 0 &&
    specifier.length >= pattern.length &&
    specifier.startsWith(before!) &&
    specifier.endsWith(after)
  );
}

/** Null where it is said that there is nothing; undefined where nothing is said. */
function targetOf(target: unknown, rest: string, conditions: ReadonlySet<string>): string | null | undefined {
  if (target === null) return null;
  if (typeof target === 'string') {
    const text = target.replaceAll('*', rest);
    return isTarget(text) ? text : undefined;
  }
  const choices = Array.isArray(target)
    ? (target as unknown[])
    : isRecord(target)
      ? Object.keys(target)
          .filter((name) => name === 'default' || conditions.has(name))
          .map((name) => target[name])
      : [];
  let last: null | undefined;
  for (const choice of choices) {
    const found = targetOf(choice, rest, conditions);
    if (typeof found === 'string' || (found === null && !Array.isArray(target))) return found;
    last = found;
  }
  return last;
}

/** A path below the package.json that leads into no package, or the specifier of a package. */
function isTarget(text: string): boolean {
  if (!text.startsWith('./')) return text !== '' && !/^(\.|\/|#)/.test(text) && !URL.canParse(text);
  return !text
    .slice(2)
    .split(/[/\\]/)
    .some((part) => part === '..' || part === '.' || part === 'node_modules');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
