import * as tf from '@tensorflow/tfjs-core';
import type { BitWidth } from '../bayesian-bits/gates.js';
import { levelStep } from '../bayesian-bits/grid.js';

/** Step size of a quantizer of at most 16 bits, bit-identical to the network's. */
export function gridStep(bits: BitWidth, beta: number, signed: boolean): number {
  return computed(() => levelStep(bits, tf.scalar(beta), signed));
}

/** Compute a number with TensorFlow, as the network does, and read it. */
export function computed(scalar: () => tf.Tensor): number {
  return tf.tidy(() => scalar().dataSync()[0] ?? NaN);
}
