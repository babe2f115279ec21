import { type BitWidth } from './gates.js';
import type { GateValues } from './gate-values.js';
import type { OpenProbabilities } from './prior.js';

/** What a price knows about a network. */
export interface PricedNetwork {
  readonly layers: readonly PricedLayer[];
}

export interface PricedLayer {
  readonly name: string;
  /** Multiply-accumulates for one image, with all channels. */
  readonly macs: number;
  /** The quantizer of its weights. */
  readonly weight: string;
  /** The quantizer whose channel gates drop its outputs; for a depthwise convolution, its producer's. */
  readonly gatedBy: string;
  /** In a grouped convolution each output reads the channels of its own group. */
  readonly geometry: { readonly type: string; readonly groups?: number };
  /** The quantizer of its input; undefined for the network's input. */
  readonly reads?: string | undefined;
  /** The number of channels of its input. */
  readonly inputChannels: number;
  /** The layers that produce the channels of its input, each starting at channel `first`. */
  readonly producers: readonly PricedProducer[];
}

export interface PricedProducer {
  /** The quantizer of the weights; undefined for the network's input. */
  readonly weight: string | undefined;
  readonly channels: number;
  readonly first: number;
}

/** What a price knows about a quantizer. */
export interface PricedQuantizer {
  readonly name: string;
  /** Multiply-accumulates of the layers that read the tensor, for one image. */
  readonly macs: number;
  /** Its smallest possible bit width; narrower widths have no price. */
  readonly smallest: BitWidth;
  /** False for a quantizer that only drops channels, in full precision. */
  readonly rounded: boolean;
}

/**
 * The cost R of a network's open gates, in `loss = cross entropy + mu R`, and its gradients with respect to
 * their phi.
 *
 * @param open probabilities of each quantizer, in the order given to `PriceOf`
 */
export interface Price {
  (open: readonly OpenProbabilities[]): {
    readonly value: number;
    readonly gradients: readonly GateValues[];
  };
  /**
   * Each quantizer's lambdas for 2, 4, 8, 16 and 32 bits if the price is the sum of their `regularizer`s;
   * gates on a device can then be priced there.
   */
  readonly lambdas?: readonly (readonly number[])[];
}

/** Make the price of a network, which need not be a sum of one term per quantizer. */
export type PriceOf = (network: PricedNetwork, quantizers: readonly PricedQuantizer[]) => Price;
