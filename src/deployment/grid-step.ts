import * as tf from '@tensorflow/tfjs-core';
import type { BitWidth } from '../bayesian-bits/gates.js';
import { levelStep } from '../bayesian-bits/grid.js';

/** A quantizer's step of at most 16 bits, to the bit as the network computes it. */
export function gridStep(bits: BitWidth, beta: number, signed: boolean): number {
  return computed(() => levelStep(bits, tf.scalar(beta), signed));
}

/** A number that the network computes, to the bit. */
export function computed(scalar: () => tf.Tensor): number {
  return tf.tidy(() => scalar().dataSync()[0] ?? NaN);
}
