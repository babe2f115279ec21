import * as tf from '@tensorflow/tfjs-core';
import type { Arithmetic } from './arithmetic.js';
import { learningRateAt, type LearningRate } from './schedule.js';
import { transform, type Transform } from './transform.js';

/** How an update becomes a step of the value. */

/** `update' = learningRate update` */
export function scaleByLearningRate(learningRate: LearningRate): Transform<tf.Tensor> {
  return transform({
    rates: { rate: ({ epochsDone }) => learningRateAt(learningRate, epochsDone) },
    update: ({ update, rates: { rate } }) => ({ update: tf.mul(update, rate) }),
  });
}

/** `value' = value - update` */
export function descend<T>({ sub }: Arithmetic<T>): Transform<T> {
  return transform({ update: ({ value, update }) => ({ value: sub(value, update) }) });
}

export interface DecaySettings {
  readonly learningRate: LearningRate;
  /** How fast the weights shrink by themselves. */
  readonly weightDecay: number;
}

/**
 * Decoupled weight decay (Loshchilov and Hutter, ICLR 2019), of the value before the step:
 *
 *     value' = value - learningRate weightDecay before
 *
 * After `descend`, not part of its update: nothing that comes before scales it.
 */
export function decayWeights({ learningRate, weightDecay }: DecaySettings): Transform<tf.Tensor> {
  return transform({
    rates: { decay: ({ epochsDone }) => learningRateAt(learningRate, epochsDone) * weightDecay },
    update: ({ before, value, rates: { decay } }) => ({
      value: tf.sub(value, tf.mul(decay, before)),
    }),
  });
}
