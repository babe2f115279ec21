import { expect, test } from 'vitest';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { meanProbabilityOpen } from '../../src/inspection/open-gates.js';

test('is the mean probability of several gates, undefined for none', () => {
  expect(meanProbabilityOpen(hardConcrete, [0.3])).toBe(hardConcrete.probabilityOpen(0.3).q);
  expect(meanProbabilityOpen(hardConcrete, [-2, 5])).toBe(
    (hardConcrete.probabilityOpen(-2).q + hardConcrete.probabilityOpen(5).q) / 2,
  );
  expect(meanProbabilityOpen(hardConcrete, [])).toBeUndefined();
});
