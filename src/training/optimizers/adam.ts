import * as tf from '@tensorflow/tfjs-core';
import { ownAdamStep } from '../../kernels/own/adam.js';
import { numbers, tensors, type Arithmetic } from './arithmetic.js';
import { learningRateAt, type LearningRate } from './schedule.js';
import { transform, type Moment, type Transform } from './transform.js';

export interface AdamSettings {
  readonly learningRate: LearningRate;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Moving averages of a gradient and of its square. */
interface Means<T> {
  readonly m: T;
  readonly v: T;
}

/** Step-dependent factors. */
export interface AdamRates<T> {
  /** `learningRate / (1 - beta1^t)` */
  readonly rate: T;
  /** `1 / sqrt(1 - beta2^t)` */
  readonly rootScale: T;
}

/**
 * Adam (Kingma and Ba, ICLR 2015), epsilon after the bias-corrected root. In step t, from 1:
 *
 *     m' = beta1 m + (1 - beta1) g
 *     v' = beta2 v + (1 - beta2) g^2
 *     update = learningRate (m' / (1 - beta1^t)) / (sqrt(v' / (1 - beta2^t)) + epsilon)
 *
 * The learning rate is part of the update, combined with m's bias correction before the division. Existing
 * runs were rounded in this way; a division followed by `scaleByLearningRate` rounds differently.
 */
function adamStep<T>(
  { add, mul, div, square, sqrt }: Arithmetic<T>,
  { beta1, beta2, epsilon }: AdamSettings,
  { rate, rootScale }: AdamRates<T | number>,
  { m, v }: Means<T>,
  gradient: T,
): Means<T> & { readonly update: T } {
  const newM = add(mul(m, beta1), mul(gradient, 1 - beta1));
  const newV = add(mul(v, beta2), mul(square(gradient), 1 - beta2));
  const root = add(mul(sqrt(newV), rootScale), epsilon);
  return { update: div(mul(newM, rate), root), m: newM, v: newV };
}

/** Step-dependent factors for `adamTensors`. */
export function adamRates(
  { learningRate, beta1, beta2 }: AdamSettings,
  { t, epochsDone }: Moment,
): AdamRates<number> {
  return {
    rate: learningRateAt(learningRate, epochsDone) / (1 - beta1 ** t),
    rootScale: 1 / Math.sqrt(1 - beta2 ** t),
  };
}

/** Adam's update, see `adamStep`; it includes the learning rate. */
export function scaleByAdam(settings: AdamSettings): Transform {
  return transform({
    slots: ['adam/m', 'adam/v'],
    rates: {
      rate: (at) => adamRates(settings, at).rate,
      rootScale: (at) => adamRates(settings, at).rootScale,
    },
    update({ update: gradient, slots: { 'adam/m': m, 'adam/v': v }, rates }) {
      const means = { m, v };
      const next =
        ownAdamStep(settings, rates, means, gradient) ??
        adamStep(tensors, settings, rates, means, gradient);
      return { update: next.update, slots: { 'adam/m': next.m, 'adam/v': next.v } };
    },
  });
}

/** One step on a tensor: `value' = value - update`, see `adamStep`. */
export function adamTensors(
  settings: AdamSettings,
  rates: AdamRates<tf.Tensor>,
  { value, ...means }: Means<tf.Tensor> & { readonly value: tf.Tensor },
  gradient: tf.Tensor,
): Means<tf.Tensor> & { readonly value: tf.Tensor } {
  const { update, m, v } = adamStep(tensors, settings, rates, means, gradient);
  return { value: tf.sub(value, update), m, v };
}

/** Plain numbers with Adam's moments. */
export interface AdamNumbers extends Means<Float64Array> {
  readonly value: Float64Array;
}

export function initAdamNumbers(value: Float64Array): AdamNumbers {
  return { value, m: new Float64Array(value.length), v: new Float64Array(value.length) };
}

/** One step on plain numbers: `value' = value - update`, see `adamStep`. */
export function adamNumbers(
  settings: AdamSettings,
  at: Moment,
  { value, ...means }: AdamNumbers,
  gradient: Float64Array,
): AdamNumbers {
  const { update, m, v } = adamStep(numbers, settings, adamRates(settings, at), means, gradient);
  return { value: value.map((old, i) => old - (update[i] ?? NaN)), m, v };
}
