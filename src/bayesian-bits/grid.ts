import * as tf from '@tensorflow/tfjs-core';
import { clip, roundToInteger } from '../kernels/fused.js';
import type { BitWidth } from './gates.js';

/** A quantizer's grids: range, step sizes and rounding. */

export { integerEnds } from '../kernels/fused.js';

/**
 * `x_b` as a multiple of `levelStep`: the integers `round(x_c / s_b)`; at 32 bits `x_c` itself, because near
 * beta float32 is coarser than the grid.
 *
 * The division is correctly rounded, unlike a product with the inverse: among millions of values some lie
 * near a tie, and a single one rounded the wrong way changes small gradients by several percent.
 */
export function levelOf(x: tf.Tensor, bits: BitWidth, beta: tf.Tensor, signed: boolean): tf.Tensor {
  const high = rangeEnd(beta);
  if (bits === 32) return clip(x, signed ? tf.neg(high) : tf.scalar(0), high);
  return roundToInteger(tf.div(x, levelStep(bits, beta, signed)), bits, signed);
}

/** `s_b`, or 1 at 32 bits. */
export function levelStep(bits: BitWidth, beta: tf.Tensor, signed: boolean): tf.Tensor {
  if (bits === 32) return tf.scalar(1);
  return gridStep(rangeWidth(beta, signed), bits);
}

/** `beta - alpha`. */
export function rangeWidth(beta: tf.Tensor, signed: boolean): tf.Tensor {
  return signed ? tf.mul(beta, 2) : beta;
}

/**
 * `s_b = width / (2^b - 1)`, as `u + u / (2^b - 1)` with `u = width / 2^b`: TensorFlow's graph
 * optimizer turns a division by a constant into a product with its rounded inverse, which matters
 * only in the small term here.
 */
function gridStep(width: tf.Tensor, bits: BitWidth): tf.Tensor {
  const unit = tf.mul(width, 2 ** -bits);
  return tf.add(unit, tf.div(unit, 2 ** bits - 1));
}

/** `(1 - 1e-7) beta`, which is less than beta even in float32. */
export function rangeEnd(beta: tf.Tensor): tf.Tensor {
  return tf.mul(beta, 1 - 1e-7);
}

/** The smallest and largest normal float32 numbers strictly inside (lo, hi). */
export function openRange(beta: tf.Tensor, signed: boolean): [tf.Tensor, tf.Tensor] {
  const below = tf.mul(rangeEnd(beta), 1 - 2 ** -24);
  return [signed ? tf.neg(below) : tf.scalar(smallestNormal), below];
}

const smallestNormal = 2 ** -126;
