import { type BitWidth } from './gates.js';
import type { GateValues } from './gate-values.js';
import type { OpenProbabilities } from './prior.js';

/** A network as a price sees it. */
export interface PricedNetwork {
  readonly layers: readonly PricedLayer[];
}

export interface PricedLayer {
  readonly name: string;
  /** Multiply-accumulates for one image, with all channels. */
  readonly macs: number;
  /** The quantizer of its weights. */
  readonly weight: string;
  /** The quantizer whose channel gates drop its outputs: of a depthwise convolution its producer's. */
  readonly gatedBy: string;
  /** Of a convolution in groups: each output reads the channels of its own group. */
  readonly geometry: { readonly type: string; readonly groups?: number };
  /** The quantizer of the tensor that it reads; undefined: the network's input. */
  readonly reads?: string | undefined;
  /** Channels of that tensor. */
  readonly inputChannels: number;
  /** Whose output channels these are, each from the tensor's channel `first` on; no weight: the input's. */
  readonly producers: readonly PricedProducer[];
}

export interface PricedProducer {
  /** The quantizer of the weights. */
  readonly weight: string | undefined;
  readonly channels: number;
  readonly first: number;
}

/** A quantizer as a price sees it. */
export interface PricedQuantizer {
  readonly name: string;
  /** Multiply-accumulates of the layers that read the tensor, for one image. */
  readonly macs: number;
  /** The smallest bit width that it can have: no price is paid for those below. */
  readonly smallest: BitWidth;
  /** False: it only drops channels, in full precision. */
  readonly rounded: boolean;
}

/**
 * What a network's open gates cost, `R` in `loss = cross entropy + mu R`, and its gradients to their phi.
 *
 * @param open of each quantizer, in the order that the price was made for
 */
export interface Price {
  (open: readonly OpenProbabilities[]): {
    readonly value: number;
    readonly gradients: readonly GateValues[];
  };
  /**
   * Where it is no more than the sum of each quantizer's `regularizer`, their lambda of 2, 4, 8, 16, 32 bits: gates
   * that live on a device can be priced there.
   */
  readonly lambdas?: readonly (readonly number[])[];
}

/** A price for the quantizers of a network; it may look at any of them together. */
export type PriceOf = (network: PricedNetwork, quantizers: readonly PricedQuantizer[]) => Price;
