import type { GateDistribution } from '../bayesian-bits/gate-distribution.js';

/**
 * The mean probability q that gates are open in a training step; undefined without gates.
 *
 * @param phi of each gate
 */
export function meanProbabilityOpen(
  distribution: GateDistribution,
  phi: readonly number[],
): number | undefined {
  if (phi.length === 0) return undefined;
  const open = phi.map((value) => distribution.probabilityOpen(value).q);
  return open.reduce((sum, q) => sum + q, 0) / phi.length;
}
