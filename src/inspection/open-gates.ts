import { probabilityOpen } from '../bayesian-bits/gates.js';

/**
 * How likely gates are to be open in a training step: the mean of q over them.
 *
 * @param phi of each; undefined comes of none
 */
export function meanProbabilityOpen(phi: readonly number[]): number | undefined {
  if (phi.length === 0) return undefined;
  return phi.map(probabilityOpen).reduce((sum, open) => sum + open, 0) / phi.length;
}
