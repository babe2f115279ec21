import { expect, test } from 'vitest';
import { compact } from '../../src/text/compact.js';

test.each([
  [0, '0'],
  [0.4, '0'],
  [10, '10'],
  [432, '432'],
  [999, '999'],
  [999.6, '1.00 k'],
  [1000, '1.00 k'],
  [2359296, '2.36 M'],
  [150994944, '151 M'],
  [999499, '999 k'],
  [999500, '1.00 M'],
  [4.3694e9, '4.37 G'],
  [1.2e18, '1.20 E'],
])('formats %d as %s', (value, text) => {
  expect(compact(value)).toBe(text);
});

test('a unit follows the prefix, or the number if it has none', () => {
  expect(compact(293204, 'B')).toBe('293 kB');
  expect(compact(12, 'B')).toBe('12 B');
});
