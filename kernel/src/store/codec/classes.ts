/**
 * Which class an instance belongs to, by a name that another process understands: a class that the notebook declares
 * is known by name and digest of its declaration, a package's class by specifier and export.
 */
import { createHash } from 'node:crypto';
import { type Exports, exportsIn } from './adapters.js';
import { DecodeError } from './error.js';

export type Constructor = abstract new (...parameters: never[]) => object;

/** Where a class comes from: as it stands in the header of an encoded value. */
export interface ClassOrigin {
  /** Specifier of the package; `''` for a class of the notebook. */
  package: string;
  /** Name of the class, or the export's name (`default.Matrix` for a property of the default export). */
  name: string;
  /** Digest of the declaration and of its bases' (`withBases`), hexadecimal; `''` for a package's class. */
  digest: string;
}

/** What `find` knows of an origin: the class, one of the same name declared otherwise, or nothing. */
export interface FoundClass {
  type?: Constructor;
  /** True if there is a class of this name whose declaration has another digest. */
  edited: boolean;
}

export class ClassRegistry {
  private readonly declared = new Map<string, { digest: string; constructor: Constructor }[]>();
  private readonly namespaces = new Map<string, object>();
  /** By package, as far as they were asked for: they are wanted once an instance. */
  private readonly exports = new Map<string, Exports>();
  private origins = new Map<unknown, ClassOrigin>();

  /** @param outer knows the notebook's classes that are not declared here */
  constructor(private readonly outer?: Pick<ClassRegistry, 'find'>) {}

  /**
   * Registers a class of the notebook, of which several may have a name. Without a digest it stands for every version, and
   * in the place of all others.
   * @param declaration its digest; of classes that extend each other, the base comes first
   */
  declare(name: string, declaration: string, constructor: Constructor): void {
    const digest = withBases(declaration, constructor, (base) => this.origins.get(base)?.digest);
    const others = (this.declared.get(name) ?? []).filter((each) => each.constructor !== constructor);
    this.declared.set(name, [...(digest === '' ? [] : others), { digest, constructor }]);
    this.origins.set(constructor, { package: '', name, digest });
  }

  /** Registers what a package exports, so that its classes can be named. */
  imported(specifier: string, namespace: object): void {
    if (this.namespaces.has(specifier)) return;
    this.namespaces.set(specifier, namespace);
    for (const [name, value] of exportsOf(namespace)) {
      if (!this.origins.has(value)) this.origins.set(value, { package: specifier, name, digest: '' });
    }
  }

  originOf(constructor: unknown): ClassOrigin | undefined {
    return this.origins.get(constructor);
  }

  /** Whether a package's exports are known here. */
  knows(specifier: string): boolean {
    return this.namespaces.has(specifier);
  }

  /** What a package exports, if that is known here. */
  exportsOf(specifier: string): Exports {
    const namespace = this.namespaces.get(specifier);
    if (!namespace) return {};
    const exports = this.exports.get(specifier) ?? exportsIn(namespace);
    this.exports.set(specifier, exports);
    return exports;
  }

  find(origin: ClassOrigin): FoundClass {
    if (origin.package !== '') {
      const namespace = this.namespaces.get(origin.package);
      const value = namespace && new Map(exportsOf(namespace)).get(origin.name);
      return { type: value as Constructor | undefined, edited: false };
    }
    const declared = this.declared.get(origin.name);
    if (!declared) return this.outer?.find(origin) ?? { edited: false };
    const same = declared.filter(
      ({ digest }) => [digest, origin.digest].includes('') || digest === origin.digest,
    );
    if (same.length > 1)
      throw new DecodeError(
        `The class ${origin.name} is declared twice in the same words, so that nobody can tell of which an instance is: rename one.`,
      );
    return same[0] ? { type: same[0].constructor, edited: false } : { edited: true };
  }
}

/**
 * What a class of the notebook says: an instance is what its bases say, too. Where none of these is of the notebook it is
 * the digest of the declaration alone. It is found when the class is there, since only then it is known what it extends:
 * a base may stand in another cell, which may have been run again since.
 * @param digestOf of a base, if it is of the notebook: with its own bases
 */
export function withBases(
  declaration: string,
  constructor: object,
  digestOf: (base: object) => string | undefined,
): string {
  for (let base = baseOf(constructor); declaration !== '' && base; base = baseOf(base)) {
    const digest = digestOf(base);
    if (digest) return createHash('sha256').update(`${declaration} extends ${digest}`).digest('hex');
  }
  return declaration;
}

function baseOf(constructor: object): object | undefined {
  const base = Object.getPrototypeOf(constructor) as unknown;
  return typeof base === 'function' ? base : undefined;
}

/** Functions among the exports, by name; a CommonJS package's lie on its default export. */
function exportsOf(namespace: object): [string, unknown][] {
  const found = functionsOf(namespace, '');
  const main = (namespace as { default?: unknown }).default;
  const inner = (typeof main === 'object' || typeof main === 'function') && main !== null;
  return inner ? [...found, ...functionsOf(main, 'default.')] : found;
}

function functionsOf(holder: object, prefix: string): [string, unknown][] {
  return Object.keys(holder).flatMap((name): [string, unknown][] => {
    const value = (holder as Record<string, unknown>)[name];
    return typeof value === 'function' ? [[prefix + name, value]] : [];
  });
}

/** Whether a class, or one that it extends, has `#private` members: those cannot be read from outside. */
export function hasPrivateMembers(constructor: unknown): boolean {
  for (let each = constructor; typeof each === 'function'; each = Object.getPrototypeOf(each) as unknown) {
    const known = privacy.get(each) ?? declaresPrivate(Function.prototype.toString.call(each));
    privacy.set(each, known);
    if (known) return true;
  }
  return false;
}

const privacy = new WeakMap<object, boolean>();
const NOT_CODE = /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`/g;

/** Looks for `#name` outside of comments and strings, and for the forms compilers lower it to. */
function declaresPrivate(text: string): boolean {
  const code = text.replace(NOT_CODE, '""');
  return /#[\p{ID_Start}$_]/u.test(code) || /\b(__private\w+|__classPrivate\w+)\b/.test(code);
}
