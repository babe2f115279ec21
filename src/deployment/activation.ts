import * as tf from '@tensorflow/tfjs-core';
import type { BitWidth } from '../bayesian-bits/gates.js';
import { quantizeAt } from '../bayesian-bits/quantizer.js';
import type { Activation } from '../nn/activation.js';
import { atMost6 } from '../nn/relu.js';
import type { DeployedActivation, FixedQuantizer } from './network.js';

export function deployedActivation(
  quantizer: FixedQuantizer | undefined,
  nonlinearity: Activation,
): DeployedActivation {
  const { bits = null, beta = NaN } = quantizer ?? {};
  const own = nonlinearity === 'relu' ? {} : ({ function: nonlinearity } as const);
  if (bits === null) return { bits, beta: null, step: null, ...own };
  const width = nonlinearity === 'none' ? 2 * beta : beta;
  return { bits, beta, step: bits === 32 ? null : width / (2 ** bits - 1), ...own };
}

/** Apply the activation function and rounding that follow a layer or a sum. */
export function activate(
  x: tf.Tensor,
  { bits, beta, function: other }: DeployedActivation,
): tf.Tensor {
  const nonlinearity: Activation = other ?? 'relu';
  const isSigned = nonlinearity === 'none';
  const beforeRelu = nonlinearity === 'relu6' ? atMost6(x) : x;
  if (bits === null || beta === null) return isSigned ? x : tf.relu(beforeRelu);
  const { integers, step } = quantizeAt(beforeRelu, isSigned, tf.scalar(beta), bits as BitWidth);
  return tf.mul(integers, step);
}
