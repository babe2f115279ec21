import type { Plan } from '../nn/plan.js';
import { product, sizeOfAll } from '../nn/shapes.js';
import type { NetworkCost } from '../setup/network-cost.js';
import type { LayerInspection } from './layer-inspection.js';

/** What a network takes, in bytes, without anything around the numbers. */
export interface NetworkMemory {
  /** Of all parameters at 32 bits. */
  readonly parameterBytesAt32Bits: number;
  /**
   * Of what is left at the network's own bits: the weights from kept to kept channels; at 32 bits all
   * biases, scales and shifts, a range for each quantizer, and what dropped channels emit: see
   * `constantBytes`.
   */
  readonly parameterBytes: number;
  /** The largest of the tensors that go from layer to layer, of one image, at 32 bits. */
  readonly largestActivationBytesAt32Bits: number;
  /** The largest at the network's own bits, without dropped channels. */
  readonly largestActivationBytes: number;
}

/**
 * @param ranges How many quantizers have one.
 * @param constants What dropped channels emit, in bytes.
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

  // The terms of a sum go into it, and the logits to the user.
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

/** Of numbers with so many bits each, side by side. */
function bytesOf(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
