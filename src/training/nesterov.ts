import * as tf from '@tensorflow/tfjs-core';

/**
 * Stochastic gradient descent with Nesterov's momentum, as in common use (Sutskever et al., ICML 2013,
 * rewritten at the point that looks ahead):
 *
 *     m' = momentum m + g
 *     w' = w - learningRate (g + momentum m')
 */
export interface NesterovSettings {
  readonly learningRate: number;
  readonly momentum: number;
}

/** One step on a tensor. @param rate the learning rate of the step */
export function nesterovTensors(
  { momentum }: NesterovSettings,
  rate: tf.Tensor,
  { value, m }: { value: tf.Tensor; m: tf.Tensor },
  gradient: tf.Tensor,
): { value: tf.Tensor; m: tf.Tensor } {
  const newM = tf.add(tf.mul(m, momentum), gradient);
  const direction = tf.add(gradient, tf.mul(newM, momentum));
  return { value: tf.sub(value, tf.mul(direction, rate)), m: newM };
}
