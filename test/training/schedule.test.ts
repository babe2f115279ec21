import { expect, test } from 'vitest';
import { scheduleFactor } from '../../src/training/schedule.js';

test('the published schedule is constant for two thirds, then a line towards 0', () => {
  const factors = Array.from({ length: 9 }, (_, epoch) => scheduleFactor('published', epoch, 9));
  const expected = [1, 1, 1, 1, 1, 1, 1, 2 / 3, 1 / 3];
  factors.forEach((factor, epoch) => {
    expect(factor).toBeCloseTo(expected[epoch] ?? NaN, 12);
  });
});

test.each([1, 2, 3, 100])('of %i epochs none has a rate of 0', (epochs) => {
  for (let epoch = 0; epoch < epochs; epoch++) {
    expect(scheduleFactor('published', epoch, epochs)).toBeGreaterThan(0);
    expect(scheduleFactor('constant', epoch, epochs)).toBe(1);
  }
});
