import * as tf from '@tensorflow/tfjs-core';
import { chain } from '../../src/training/optimizers/chain.js';
import { decayWeights, type DecaySettings } from '../../src/training/optimizers/decay.js';
import { descend, scaleByLearningRate } from '../../src/training/optimizers/descend.js';
import type { Optimizer } from '../../src/training/optimizers/optimizers.js';
import { transform, type Transform } from '../../src/training/optimizers/transform.js';

export interface LionSettings {
  readonly beta1: number;
  readonly beta2: number;
}

/**
 * Lion (Chen et al., NeurIPS 2023):
 *
 *     update = sign(beta1 m + (1 - beta1) g)
 *     m' = beta2 m + (1 - beta2) g
 */
export function scaleByLion({ beta1, beta2 }: LionSettings): Transform {
  const mean = (beta: number, m: tf.Tensor, g: tf.Tensor) =>
    tf.add(tf.mul(m, beta), tf.mul(g, 1 - beta));
  return transform({
    slots: ['lion/m'],
    update: ({ update: gradient, slots: { 'lion/m': m } }) => ({
      update: tf.sign(mean(beta1, m, gradient)),
      slots: { 'lion/m': mean(beta2, m, gradient) },
    }),
  });
}

/** Lion with decoupled weight decay. */
export function lion(settings: LionSettings & DecaySettings): Optimizer {
  return chain(
    scaleByLion(settings),
    scaleByLearningRate(settings.learningRate),
    descend,
    decayWeights(settings),
  );
}
