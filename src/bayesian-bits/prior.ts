import { bitWidths, probabilityOpen, type BitWidth } from './gates.js';

/**
 * The regularizer of one quantizer: the expected cost of the bit widths that it keeps open,
 *
 *     R = sum over b of lambda_b * (product of q_j for j <= b),   b = 2, 4, 8, 16, 32
 *
 * with `q_b = P(z_b > 0)`. With channel gates R is the mean over the output channels, each with its
 * own `q_2`; without them `q_2 = 1`, and the term of 2 bits is the constant 1.
 *
 * Source: van Baalen et al., NeurIPS 2020, the prior on gates.
 */
export interface Regularizer {
  readonly value: number;
  /** dR / dphi of each channel gate; empty without them. */
  readonly dphi2: Float64Array;
  /** dR / dphi of 4, 8, 16, 32 bits. */
  readonly dphi: number[];
}

/**
 * @param phi2 of the channel gates, or empty
 * @param phi of 4, 8, 16, 32 bits
 * @param lambda of 2, 4, 8, 16, 32 bits
 */
export function regularizer(
  phi2: Float64Array,
  phi: readonly number[],
  lambda: readonly number[],
): Regularizer {
  const q = phi.map(probabilityOpen);
  const [lambda2 = NaN, ...lambdas] = lambda;

  // sum_{b >= 4} lambda_b * (product of q_j for 4 <= j <= b), and its derivative to each phi:
  // dq/dphi = q (1 - q), so each term that holds q_j is multiplied by (1 - q_j).
  let product = 1;
  const terms = lambdas.map((weight, index) => {
    product *= q[index] ?? NaN;
    return weight * product;
  });
  const gated = sum(terms);
  const dGated = q.map((probability, index) => sum(terms.slice(index)) * (1 - probability));

  if (phi2.length === 0) return { value: 1 + gated, dphi2: phi2, dphi: dGated };
  const q2 = phi2.map(probabilityOpen);
  const meanQ2 = sum(q2) / q2.length;
  return {
    value: meanQ2 * (lambda2 + gated),
    dphi2: q2.map((q) => (q * (1 - q) * (lambda2 + gated)) / q2.length),
    dphi: dGated.map((derivative) => meanQ2 * derivative),
  };
}

/** How the bit widths of a quantizer are weighted in its regularizer. */
export type Weighting = 'bops' | 'constant';

/**
 * `lambda_b` of 2, 4, 8, 16, 32 bits: `b * macs / maxMacs`, or 1 with constant weights; 0 below the
 * smallest width that there is.
 *
 * @param macs multiply-accumulates of the layers that read the tensor
 * @param maxMacs those of the network's largest layer
 */
export function regularizerWeights(
  weighting: Weighting,
  macs: number,
  maxMacs: number,
  smallest: BitWidth = 2,
): number[] {
  return bitWidths.map((bits) => {
    if (bits < smallest) return 0;
    return weighting === 'constant' ? 1 : (bits * macs) / maxMacs;
  });
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
