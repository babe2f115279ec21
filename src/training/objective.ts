import * as tf from '@tensorflow/tfjs-core';
import type { TensorSpec } from '../compile/entry.js';
import type { Config } from '../config/config.js';
import type { Plan } from '../nn/plan.js';
import { hasSoftLabels } from '../setup/training-setup.js';
import {
  crossEntropyAndCorrect,
  distillationAndCorrect,
  softCrossEntropyAndCorrect,
} from './loss.js';

/** What a training step compares a network's logits with, and the loss that comes of it. */
export interface Objective {
  /** Of what is told of so many images. */
  expected(batch: number, classes: number): TensorSpec;
  /** As `crossEntropyAndCorrect`: the loss, a mean over the batch, and how many images are classified correctly. */
  loss(logits: tf.Tensor, expected: tf.Tensor): tf.Tensor;
}

/** Each image's class, as at test time. */
export const classLabels: Objective = {
  expected: (batch) => ({ shape: [batch], dtype: 'int32' }),
  loss: crossEntropyAndCorrect,
};

/** Probabilities of the classes. */
export const softLabels: Objective = {
  expected: (batch, classes) => ({ shape: [batch, classes], dtype: 'float32' }),
  loss: softCrossEntropyAndCorrect,
};

/** Probabilities of the classes, and a teacher's logits. */
export function distilled(settings: { temperature: number; weight: number }): Objective {
  return {
    expected: (batch, classes) => ({ shape: [batch, 2, classes], dtype: 'float32' }),
    loss(logits, expected) {
      const [targets, teacher] = tf.unstack(expected, 1) as [tf.Tensor, tf.Tensor];
      return distillationAndCorrect(logits, targets, teacher, settings);
    },
  };
}

/** What a batch is compared with, for a step. */
export function expectedTensor(
  objective: Objective,
  { outputShape: [classes = NaN] }: Pick<Plan, 'outputShape'>,
  { labels, targets }: { readonly labels: Int32Array; readonly targets?: Float32Array },
): tf.Tensor {
  if (targets === undefined) return tf.tensor1d(labels);
  return tf.tensor(targets, [...objective.expected(labels.length, classes).shape]);
}

/** A config's objective. */
export function objectiveOf(config: Config): Objective {
  if (config.teacher) return distilled(config.teacher);
  return hasSoftLabels(config) ? softLabels : classLabels;
}
