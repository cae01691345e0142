/** The attempts of a step one by one, from their records. Pure. */
import type { Attempt } from '@tagflow/schema';
import { attemptKey, placeInStep } from './place-in-step.js';
import { type AttemptRecord, attemptState } from './state.js';

/**
 * What became of each attempt of a program, or of an item, of which there was more than one; in their order.
 * @param alive whether the run goes on
 */
export function repeatedAttempts(records: readonly AttemptRecord[], alive: boolean): Attempt[] {
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
      return inOrder.map((record) =>
        attemptOf(record, attemptState(record, { alive, isFollowed: record !== inOrder.at(-1) })),
      );
    });
}

function attemptOf({ start, end }: AttemptRecord, state: Attempt['state']): Attempt {
  const { segment, index, within, attempt, created } = start;
  return {
    key: attemptKey(start),
    place: { segment, index, within, attempt },
    state,
    started: created,
    ended: end?.ended,
    failure: end?.failure,
  };
}
