import { expect, test } from 'vitest';
import { warmedUp } from '../../src/training/phases/warm-up.js';

test('mu rises linearly over its first epochs, then stays', () => {
  expect([0, 0.5, 1, 2, 7].map((done) => warmedUp(0.3, done, 2))).toEqual([
    0, 0.075, 0.15, 0.3, 0.3,
  ]);
  expect(warmedUp(0.3, 0, 0)).toBe(0.3);
});
