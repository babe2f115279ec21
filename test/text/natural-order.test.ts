import { expect, test } from 'vitest';
import { naturalOrder } from '../../src/text/natural-order.js';

test('numbers in names are ordered by value, including decimals', () => {
  const ordered = [
    'a',
    'mu-0.02-seed-2',
    'mu-0.02-seed-10',
    'mu-0.1',
    'mu-0.1-seed-1',
    'mu-1',
    'z',
  ];
  expect(ordered.toReversed().sort(naturalOrder)).toEqual(ordered);
  expect(naturalOrder('x-1', 'x-1')).toBe(0);
  expect(naturalOrder('x-1', 'x-01')).not.toBe(0);
});
