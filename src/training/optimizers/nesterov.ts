import * as tf from '@tensorflow/tfjs-core';
import { transform, type Transform } from './transform.js';

export interface MomentumSettings {
  readonly momentum: number;
}

/**
 * Nesterov momentum in its common form (Sutskever et al., ICML 2013, in terms of the look-ahead point):
 *
 *     m' = momentum m + g
 *     update = g + momentum m'
 */
export function nesterovMomentum({ momentum }: MomentumSettings): Transform {
  return transform({
    slots: ['nesterov/m'],
    update({ update: gradient, slots: { 'nesterov/m': m } }) {
      const newM = tf.add(tf.mul(m, momentum), gradient);
      return { update: tf.add(gradient, tf.mul(newM, momentum)), slots: { 'nesterov/m': newM } };
    },
  });
}
