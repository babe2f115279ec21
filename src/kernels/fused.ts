import * as tf from '@tensorflow/tfjs-core';
import type { OpAttribute } from '../compile/native-backend.js';
import { isTracedForXla } from '../compile/tracer.js';
import { nativeOp, nativeOps, type AttributeKinds } from './native-op.js';

/**
 * TensorFlow kernels that tfjs does not expose, used where benchmarks (`bench/`) show a gain, with equivalent
 * tfjs ops for other backends. They have no gradients, and are meant for functions and gradients of
 * `tf.customGrad`.
 */

/** `dy` where `y > 0`, else 0: the gradient of `y = relu(x)`. */
export function reluGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return nativeOp('ReluGrad', [dy, y], 1, (kind) => [kind.type('T')]) ?? tf.mul(dy, tf.step(y));
}

/** `x + bias`, with one bias for each index of the last axis; in a graph it is fused with a convolution. */
export function biasAdd(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const attributes = (kind: AttributeKinds) => [kind.type('T'), kind.string('data_format', 'NHWC')];
  return nativeOp('BiasAdd', [x, bias], 1, attributes) ?? tf.add(x, bias);
}

/** `dy` where `low <= x <= high`, else 0. @param low scalar @param high scalar */
export function gradientInside(
  dy: tf.Tensor,
  x: tf.Tensor,
  low: tf.Tensor,
  high: tf.Tensor,
): tf.Tensor {
  // XLA does not support the op.
  const fused = isTracedForXla()
    ? undefined
    : nativeOp('QuantizeAndDequantizeV4Grad', [dy, x, low, high], 3, (kind) => [
        kind.type('T'),
        kind.int('axis', -1),
      ]);
  return fused ?? tf.sub(dy, tf.mul(dy, tf.add(tf.step(tf.sub(x, high)), tf.step(tf.sub(low, x)))));
}

/** The integers of a grid: 0 to `2^bits - 1`, or `-n` to `n = 2^(bits - 1) - 1` if signed. */
export function integerEnds(bits: number, signed: boolean): { lowest: number; highest: number } {
  const highest = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  return { lowest: signed ? -highest : 0, highest };
}

/** The nearest integer between the ends of `integerEnds`, ties to even. */
export function roundToInteger(x: tf.Tensor, bits: number, signed: boolean): tf.Tensor {
  const { lowest, highest } = integerEnds(bits, signed);
  // The range equals that of the integers, so the op's own scale is exactly 1.
  const fused = nativeOp(
    'QuantizeAndDequantizeV4',
    [x, tf.scalar(lowest), tf.scalar(highest)],
    1,
    (kind) => [
      kind.type('T'),
      kind.int('num_bits', bits),
      kind.int('axis', -1),
      kind.bool('signed_input', signed),
      kind.bool('narrow_range', signed),
      kind.bool('range_given', true),
      kind.string('round_mode', 'HALF_TO_EVEN'),
    ],
  );
  return fused ?? tf.clipByValue(tf.round(x), lowest, highest);
}

/** Clip `x` to [low, high]. @param low scalar @param high scalar */
export function clip(x: tf.Tensor, low: tf.Tensor, high: tf.Tensor): tf.Tensor {
  return (
    nativeOp('ClipByValue', [x, low, high], 1, (kind) => [kind.type('T')]) ??
    tf.clipByValue(x, numberOf(low), numberOf(high))
  );
}

function numberOf(scalar: tf.Tensor): number {
  return scalar.dataSync()[0] ?? NaN;
}

/** A normalized batch, its statistics of each channel, and the tensors that the gradient needs. */
export interface NormalizedBatch {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor;
  /** The unbiased variance, `sum (x - mean)^2 / (n - 1)`. */
  readonly variance: tf.Tensor;
  /** Inputs of `batchNormGradient`. */
  readonly saved: readonly tf.Tensor[];
}

/**
 * Batch norm over all but the last axis, `y = scale (x - mean) / sqrt(biased variance + epsilon) + shift`.
 *
 * @param x shape [batch, height, width, channels]
 */
export function batchNorm(
  x: tf.Tensor,
  scale: tf.Tensor,
  shift: tf.Tensor,
  epsilon: number,
): NormalizedBatch {
  const none = tf.tensor1d([], 'float32');
  const fused = nativeOps('FusedBatchNormV3', [x, scale, shift, none, none], 6, (kind) => [
    ...batchNormAttributes(kind, epsilon),
    kind.float('exponential_avg_factor', 1),
  ]);
  if (fused) {
    const [y, mean, variance, ...saved] = fused as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { y, mean, variance, saved };
  }
  const axes = [0, 1, 2];
  const count = x.size / (x.shape[3] ?? NaN);
  const mean = tf.mean(x, axes);
  const biased = tf.mean(tf.square(tf.sub(x, mean)), axes);
  const inverse = tf.rsqrt(tf.add(biased, epsilon));
  const y = tf.add(tf.mul(tf.sub(x, mean), tf.mul(inverse, scale)), shift);
  const variance = tf.mul(biased, count / Math.max(count - 1, 1));
  return { y, mean, variance, saved: [tf.clone(mean), inverse] };
}

/** The gradients of `batchNorm`'s y with respect to x, scale and shift, for dy at y. */
export function batchNormGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  scale: tf.Tensor,
  saved: readonly tf.Tensor[],
  epsilon: number,
): [dx: tf.Tensor, dScale: tf.Tensor, dShift: tf.Tensor] {
  const fused = nativeOps('FusedBatchNormGradV3', [dy, x, scale, ...saved], 5, (kind) =>
    batchNormAttributes(kind, epsilon),
  );
  if (fused) {
    const [dx, dScale, dShift, ...unused] = fused as [tf.Tensor, tf.Tensor, tf.Tensor];
    tf.dispose(unused);
    return [dx, dScale, dShift];
  }
  const [mean, inverse] = saved as [tf.Tensor, tf.Tensor];
  const axes = [0, 1, 2];
  const count = x.size / (x.shape[3] ?? NaN);
  const normal = tf.mul(tf.sub(x, mean), inverse);
  const dShift = tf.sum(dy, axes);
  const dScale = tf.sum(tf.mul(dy, normal), axes);
  const common = tf.div(tf.add(dShift, tf.mul(normal, dScale)), count);
  return [tf.mul(tf.sub(dy, common), tf.mul(inverse, scale)), dScale, dShift];
}

function batchNormAttributes(kind: AttributeKinds, epsilon: number): OpAttribute[] {
  return [
    kind.type('T'),
    kind.type('U'),
    kind.float('epsilon', epsilon),
    kind.string('data_format', 'NHWC'),
    kind.bool('is_training', true),
  ];
}
