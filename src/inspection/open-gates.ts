import type { GateDistribution } from '../bayesian-bits/gate-distribution.js';

/**
 * How likely gates are to be open in a training step: the mean of q over them.
 *
 * @param phi of each; undefined comes of none
 */
export function meanProbabilityOpen(
  distribution: GateDistribution,
  phi: readonly number[],
): number | undefined {
  if (phi.length === 0) return undefined;
  const open = phi.map((value) => distribution.probabilityOpen(value).q);
  return open.reduce((sum, q) => sum + q, 0) / phi.length;
}
