import * as tf from '@tensorflow/tfjs-core';
import { learningRateAt, type LearningRate } from './schedule.js';
import { transform, type Transform } from './transform.js';

export interface DecaySettings {
  readonly learningRate: LearningRate;
  /** Weight decay per step and per unit of learning rate. */
  readonly weightDecay: number;
}

/**
 * Decoupled weight decay (Loshchilov and Hutter, ICLR 2019) of the value before the step:
 *
 *     value' = value - learningRate weightDecay before
 *
 * It follows `descend`, separate from the update, so that no earlier transform scales it.
 */
export function decayWeights({ learningRate, weightDecay }: DecaySettings): Transform {
  return transform({
    rates: { decay: ({ epochsDone }) => learningRateAt(learningRate, epochsDone) * weightDecay },
    update: ({ before, value, rates: { decay } }) => ({
      value: tf.sub(value, tf.mul(decay, before)),
    }),
  });
}
