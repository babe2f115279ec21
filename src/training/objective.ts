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

/** The targets of a training step, and the loss computed from them. */
export interface Objective {
  /** The spec of the targets of a batch of this size. */
  expected(batch: number, classes: number): TensorSpec;
  /** The batch's mean loss and number of correctly classified images, as in `crossEntropyAndCorrect`. */
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

/** The targets of a batch. */
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
