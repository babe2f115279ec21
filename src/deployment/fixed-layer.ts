import * as tf from '@tensorflow/tfjs-core';
import type { BitWidth } from '../bayesian-bits/gates.js';
import { quantizeAt } from '../bayesian-bits/quantizer.js';
import { batchNormOf, testTimeFactors } from '../nn/batch-norm.js';
import { namedTensors } from '../nn/named-tensor.js';
import type { WeightedLayer } from '../nn/plan.js';
import type { DeployedTensor, FixedQuantizer } from './network.js';

/** A layer at test time with all its channels: `y = factor (scale w * x) + bias`. */
export interface FixedLayer {
  /** Whole numbers, or in full precision real ones. */
  readonly weight: DeployedTensor;
  /** `scale w`. */
  readonly realWeight: tf.Tensor;
  readonly scale: number;
  /** Of each output channel; undefined: 1. */
  readonly factor: Float32Array | undefined;
  /** Of each output channel. */
  readonly bias: Float32Array;
  /** What each output channel gives if it is dropped. */
  readonly emitted: Float32Array;
}

/** @param variables and running statistics, by name */
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
  /** What is quantized. */
  readonly weight: tf.Tensor;
  /** Of each output channel, after the layer; undefined: 1. */
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
      // The gate is on the weight: the offset passes it.
      return { weight: tf.mul(weight, ratio), bias: offset, emitted: offset };
    case 'unfolded':
      // The gate is on the scale, which takes the mean's part with it.
      return { weight, factor: ratio, bias: offset, emitted: norm.shift };
  }
}

/** As integers of the least size that holds so many bits; 32 bits stay what they are. */
function stored(integers: tf.Tensor, bits: number): DeployedTensor['values'] {
  const values = floats(integers);
  if (bits > 16) return values;
  return bits > 8 ? Int16Array.from(values) : Int8Array.from(values);
}

/** A copy, which outlives the tensor. */
function floats(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}
