/** Classes of widely used packages whose instances go from step to step although they have no form that they read back. */

/** `packages` export the classes; the first declares them. Collections hold values of the types that they are given. */
export const ADAPTED = [
  { packages: ['ml-matrix'], classes: ['Matrix'] },
  { packages: ['bignumber.js'], classes: ['BigNumber'] },
  { packages: ['decimal.js'], classes: ['Decimal'] },
  { packages: ['d3-array', 'd3'], classes: ['InternMap', 'InternSet'], areCollections: true },
  {
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs', '@tensorflow/tfjs-node'],
    classes: ['Tensor'],
  },
  { packages: ['apache-arrow'], classes: ['Table'] },
  {
    packages: ['immutable'],
    classes: ['List', 'Map', 'OrderedMap', 'Set', 'OrderedSet', 'Stack'],
    areCollections: true,
  },
  { packages: ['luxon'], classes: ['DateTime'] },
] as const;

type NamesOf<Family> = Family extends {
  packages: readonly [infer Declaring extends string, ...unknown[]];
  classes: readonly (infer Name extends string)[];
}
  ? `${Declaring} ${Name}`
  : never;

/** `PACKAGE CLASS`, by the package that declares it. */
export type AdaptedClass = NamesOf<(typeof ADAPTED)[number]>;

/** @param specifier of a package that exports the class */
export function adaptedClass(
  specifier: string,
  name: string,
): { id: AdaptedClass; isCollection: boolean } | undefined {
  for (const family of ADAPTED) {
    const [declaring] = family.packages;
    if (!has(family.packages, specifier) || !has(family.classes, name)) continue;
    return { id: `${declaring} ${name}` as AdaptedClass, isCollection: 'areCollections' in family };
  }
  return undefined;
}

function has(all: readonly string[], one: string): boolean {
  return all.includes(one);
}
