import * as tf from '@tensorflow/tfjs-core';
import { learningRateAt, type LearningRate } from './schedule.js';
import { transform, type Transform } from './transform.js';

/** How an update changes the value. */

/** `update' = learningRate update` */
export function scaleByLearningRate(learningRate: LearningRate): Transform {
  return transform({
    rates: { rate: ({ epochsDone }) => learningRateAt(learningRate, epochsDone) },
    update: ({ update, rates: { rate } }) => ({ update: tf.mul(update, rate) }),
  });
}

/** `value' = value - update` */
export const descend: Transform = transform({
  update: ({ value, update }) => ({ value: tf.sub(value, update) }),
});
