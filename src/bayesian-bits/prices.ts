import { bitWidths, type BitWidth } from './gates.js';
import type { GateValues } from './gate-values.js';
import { regularizer, type OpenProbabilities } from './prior.js';

/** A network as a price sees it. */
export interface PricedNetwork {
  readonly layers: readonly {
    readonly name: string;
    /** Multiply-accumulates for one image, with all channels. */
    readonly macs: number;
    /** The quantizer of its weights. */
    readonly weight: string;
    /** The quantizer of the tensor that it reads; undefined: the network's input. */
    readonly reads?: string | undefined;
  }[];
}

/** A quantizer as a price sees it. */
export interface PricedQuantizer {
  readonly name: string;
  /** Multiply-accumulates of the layers that read the tensor, for one image. */
  readonly macs: number;
  /** The smallest bit width that it can have: no price is paid for those below. */
  readonly smallest: BitWidth;
}

/**
 * What a network's open gates cost, `R` in `loss = cross entropy + mu R`, and its gradients to their phi.
 *
 * @param open of each quantizer, in the order that the price was made for
 */
export type Price = (open: readonly OpenProbabilities[]) => {
  readonly value: number;
  readonly gradients: readonly GateValues[];
};

/** A price for the quantizers of a network; it may look at any of them together. */
export type PriceOf = (network: PricedNetwork, quantizers: readonly PricedQuantizer[]) => Price;

/**
 * The prices that there are, by their names in configs (regularizer.weighting): `lambda_b` of each width is
 * `b * macs / maxMacs` with maxMacs those of the network's largest layer, or 1.
 *
 * Source: van Baalen et al., NeurIPS 2020, the prior on gates and its ablation.
 */
export const prices = {
  bops: (network, quantizers) => {
    const maxMacs = Math.max(...network.layers.map(({ macs }) => macs));
    return separable(quantizers, (bits, { macs }) => (bits * macs) / maxMacs);
  },
  constant: (_, quantizers) => separable(quantizers, () => 1),
} satisfies Record<string, PriceOf>;

export type PriceName = keyof typeof prices;

/** The sum of each quantizer's own regularizer. */
export function separable<Q extends PricedQuantizer>(
  quantizers: readonly Q[],
  lambdaOf: (bits: BitWidth, quantizer: Q) => number,
): Price {
  const lambdas = quantizers.map((quantizer) =>
    bitWidths.map((bits) => (bits < quantizer.smallest ? 0 : lambdaOf(bits, quantizer))),
  );
  return (open) => {
    const each = open.map((probabilities, index) =>
      regularizer(probabilities, lambdas[index] ?? []),
    );
    return {
      value: each.reduce((sum, { value }) => sum + value, 0),
      gradients: each.map(({ dphi }) => dphi),
    };
  };
}
