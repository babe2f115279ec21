import * as tf from '@tensorflow/tfjs-core';
import type { BitWidth } from '../bayesian-bits/gates.js';
import { quantizeAt } from '../bayesian-bits/quantizer.js';
import type { DeployedActivation, FixedQuantizer } from './network.js';

export function deployedActivation(quantizer: FixedQuantizer | undefined): DeployedActivation {
  const { bits = null, beta = NaN } = quantizer ?? {};
  if (bits === null) return { bits, beta: null, step: null };
  return { bits, beta, step: bits === 32 ? null : beta / (2 ** bits - 1) };
}

/** The ReLU with its rounding. */
export function activate(x: tf.Tensor, { bits, beta }: DeployedActivation): tf.Tensor {
  if (bits === null || beta === null) return tf.relu(x);
  const { integers, step } = quantizeAt(x, false, tf.scalar(beta), bits as BitWidth);
  return tf.mul(integers, step);
}
