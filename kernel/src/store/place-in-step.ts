import { runFolder } from './run-id.js';

/** Which attempt of which step is meant. */
export interface AttemptId {
  run: string;
  step: string;
  segment: number;
  index?: number;
  /** Items around this one, of a loop in a loop; outermost first. */
  within?: number[];
  attempt: number;
}

/** Where an attempt belongs in its step: `2`, `1.17` for an item, `3.17.0` for an item of a loop in the 17th. */
export function placeInStep({
  segment,
  index,
  within = [],
}: Omit<AttemptId, 'run' | 'step' | 'attempt'>): string {
  return [segment, ...within, ...(index === undefined ? [] : [index])].join('.');
}

/** Which attempt of its step: `1.17/2` is the second at the place `1.17`. */
export function attemptKey(id: Omit<AttemptId, 'run' | 'step'>): string {
  return `${placeInStep(id)}/${id.attempt}`;
}

/** The folder of an attempt, with a `/` at its end. */
export function attemptFolder(id: AttemptId): string {
  return `${runFolder(id.run)}${id.step}/${attemptKey(id)}/`;
}
