/** Durations and sizes in words, at the borders of their units. */
import { expect, test } from '@jest/globals';
import { durationText, sizeText } from '../schema/lib/index.js';

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [9949, '9.9 s'],
  [9951, '10 s'],
  [59_499, '59 s'],
  [59_999, '1 min 0 s'],
  [119_700, '2 min 0 s'],
  [3_599_900, '1 h 0 min'],
  [3_780_000, '1 h 3 min'],
])('%d ms', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_999, '1.0 MB'],
  [8_388_608, '8.4 MB'],
  [2e15, '2000.0 TB'],
])('%d bytes', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
