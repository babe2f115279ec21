import { expectedBops } from './expected-bops.js';
import { bitWidths, type BitWidth } from './gates.js';
import type { Price, PricedQuantizer, PriceOf } from './price.js';
import { regularizer } from './prior.js';

/**
 * Prices by their names in configs (`regularizer.weighting`). `bops`: `lambda_b = b * macs / maxMacs`, with
 * the largest layer's MACs as maxMacs. `constant`: `lambda_b = 1`. `expected-bops` (ours): the expected bit
 * operations of the whole network.
 *
 * Source: van Baalen et al., NeurIPS 2020, the prior on gates and its ablation.
 */
export const prices = {
  bops: (network, quantizers) => {
    const maxMacs = Math.max(...network.layers.map(({ macs }) => macs));
    return separable(quantizers, (bits, { macs }) => (bits * macs) / maxMacs);
  },
  constant: (_, quantizers) => separable(quantizers, () => 1),
  'expected-bops': expectedBops,
} satisfies Record<string, PriceOf>;

export type PriceName = keyof typeof prices;

/** The sum of the quantizers' separate regularizers. */
export function separable<Q extends PricedQuantizer>(
  quantizers: readonly Q[],
  lambdaOf: (bits: BitWidth, quantizer: Q) => number,
): Price {
  const lambdas = quantizers.map((quantizer) =>
    bitWidths.map((bits) => (bits < quantizer.smallest ? 0 : lambdaOf(bits, quantizer))),
  );
  const price: Price = (open) => {
    const each = open.map((probabilities, index) =>
      regularizer(probabilities, lambdas[index] ?? []),
    );
    return {
      value: each.reduce((sum, { value }) => sum + value, 0),
      gradients: each.map(({ dphi }) => dphi),
    };
  };
  return Object.assign(price, { lambdas });
}
