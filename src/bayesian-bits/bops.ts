/**
 * Bit operations: multiply-accumulates weighted by the bit widths of both factors.
 *
 * Source: van Baalen et al., NeurIPS 2020, section on bit operations.
 */

/** The bit width of the network's input if anything is quantized. */
export const inputBits = 8;
export const fullPrecisionBits = 32;

/** One layer's part in the count. */
export interface LayerCost {
  /** Multiply-accumulates for one image, with all channels. */
  readonly macs: number;
  readonly weightBits: number;
  /** The bit width of the layer's input. */
  readonly activationBits: number;
  /** The fraction of output channels kept, in [0, 1]. */
  readonly keptOutputs: number;
  /** The fraction of input channels kept by the layers that produce them, in [0, 1]. */
  readonly keptInputs: number;
}

/** `MACs * b_w * b_a * (kept output channels / all) * (kept input channels / all)`. */
export function bitOperations(layer: LayerCost): number {
  const { macs, weightBits, activationBits, keptOutputs, keptInputs } = layer;
  return macs * weightBits * activationBits * keptOutputs * keptInputs;
}

/** The bit operations of `macs` multiply-accumulates at 32 bits with all channels. */
export function fullBitOperations(macs: number): number {
  return macs * fullPrecisionBits * fullPrecisionBits;
}

/** The layers' bit operations, in percent of those at 32 bits with all channels; 0 without MACs. */
export function relativeBopsPercent(layers: readonly LayerCost[]): number {
  let used = 0;
  let full = 0;
  for (const layer of layers) {
    used += bitOperations(layer);
    full += fullBitOperations(layer.macs);
  }
  return full === 0 ? 0 : (100 * used) / full;
}

/** An explanation of the count, printed beside the figures. */
export const bopsDefinition =
  'BOPs = sum over layers of MACs * weight bits * input bits * kept output channels / all * kept ' +
  'input channels / all, for one image; the network’s input has 8 bits, or 32 where nothing is ' +
  'quantized. Relative BOPs: percent of the same at 32 bits with all channels.';
