import type { GateDistribution } from './gate-distribution.js';
import type { GateValues } from './gate-values.js';

/** The probabilities that one quantizer's gates are open. */
export interface OpenProbabilities {
  /** `q_b = P(z_b > 0)` */
  readonly q: GateValues;
  /** `d log q_b / dphi_b` */
  readonly dLogQ: GateValues;
}

export function openProbabilities(
  distribution: GateDistribution,
  phi: GateValues,
): OpenProbabilities {
  const count = phi.channels.length;
  const channels = { q: new Float64Array(count), dLogQ: new Float64Array(count) };
  phi.channels.forEach((value, channel) => {
    const open = distribution.probabilityOpen(value);
    channels.q[channel] = open.q;
    channels.dLogQ[channel] = open.dLogQ;
  });
  const bits = phi.bits.map((value) => distribution.probabilityOpen(value));
  return {
    q: { channels: channels.q, bits: bits.map(({ q }) => q) },
    dLogQ: { channels: channels.dLogQ, bits: bits.map(({ dLogQ }) => dLogQ) },
  };
}

/** A price of open gates, and its gradient with respect to their phi. */
export interface Regularizer {
  readonly value: number;
  readonly dphi: GateValues;
}

/**
 * The regularizer of one quantizer, the expected cost of its open bit widths:
 *
 *     R = sum over b of lambda_b * (product of q_j for j <= b),   b = 2, 4, 8, 16, 32
 *
 * With channel gates R is the mean over output channels, each with its own `q_2`. Without them
 * `q_2 = 1`, and the 2-bit term is the constant 1.
 *
 * Source: van Baalen et al., NeurIPS 2020, the prior on gates.
 *
 * @param lambda prices of 2, 4, 8, 16 and 32 bits
 */
export function regularizer(
  { q, dLogQ }: OpenProbabilities,
  lambda: readonly number[],
): Regularizer {
  const [lambda2 = NaN, ...lambdas] = lambda;

  // sum_{b >= 4} lambda_b * (product of q_j for 4 <= j <= b), and its derivatives: a term that
  // contains q_j is multiplied by d log q_j / dphi_j.
  let product = 1;
  const terms = lambdas.map((weight, index) => {
    product *= q.bits[index] ?? NaN;
    return weight * product;
  });
  const gated = sum(terms);
  const dGated = dLogQ.bits.map((slope, index) => sum(terms.slice(index)) * slope);

  if (q.channels.length === 0) {
    return { value: 1 + gated, dphi: { channels: q.channels, bits: dGated } };
  }
  const meanQ2 = sum(q.channels) / q.channels.length;
  return {
    value: meanQ2 * (lambda2 + gated),
    dphi: {
      channels: q.channels.map(
        (q2, channel) =>
          (q2 * (dLogQ.channels[channel] ?? NaN) * (lambda2 + gated)) / q.channels.length,
      ),
      bits: dGated.map((derivative) => meanQ2 * derivative),
    },
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
