import type { GateDistribution } from '../../src/bayesian-bits/gate-distribution.js';

/** Half the width of the interval of logistic noise over which a gate rises from 0 to 1. */
const halfWidth = 2;

/**
 * Gates linear in logistic noise, clamped: an alternative to the published distribution, for docs/extending.md.
 *
 *     z = clamp(1/2 + (phi + log u - log(1 - u)) / 4, 0, 1),  q = P(z > 0) = sigmoid(phi + 2)
 */
export const hardLogistic: GateDistribution = {
  sample(phi, u) {
    const z = 0.5 + (phi + Math.log(u) - Math.log(1 - u)) / (2 * halfWidth);
    if (z <= 0) return { z: 0, dz: 0 };
    if (z >= 1) return { z: 1, dz: 0 };
    return { z, dz: 1 / (2 * halfWidth) };
  },
  isOffInTraining: () => false,
  testGate: (phi) => (phi > 0 ? 1 : 0),
  probabilityOpen(phi) {
    const q = 1 / (1 + Math.exp(-phi - halfWidth));
    return { q, dLogQ: 1 - q };
  },
  fixed: { open: 2000, shut: -2000 },
};
