/** Artifacts: values under the digest of their encoding. */
import { type ClassNotice, ClassRegistry, DecodeError, type Encoding, classesOf, decode } from './codec.js';
import { getEncoding } from './content.js';
import { StoreError, type Store } from './store.js';

export interface ReadOptions {
  /** Classes that instances are revived with; packages that it does not know are imported with `importPackage`. */
  classes?: ClassRegistry;
  importPackage?: (specifier: string) => Promise<object>;
  onNotice?: (notice: ClassNotice) => void;
}

/**
 * The value of a digest as a native object. Instances of classes that are not known become plain data, with a notice.
 * @throws StoreError if it is not there, is damaged or cannot be read
 */
export async function readArtifact(
  store: Store,
  digest: string,
  options: ReadOptions = {},
): Promise<unknown> {
  const encoding = await getEncoding(store, digest);
  const classes = options.classes ?? new ClassRegistry();
  try {
    if (options.importPackage) await importClasses(encoding, classes, options.importPackage);
    return decode(encoding, { classes, onNotice: options.onNotice });
  } catch (error) {
    if (error instanceof DecodeError)
      throw new StoreError(`The blob ${digest} cannot be read as a value. ${error.message}`);
    throw error;
  }
}

/** What is installed, or comes with Node: a value from a store must not name code that it brings along, or any file. */
const INSTALLED = /^(node:[a-z/_]+|(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w-][\w.-]*)*)$/;

/**
 * Imports the packages whose classes an encoded value needs, as far as they are not known yet.
 * @throws StoreError if it names anything else than a package
 */
export async function importClasses(
  encoding: Encoding,
  classes: ClassRegistry,
  importPackage: (specifier: string) => Promise<object>,
): Promise<void> {
  for (const { package: specifier } of classesOf(encoding)) {
    if (specifier === '' || classes.knows(specifier)) continue;
    if (!INSTALLED.test(specifier))
      throw new StoreError(
        `A value names ${JSON.stringify(specifier)} as a package, which it is not: it was not read.`,
      );
    classes.imported(specifier, await importPackage(specifier));
  }
}

/** Deeper values have no JSON form: writing it would exhaust the stack. */
const JSON_DEPTH = 500;

/**
 * A value as JSON, where JSON has the same value: what JSON would change (NaN, Map, undefined, …) has no such form, nor
 * has what contains itself.
 */
export function jsonForm(value: unknown, limit: number): { value: unknown } | undefined {
  if (!hasJsonForm(value, { left: limit }, JSON_DEPTH)) return undefined;
  return { value };
}

function hasJsonForm(value: unknown, budget: { left: number }, depth: number): boolean {
  budget.left -= typeof value === 'string' ? value.length + 2 : 4;
  if (budget.left < 0 || depth < 0) return false;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value))
    return (
      Object.keys(value).length === value.length &&
      value.every((each) => hasJsonForm(each, budget, depth - 1))
    );
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).every(([key, each]) => {
    budget.left -= key.length + 2;
    return hasJsonForm(each, budget, depth - 1);
  });
}
