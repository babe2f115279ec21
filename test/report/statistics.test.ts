import { expect, test } from 'vitest';
import { spread } from '../../src/report/statistics.js';

test('several values have a mean, and the sample standard deviation over sqrt(n) as standard error', () => {
  const { mean, standardError, values } = spread([1, 2, 3, 6]);
  expect(mean).toBe(3);
  // Squared deviations 4, 1, 0, 9 over n - 1 = 3.
  expect(standardError).toBeCloseTo(Math.sqrt(14 / 3) / 2, 12);
  expect(values).toEqual([1, 2, 3, 6]);
  expect(spread([1.73, 1.73, 1.73])).toMatchObject({ mean: 1.73, standardError: 0 });
});

test('a single value has no standard error', () => {
  expect(spread([7])).toMatchObject({ mean: 7, standardError: undefined, values: [7] });
});
