import * as tf from '@tensorflow/tfjs-core';
import { transform, type Transform } from './transform.js';

export interface MomentumSettings {
  readonly momentum: number;
}

/**
 * Nesterov's momentum as in common use (Sutskever et al., ICML 2013, rewritten at the point that looks ahead):
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
