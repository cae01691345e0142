/** A place. */
export interface Loc {
  a: number;
}
export const loc: Loc = { a: 41 };
export function inc(l: Loc): number {
  return l.a + 1;
}
