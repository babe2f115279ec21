import * as tf from '@tensorflow/tfjs-core';

/** A batch norm's parameters, and running statistics of what the layer before it gives. */
export interface BatchNorm {
  readonly scale: tf.Tensor;
  readonly shift: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** Running statistics, of shape [channels] each. */
export interface Statistics {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

export const epsilon = 1e-5;
/** How much of a batch's statistics goes into the running ones. */
export const momentum = 0.1;

/** A layer without its bias, linear in its weight. */
export type LinearLayer = (weight: tf.Tensor) => tf.Tensor;

/**
 * A layer and its batch norm in training, with the batch norm folded into the weight before that is
 * quantized, as it will be for inference:
 *
 *     W_f = scale W / sigma                     sigma: of the running variance, before its update
 *     y = Q(W_f) * x (sigma / sigma_B) + shift - scale mu_B / sigma_B
 *
 * with mean and biased variance of the batch, of the layer with W itself: a second convolution. The
 * running statistics carry no gradient; their variance takes the unbiased one.
 *
 * Source: the conventions of the authors' published experiments.
 *
 * @param weight output channels last
 * @returns y, and the new running statistics
 */
export function foldedBatchNormTraining(
  layer: LinearLayer,
  weight: tf.Tensor,
  norm: BatchNorm,
  quantize: (folded: tf.Tensor) => tf.Tensor,
): { output: tf.Tensor; statistics: Statistics } {
  const { scale, shift } = norm;
  const sigma = deviation(norm.variance);
  const plain = layer(weight);
  const batch = channelMoments(plain);
  const batchSigma = deviation(batch.variance);

  const folded = tf.mul(weight, tf.div(scale, sigma));
  const scaled = tf.mul(layer(quantize(folded)), tf.div(sigma, batchSigma));
  const offset = tf.sub(shift, tf.div(tf.mul(scale, batch.mean), batchSigma));

  const count = plain.size / (plain.shape.at(-1) ?? NaN);
  // Of a single value there is no unbiased variance.
  const unbiased = tf.mul(batch.variance, count / Math.max(count - 1, 1));
  return {
    output: tf.add(scaled, offset),
    statistics: {
      mean: runningMean(norm.mean, batch.mean),
      variance: runningMean(norm.variance, unbiased),
    },
  };
}

/** The same at test time: `y = Q(W_f) * x + shift - scale mu / sigma`, mu of the running mean. */
export function foldedBatchNormTest(
  layer: LinearLayer,
  weight: tf.Tensor,
  { scale, shift, mean, variance }: BatchNorm,
  quantize: (folded: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const ratio = tf.div(scale, deviation(variance));
  return tf.add(layer(quantize(tf.mul(weight, ratio))), tf.sub(shift, tf.mul(ratio, mean)));
}

function deviation(variance: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.add(variance, epsilon));
}

/** Mean and biased variance of each channel, the last axis. */
function channelMoments(x: tf.Tensor): Statistics {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const mean = tf.mean(x, axes);
  return { mean, variance: tf.mean(tf.square(tf.sub(x, mean)), axes) };
}

function runningMean(old: tf.Tensor, batch: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(old, 1 - momentum), tf.mul(batch, momentum));
}
