import * as tf from '@tensorflow/tfjs-core';
import { learningRateAt, type LearningRate } from './schedule.js';
import { transform, type Transform } from './transform.js';

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
export function decayWeights({ learningRate, weightDecay }: DecaySettings): Transform {
  return transform({
    rates: { decay: ({ epochsDone }) => learningRateAt(learningRate, epochsDone) * weightDecay },
    update: ({ before, value, rates: { decay } }) => ({
      value: tf.sub(value, tf.mul(decay, before)),
    }),
  });
}
