/** The attempts of a step one by one, from made-up records. */
import { expect, test } from '@jest/globals';
import { repeatedAttempts } from '../kernel/lib/store/attempts.js';
import { type AttemptRecord, deriveStep } from '../kernel/lib/store/state.js';
import type { Program, Step } from '@tagflow/schema';
import { attemptText } from '../schema/lib/index.js';

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

test('one that another has followed is no more, although the run goes on; a success stands', () => {
  const step = {
    ...{ name: 'a', cells: [], consumes: [], produces: [] },
    programs: [
      { segment: 0, kind: 'split', splits: true },
      { segment: 1, kind: 'body' },
    ],
  } as unknown as Step;
  const split = record({}, 'succeeded');
  Object.assign(split.end!, { items: ['x', 'y'], outputs: [], notKept: [] });
  const items = [
    record({ segment: 1, index: 0 }),
    record({ segment: 1, index: 0, attempt: 2 }),
    record({ segment: 1, index: 1 }, 'succeeded'),
    record({ segment: 1, index: 1, attempt: 2 }),
  ];
  const loopIn = (alive: boolean) => deriveStep(step, [split, ...items], alive).loops;
  expect(loopIn(true)).toMatchObject([{ total: 2, succeeded: 1, running: 1 }]);
  expect(loopIn(false)).toMatchObject([{ total: 2, succeeded: 1, running: 0 }]);
  items[1]!.end = items[2]!.end;
  expect(deriveStep(step, [split, ...items], true).state).toBe('succeeded');
});

test('one that ended without a word is lost, unless it may be under way', () => {
  const records = [record({}), record({ attempt: 2 })];
  expect(told(records, true)).toEqual(['0 1 lost', '0 2 running']);
  expect(told(records, false)).toEqual(['0 1 lost', '0 2 lost']);
});

test.each<[string, Program['kind'][], object]>([
  ['Attempt 2', ['plain'], { segment: 0 }],
  ['Part 1, attempt 2', ['split', 'body', 'join'], { segment: 0 }],
  ['Item 7, attempt 2', ['split', 'body', 'join'], { segment: 1, index: 7 }],
  ['Part 4, item 7, attempt 2', ['split', 'body', 'join', 'body'], { segment: 3, index: 7 }],
  ['Part 3, item 7.0, attempt 2', ['split', 'body', 'nested'], { segment: 2, within: [7], index: 0 }],
  ['Part 3, item 7, attempt 2', ['split', 'body', 'nested'], { segment: 2, within: [7] }],
])('is called %s', (text, kinds, place) => {
  const programs = kinds.map((kind) => ({ kind })) as Program[];
  expect(attemptText({ segment: 0, attempt: 2, ...place }, programs)).toBe(text);
});
