import * as tf from '@tensorflow/tfjs-core';
import { transform, type Transform } from './transform.js';

/**
 * Shortens gradients whose norm, together, is larger than it may be. First in a chain: the norm is that of the
 * gradients as they come, also of those to variables that do not learn.
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
