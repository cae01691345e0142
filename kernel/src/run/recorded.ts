/** What a run has recorded of one program or item: others may have worked on it before, and may have been killed. */
import type { AttemptEnd } from '@tagflow/schema';
import type { AttemptId } from '../store/place-in-step.js';
import { readAttemptEnd, readAttemptsAt } from '../store/records.js';
import type { Store } from '../store/store.js';

export interface Recorded {
  /** Number of the last attempt; 0 if there was none. */
  attempts: number;
  /** Attempts that did not come to an end of their own: they do not count as tries. */
  lost: number;
  /** The end that stands: a success, or a failure with no try left. */
  end?: AttemptEnd;
}

export const NOTHING: Recorded = { attempts: 0, lost: 0 };

export async function recordedAt(
  store: Store,
  place: Omit<AttemptId, 'attempt'>,
  retries: number,
): Promise<Recorded> {
  const attempts = await readAttemptsAt(store, place);
  const ends = attempts.map(({ end }) => end);
  const failed = ends.filter((end) => end?.state === 'failed');
  const succeeded = ends.find((end) => end?.state === 'succeeded');
  const end = succeeded ?? (failed.length > retries ? failed.at(-1) : undefined);
  return {
    attempts: Math.max(0, ...attempts.map(({ start }) => start.attempt)),
    lost: ends.filter((each) => each === undefined || each.state === 'stopped').length,
    ...(end ? { end } : {}),
  };
}

/**
 * Where all that stands is of earlier tries: of items in an item that is worked on again, and so perhaps of other ones.
 * Only its number counts, so that nothing is recorded over it.
 */
export async function recordedBefore(store: Store, place: Omit<AttemptId, 'attempt'>): Promise<Recorded> {
  const { attempts } = await recordedAt(store, place, 0);
  return { attempts, lost: attempts };
}

/** The end of what succeeded. Mostly the first attempt did: nothing has to be listed to know that one. */
export async function recordedSuccess(
  store: Store,
  place: Omit<AttemptId, 'attempt'>,
): Promise<AttemptEnd | undefined> {
  const first = await readAttemptEnd(store, { ...place, attempt: 1 });
  if (first?.state === 'succeeded') return first;
  const { end } = await recordedAt(store, place, 0);
  return end?.state === 'succeeded' ? end : undefined;
}
