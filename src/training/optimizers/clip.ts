import * as tf from '@tensorflow/tfjs-core';
import { transform, type Transform } from './transform.js';

/**
 * Gradient clipping by the global norm. It comes first in a chain: the norm is that of the gradients,
 * including those of variables that do not learn.
 *
 *     update' = update largest / max(|gradients|, largest)
 */
export function clipByGlobalNorm(largest: number): Transform {
  return transform({
    shared(gradients) {
      const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
      return { clipFactor: tf.div(largest, tf.maximum(norm, largest)) };
    },
    update: ({ update, shared: { clipFactor } }) => ({ update: tf.mul(update, clipFactor) }),
  });
}
