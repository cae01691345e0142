/** The attempts of a step one by one, from made-up records. */
import { expect, test } from '@jest/globals';
import { repeatedAttempts } from '../kernel/lib/store/attempts.js';
import type { AttemptRecord } from '../kernel/lib/store/state.js';

const record = (place: object, state?: 'succeeded' | 'failed'): AttemptRecord =>
  ({
    start: { segment: 0, attempt: 1, created: 'then', ...place },
    ...(state ? { end: { state, ended: 'later', ...(state === 'failed' ? { failure: 'why' } : {}) } } : {}),
  }) as unknown as AttemptRecord;
const told = (records: AttemptRecord[], goesOn: boolean) =>
  repeatedAttempts(records, goesOn).map(({ place: { segment, index, attempt }, state }) =>
    [segment, index, attempt, state].filter((part) => part !== undefined).join(' '),
  );

test('those of which there was more than one, in their order', () => {
  const records = [
    record({}, 'succeeded'),
    record({ segment: 1, index: 10 }, 'failed'),
    record({ segment: 1, index: 10, attempt: 2 }, 'succeeded'),
    record({ segment: 1, index: 2, attempt: 2 }, 'succeeded'),
    record({ segment: 1, index: 2 }, 'failed'),
    record({ segment: 1, index: 3 }, 'succeeded'),
  ];
  expect(told(records, false)).toEqual([
    '1 2 1 failed',
    '1 2 2 succeeded',
    '1 10 1 failed',
    '1 10 2 succeeded',
  ]);
  expect(repeatedAttempts(records, false)[0]).toMatchObject({
    started: 'then',
    ended: 'later',
    failure: 'why',
  });
});

test('one that ended without a word is lost, unless it may be under way', () => {
  const records = [record({}), record({ attempt: 2 })];
  expect(told(records, true)).toEqual(['0 1 lost', '0 2 running']);
  expect(told(records, false)).toEqual(['0 1 lost', '0 2 lost']);
});
