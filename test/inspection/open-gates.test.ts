import { expect, test } from 'vitest';
import { probabilityOpen } from '../../src/bayesian-bits/gates.js';
import { meanProbabilityOpen } from '../../src/inspection/open-gates.js';

test('of several gates it is the mean of their probabilities, of none there is none', () => {
  expect(meanProbabilityOpen([0.3])).toBe(probabilityOpen(0.3));
  expect(meanProbabilityOpen([-2, 5])).toBe((probabilityOpen(-2) + probabilityOpen(5)) / 2);
  expect(meanProbabilityOpen([])).toBeUndefined();
});
