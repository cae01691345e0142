/** Classes of widely used packages whose instances go from step to step although they have no form that they read back. */

/** By the packages that export them, the one that declares them first. */
export const ADAPTED = {
  'ml-matrix': ['Matrix'],
  'bignumber.js': ['BigNumber'],
  'decimal.js': ['Decimal'],
  'd3-array d3': ['InternMap', 'InternSet'],
  '@tensorflow/tfjs-core @tensorflow/tfjs @tensorflow/tfjs-node': ['Tensor'],
  'apache-arrow': ['Table'],
  immutable: ['List', 'Map', 'OrderedMap', 'Set', 'OrderedSet', 'Stack'],
  luxon: ['DateTime'],
} as const;

type Packages = keyof typeof ADAPTED;
type Declaring<Names> = Names extends `${infer First} ${string}` ? First : Names;

/** `PACKAGE CLASS`, by the package that declares it. */
export type AdaptedClass = {
  [Names in Packages]: `${Declaring<Names>} ${(typeof ADAPTED)[Names][number]}`;
}[Packages];

/** Of those, the ones that hold values of the types that they are given. */
const COLLECTIONS = /^(d3-array|immutable) /;

/** @param specifier of a package that exports the class */
export function adaptedClass(specifier: string, name: string): AdaptedClass | undefined {
  for (const [packages, names] of Object.entries(ADAPTED)) {
    const [declaring, ...others] = packages.split(' ');
    if (![declaring, ...others].includes(specifier) || !(names as readonly string[]).includes(name)) continue;
    return `${declaring} ${name}` as AdaptedClass;
  }
  return undefined;
}

export function isCollection(adapted: AdaptedClass): boolean {
  return COLLECTIONS.test(adapted);
}
