import * as tf from '@tensorflow/tfjs-core';
import type { BitWidth } from '../bayesian-bits/gates.js';
import { quantizeAt } from '../bayesian-bits/quantizer.js';
import { batchNormOf, testTimeFactors } from '../nn/batch-norm.js';
import { namedTensors } from '../nn/named-tensor.js';
import type { WeightedLayer } from '../nn/plan.js';
import type { DeployedTensor, FixedQuantizer } from './network.js';

/** A layer at test time with all its channels: `y = factor (scale w * x) + bias`. */
export interface FixedLayer {
  /** Integers; real numbers in full precision. */
  readonly weight: DeployedTensor;
  /** `scale w`. */
  readonly realWeight: tf.Tensor;
  readonly scale: number;
  /** For each output channel; undefined means 1. */
  readonly factor: Float32Array | undefined;
  /** For each output channel. */
  readonly bias: Float32Array;
  /** The constant that each output channel emits if it is dropped. */
  readonly emitted: Float32Array;
}

/** Convert a layer to its test-time form. @param variables variables and running statistics, by name */
export function fixedLayer(
  layer: WeightedLayer,
  variables: Readonly<Record<string, tf.Tensor>>,
  quantizer: FixedQuantizer | undefined,
): FixedLayer {
  const variable = namedTensors(variables);
  const { weight, factor, bias, emitted } = withoutBatchNorm(layer, variable);
  const { bits = null, beta = NaN } = quantizer ?? {};
  const { integers, step } =
    bits === null
      ? { integers: weight, step: tf.scalar(1) }
      : quantizeAt(weight, true, tf.scalar(beta), bits as BitWidth);
  return {
    weight: { shape: weight.shape, values: stored(integers, bits ?? 32) },
    realWeight: tf.mul(integers, step),
    scale: step.dataSync()[0] ?? NaN,
    factor: factor && floats(factor),
    bias: floats(bias),
    emitted: floats(emitted),
  };
}

interface Affine {
  /** The weight to quantize. */
  readonly weight: tf.Tensor;
  /** Factor of each output channel after the layer; undefined means 1. */
  readonly factor?: tf.Tensor;
  readonly bias: tf.Tensor;
  readonly emitted: tf.Tensor;
}

function withoutBatchNorm(
  { weight: name, bias: biasName, batchNorm, outputShape }: WeightedLayer,
  variable: (name: string) => tf.Tensor,
): Affine {
  const weight = variable(name);
  if (!batchNorm) {
    const bias = biasName === undefined ? tf.zeros(outputShape.slice(-1)) : variable(biasName);
    return { weight, bias, emitted: bias };
  }
  const norm = batchNormOf(batchNorm, variable);
  const { ratio, offset } = testTimeFactors(norm);
  switch (batchNorm.kind) {
    case 'folded':
      // The gate acts on the weight, so it does not affect the offset.
      return { weight: tf.mul(weight, ratio), bias: offset, emitted: offset };
    case 'unfolded':
      // The gate acts on the scale, and hence also on the mean's term.
      return { weight, factor: ratio, bias: offset, emitted: norm.shift };
  }
}

/** Convert to the smallest integer type of at least this many bits; 32-bit values stay floats. */
function stored(integers: tf.Tensor, bits: number): DeployedTensor['values'] {
  const values = floats(integers);
  if (bits > 16) return values;
  return bits > 8 ? Int16Array.from(values) : Int8Array.from(values);
}

/** A copy that outlives the tensor. */
function floats(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}
