/**
 * Bit operations: multiply-accumulates, each weighted by the bits of its two factors.
 *
 * Source: van Baalen et al., NeurIPS 2020, on bit operations.
 */

/** Bits of the network's input if anything is rounded. */
export const inputBits = 8;
export const fullPrecisionBits = 32;

/** One layer as the count sees it. */
export interface LayerCost {
  /** Multiply-accumulates for one image, with all channels. */
  readonly macs: number;
  readonly weightBits: number;
  /** Bits of the tensor that the layer reads. */
  readonly activationBits: number;
  /** Share of the output channels that are kept, in [0, 1]. */
  readonly keptOutputs: number;
  /** Share of the input channels that are kept by the layers that produce them, in [0, 1]. */
  readonly keptInputs: number;
}

/** `MACs * b_w * b_a * (kept output channels / all) * (kept input channels / all)`. */
export function bitOperations(layer: LayerCost): number {
  const { macs, weightBits, activationBits, keptOutputs, keptInputs } = layer;
  return macs * weightBits * activationBits * keptOutputs * keptInputs;
}

/** Of so many multiply-accumulates at 32 bits with all channels. */
export function fullBitOperations(macs: number): number {
  return macs * fullPrecisionBits * fullPrecisionBits;
}

/** Percent of the bit operations that the same layers have unpruned at 32 bits; 0 of 0 is 0. */
export function relativeBopsPercent(layers: readonly LayerCost[]): number {
  let used = 0;
  let full = 0;
  for (const layer of layers) {
    used += bitOperations(layer);
    full += fullBitOperations(layer.macs);
  }
  return full === 0 ? 0 : (100 * used) / full;
}

/** How bit operations are counted, in words, to stand beside them. */
export const bopsDefinition =
  'BOPs = sum over layers of MACs * weight bits * input bits * kept output channels / all * kept ' +
  'input channels / all, for one image; the network’s input has 8 bits, or 32 where nothing is ' +
  'quantized. Relative BOPs: percent of the same at 32 bits with all channels.';
