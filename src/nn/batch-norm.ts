import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, batchNormGradient } from '../kernels/fused.js';
import { addBias } from './bias.js';
import type { PlannedBatchNorm } from './plan.js';

/** A batch norm's parameters and its running statistics of the preceding layer's output. */
export interface BatchNorm {
  readonly scale: tf.Tensor;
  readonly shift: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** Batch or running statistics, each of shape [channels]. */
export interface Statistics {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** Look up the tensors of a planned batch norm by name. */
export function batchNormOf(
  names: PlannedBatchNorm,
  variable: (name: string) => tf.Tensor,
): BatchNorm {
  return {
    scale: variable(names.scale),
    shift: variable(names.shift),
    mean: variable(names.mean),
    variance: variable(names.variance),
  };
}

export const epsilon = 1e-5;
/** The weight of a batch's statistics in an update of the running statistics. */
export const momentum = 0.1;

/** A layer without its bias, as a function that is linear in the weight. */
export type LinearLayer = (weight: tf.Tensor) => tf.Tensor;

/**
 * A layer and its batch norm in training, with the batch norm folded into the weight before quantization, as
 * in inference:
 *
 *     W_f = scale W / sigma                     sigma: running deviation, before its update
 *     y = Q(W_f) * x (sigma / sigma_B) + shift - scale mu_B / sigma_B
 *
 * mu_B and sigma_B are the batch's mean and biased deviation of the layer's output with W itself, which takes
 * a second convolution. No gradient flows through the running statistics; they use the unbiased variance.
 *
 * Source: the conventions of the authors' published experiments.
 *
 * @param weight with output channels on the last axis
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
  const batch = batchMoments(plain);
  const batchSigma = deviation(biased(batch.variance, plain));

  const folded = tf.mul(weight, tf.div(scale, sigma));
  // The ratio of deviations multiplies the weight, which is smaller than the layer's output.
  const output = layer(tf.mul(quantize(folded), tf.div(sigma, batchSigma)));
  const offset = tf.sub(shift, tf.div(tf.mul(scale, batch.mean), batchSigma));
  return { output: addBias(output, offset), statistics: updated(norm, batch) };
}

/** The folded batch norm at test time: `y = Q(W_f) * x + shift - scale mu / sigma`, mu the running mean. */
export function foldedBatchNormTest(
  layer: LinearLayer,
  weight: tf.Tensor,
  norm: BatchNorm,
  quantize: (folded: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const { ratio, offset } = testTimeFactors(norm);
  return addBias(layer(quantize(tf.mul(weight, ratio))), offset);
}

/**
 * The affine map of a batch norm at test time, `y = ratio x + offset`, with `ratio = z_2 scale / sigma` and
 * `offset = shift - ratio mu` from the running statistics.
 *
 * @param gates z_2 of each channel if the gates act here; undefined means `z_2 = 1`
 */
export function testTimeFactors(
  { scale, shift, mean, variance }: BatchNorm,
  gates?: tf.Tensor,
): { ratio: tf.Tensor; offset: tf.Tensor } {
  const ratio = tf.div(gated(scale, gates), deviation(variance));
  return { ratio, offset: tf.sub(shift, tf.mul(ratio, mean)) };
}

/**
 * Batch norm in training after a layer with quantized weights:
 *
 *     y = z_2 scale (x - mu_B) / sigma_B + shift
 *
 * The channel gates act here because the division by the batch's deviation would cancel them in the weights;
 * x is computed with ungated weights.
 *
 * @param x the layer's output, channels last
 * @param gates z_2 of each channel; undefined means `z_2 = 1`
 * @returns y, and the new running statistics
 */
export function unfoldedBatchNormTraining(
  x: tf.Tensor,
  norm: BatchNorm,
  gates: tf.Tensor | undefined,
): { output: tf.Tensor; statistics: Statistics } {
  const kept: tf.Tensor[] = [];
  const normalize = tf.customGrad((...args) => {
    const [x, scale, shift, save] = args as [...Three, (tensors: tf.Tensor[]) => void];
    const { y, mean, variance, saved } = batchNorm(asImages(x), scale, shift, epsilon);
    // Running statistics have no gradient. customGrad disposes tensors that it does not return, unless kept.
    kept.push(tf.keep(mean), tf.keep(variance));
    save([x, scale, ...saved]);
    return {
      value: tf.reshape(y, x.shape),
      gradFunc: (dy: tf.Tensor, inputs: tf.Tensor[]) => {
        const [x, scale, ...saved] = inputs as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
        const gradients = batchNormGradient(asImages(dy), asImages(x), scale, saved, epsilon);
        const [dx, dScale, dShift] = gradients;
        return [tf.reshape(dx, x.shape), dScale, dShift];
      },
    };
  });
  const output = normalize(x, gated(norm.scale, gates), norm.shift);
  const [mean, variance] = kept as [tf.Tensor, tf.Tensor];
  const statistics = updated(norm, { mean, variance });
  tf.dispose(kept);
  return { output, statistics };
}

/** The unfolded batch norm at test time: scale and shift each channel by the running statistics. */
export function unfoldedBatchNormTest(
  x: tf.Tensor,
  norm: BatchNorm,
  gates: tf.Tensor | undefined,
): tf.Tensor {
  const { ratio, offset } = testTimeFactors(norm, gates);
  return addBias(tf.mul(x, ratio), offset);
}

type Three = [tf.Tensor, tf.Tensor, tf.Tensor];

/**
 * A batch's mean and unbiased variance of each channel, in one pass forward and one backward:
 *
 *     dx = dmean / n + dvariance 2 (x - mean) / (n - 1)
 *
 * A batch norm kernel computes the moments; their gradient is affine in x for each channel.
 */
function batchMoments(x: tf.Tensor): Statistics {
  const channels = x.shape.at(-1) ?? NaN;
  const count = x.size / channels;
  const moments = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor, (tensors: tf.Tensor[]) => void];
    const unit = tf.ones([channels]);
    const { y, mean, variance, saved } = batchNorm(asImages(x), unit, unit, epsilon);
    tf.dispose([y, ...saved]);
    save([x, mean]);
    return {
      value: tf.stack([mean, variance]),
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => {
        const [x, mean] = kept as [tf.Tensor, tf.Tensor];
        const [dMean, dVariance] = tf.unstack(dy) as [tf.Tensor, tf.Tensor];
        const slope = tf.mul(dVariance, 2 / Math.max(count - 1, 1));
        return addBias(tf.mul(x, slope), tf.sub(tf.div(dMean, count), tf.mul(slope, mean)));
      },
    };
  });
  const [mean, variance] = tf.unstack(moments(x)) as [tf.Tensor, tf.Tensor];
  return { mean, variance };
}

/** The biased variance, from the unbiased variance of n values. */
function biased(variance: tf.Tensor, { size, shape }: tf.Tensor): tf.Tensor {
  const count = size / (shape.at(-1) ?? NaN);
  // A single value has no unbiased variance.
  return tf.mul(variance, Math.max(count - 1, 1) / count);
}

function gated(scale: tf.Tensor, gates: tf.Tensor | undefined): tf.Tensor {
  return gates ? tf.mul(scale, gates) : scale;
}

function deviation(variance: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.add(variance, epsilon));
}

function updated(old: Statistics, batch: Statistics): Statistics {
  const running = (old: tf.Tensor, batch: tf.Tensor) =>
    tf.add(tf.mul(old, 1 - momentum), tf.mul(batch, momentum));
  return { mean: running(old.mean, batch.mean), variance: running(old.variance, batch.variance) };
}

/** Reshape to [batch, height, width, channels]; dense outputs get height and width 1. */
function asImages(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, ...x.shape.slice(1)]);
}
