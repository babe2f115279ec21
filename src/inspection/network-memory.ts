import type { Plan } from '../nn/plan.js';
import { product, sizeOfAll } from '../nn/shapes.js';
import type { NetworkCost } from '../setup/network-cost.js';
import type { LayerInspection } from './layer-inspection.js';

/** Bytes that a network's numbers take, without any file format's overhead. */
export interface NetworkMemory {
  /** All parameters at 32 bits. */
  readonly parameterBytesAt32Bits: number;
  /**
   * Weights between kept channels at their own bits; all biases, scales and shifts, and one range per
   * quantizer, at 32 bits; and the constants of dropped channels, see `constantBytes`.
   */
  readonly parameterBytes: number;
  /** The largest tensor between layers, for one image, at 32 bits. */
  readonly largestActivationBytesAt32Bits: number;
  /** The largest tensor between layers at its own bits, without dropped channels. */
  readonly largestActivationBytes: number;
}

/**
 * Count the bytes of a network's parameters and of its largest activation.
 *
 * @param ranges the number of quantizers with a range
 * @param constants bytes of the constants of dropped channels
 */
export function networkMemory(
  plan: Plan,
  cost: NetworkCost,
  layers: readonly LayerInspection[],
  ranges: number,
  constants: number,
): NetworkMemory {
  const sizes = new Map(plan.variables.map(({ name, shape }) => [name, product(shape)]));
  const parameters = sizeOfAll(plan.variables);
  const weights = cost.layers.map(({ layer, cost }) => {
    const size = sizes.get(layer.weight) ?? 0;
    const kept = Math.round(size * cost.keptOutputs * cost.keptInputs);
    return { size, bytes: bytesOf(kept, cost.weightBits) };
  });
  const others = parameters - sum(weights.map(({ size }) => size));

  // The terms of a sum are not stored, and the logits are the output.
  const activations = layers.flatMap(({ outputShape, channels, keptChannels, activationBits }) => {
    if (activationBits === null) return [];
    const size = product(outputShape);
    const kept = (size / channels) * keptChannels;
    return [{ at32Bits: bytesOf(size, 32), bytes: bytesOf(kept, activationBits) }];
  });
  return {
    parameterBytesAt32Bits: bytesOf(parameters, 32),
    parameterBytes:
      sum(weights.map(({ bytes }) => bytes)) + bytesOf(others + ranges, 32) + constants,
    largestActivationBytesAt32Bits: Math.max(0, ...activations.map(({ at32Bits }) => at32Bits)),
    largestActivationBytes: Math.max(0, ...activations.map(({ bytes }) => bytes)),
  };
}

/** Bytes of densely packed numbers of a bit width. */
function bytesOf(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
