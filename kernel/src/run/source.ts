/** Where values of a run come from, as records and links name it. */
import { placeInStep } from '../store/place-in-step.js';

/**
 * A value of a run: the program that made it (none for a parameter), and what it is called there; or, for what each
 * process makes anew, `=`, the name and the digest.
 */
export type Source = string;

export interface Maker {
  step: string;
  segment: number;
  index?: number;
  within?: number[];
}

/** What the sources of all that a program makes begin with. */
export function sourcesOf(maker: Maker): string {
  return `${maker.step}/${placeInStep(maker)} `;
}

/** What the sources of all that loops within a program's body make begin with: one for each of these segments. */
export function sourcesWithin({ step, index, within = [] }: Maker, segments: readonly number[]): string[] {
  if (index === undefined) return [];
  return segments.map((segment) => `${step}/${[segment, ...within, index].join('.')}.`);
}

export function sourceOf(maker: Maker | undefined, name: string): Source {
  if (!maker) return ` ${name}`;
  return sourcesOf(maker) + name;
}

/**
 * Whether an object of what the items of a loop returned was made for the loop alone, so that what comes after the loop
 * may change it: by an item, by a loop within one, or as an item.
 * @param after the program after the loop
 */
export function isOfLoop(source: Source, after: Maker): boolean {
  const { step } = after;
  if (source.startsWith(`${sourcesOf({ step, segment: after.segment - 2 })}item `)) return true;
  const made = source.startsWith(`${step}/`) && /^(\d+)\./.exec(source.slice(step.length + 1));
  if (!made) return false;
  // Loops in loops have the numbers after all others.
  const segment = Number(made[1]);
  return segment === after.segment - 1 || segment > after.segment;
}
