import * as tf from '@tensorflow/tfjs-core';

/**
 * Adam (Kingma and Ba, ICLR 2015), epsilon after the bias-corrected root. In step t, from 1:
 *
 *     m' = beta1 m + (1 - beta1) g
 *     v' = beta2 v + (1 - beta2) g^2
 *     w' = w - learningRate (m' / (1 - beta1^t)) / (sqrt(v' / (1 - beta2^t)) + epsilon)
 */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** With decoupled weight decay (Loshchilov and Hutter, ICLR 2019). */
export interface WeightSettings extends AdamSettings {
  /** Default 0. */
  readonly weightDecay?: number;
}

/** What a step takes of the weights themselves: `factor * learningRate * weightDecay`. */
export function decayOf({ learningRate, weightDecay = 0 }: WeightSettings, factor: number): number {
  return factor * learningRate * weightDecay;
}

/** A parameter with its running means of the gradient and of its square. */
export interface AdamTensors {
  readonly value: tf.Tensor;
  readonly m: tf.Tensor;
  readonly v: tf.Tensor;
}

/** What changes from step to step, as numbers for the host to feed. */
export interface AdamCorrections<T> {
  /** `learningRate / (1 - beta1^t)` */
  readonly rate: T;
  /** `1 / sqrt(1 - beta2^t)` */
  readonly rootScale: T;
}

/** @param t the step's number, from 1 @param factor of the schedule on the learning rate */
export function adamCorrections(
  settings: AdamSettings,
  t: number,
  factor = 1,
): AdamCorrections<number> {
  return {
    rate: (factor * settings.learningRate) / (1 - settings.beta1 ** t),
    rootScale: 1 / Math.sqrt(1 - settings.beta2 ** t),
  };
}

/** One step on a tensor. */
export function adamTensors(
  { beta1, beta2, epsilon }: AdamSettings,
  { rate, rootScale }: AdamCorrections<tf.Tensor>,
  { value, m, v }: AdamTensors,
  gradient: tf.Tensor,
): AdamTensors {
  const newM = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
  const newV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.mul(tf.sqrt(newV), rootScale), epsilon);
  return { value: tf.sub(value, tf.div(tf.mul(newM, rate), root)), m: newM, v: newV };
}

/** Plain numbers with their running means. */
export interface AdamNumbers {
  readonly value: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
}

export function initAdamNumbers(value: Float64Array): AdamNumbers {
  return { value, m: new Float64Array(value.length), v: new Float64Array(value.length) };
}

/** One step on plain numbers. */
export function adamNumbers(
  { beta1, beta2, epsilon }: AdamSettings,
  { rate, rootScale }: AdamCorrections<number>,
  { value, m, v }: AdamNumbers,
  gradient: Float64Array,
): AdamNumbers {
  const newM = m.map((mean, i) => beta1 * mean + (1 - beta1) * (gradient[i] ?? NaN));
  const newV = v.map((mean, i) => beta2 * mean + (1 - beta2) * (gradient[i] ?? NaN) ** 2);
  return {
    value: value.map(
      (old, i) =>
        old - (rate * (newM[i] ?? NaN)) / (Math.sqrt(newV[i] ?? NaN) * rootScale + epsilon),
    ),
    m: newM,
    v: newV,
  };
}
