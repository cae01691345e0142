/** The attempts of a step one by one, from their records. Pure. */
import type { Attempt } from '@tagflow/schema';
import { placeInStep } from './place-in-step.js';
import type { AttemptRecord } from './state.js';

/**
 * What became of each attempt of a program, or of an item, of which there was more than one; in their order.
 * @param goesOn whether the run does
 */
export function repeatedAttempts(records: readonly AttemptRecord[], goesOn: boolean): Attempt[] {
  const places = new Map<string, AttemptRecord[]>();
  for (const record of records) {
    const place = placeInStep(record.start);
    places.set(place, [...(places.get(place) ?? []), record]);
  }
  return [...places]
    .filter(([, { length }]) => length > 1)
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap(([, attempts]) => {
      const inOrder = attempts.sort((a, b) => a.start.attempt - b.start.attempt);
      return inOrder.map((record) => attemptOf(record, goesOn && record === inOrder.at(-1)));
    });
}

/** @param mayGoOn whether it may be under way: the run goes on, and no other attempt has followed */
function attemptOf({ start, end }: AttemptRecord, mayGoOn: boolean): Attempt {
  const { segment, index, within, attempt, created } = start;
  return {
    place: { segment, index, within, attempt },
    state: end?.state ?? (mayGoOn ? 'running' : 'lost'),
    started: created,
    ended: end?.ended,
    failure: end?.failure,
  };
}
