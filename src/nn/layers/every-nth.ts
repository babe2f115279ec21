import type { Tensor } from '@tensorflow/tfjs-core';
import type { Pair } from '../windows.js';
import type { TensorFlow } from './layer-type.js';

/**
 * Every so many-th pixel of each row and column, from the first. tfjs has no gradient for its strided slice: dx is
 * dy with zeros between the pixels.
 */
export function everyNth(x: Tensor, [down, across]: Pair, tf: TensorFlow): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const differentiable = tf.customGrad((x) => ({
    value: tf.stridedSlice(
      x as Tensor,
      [0, 0, 0, 0],
      [batch, height, width, channels],
      [1, down, across, 1],
    ),
    gradFunc: (dy: Tensor) => {
      const [, rows = NaN, columns = NaN] = dy.shape;
      const spread = tf.pad(tf.reshape(dy, [batch, rows, 1, columns, channels]), [
        [0, 0],
        [0, 0],
        [0, down - 1],
        [0, 0],
        [0, (across - 1) * channels],
      ]);
      const whole = tf.reshape(spread, [batch, rows * down, columns * across, channels]);
      return tf.slice(whole, [0, 0, 0, 0], [batch, height, width, channels]);
    },
  }));
  return differentiable(x);
}
