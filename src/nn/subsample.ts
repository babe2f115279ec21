import * as tf from '@tensorflow/tfjs-core';

/**
 * Every `stride`-th pixel of each row and column, from the first, with channels of zeros around the
 * old ones, half of them before and half after.
 *
 * @param x of shape [batch, height, width, channels]
 */
export function subsamplePixels(x: tf.Tensor, stride: number, channels: number): tf.Tensor {
  const added = (channels - (x.shape[3] ?? NaN)) / 2;
  const pixels = stride === 1 ? x : everyNth(x, stride);
  return tf.pad(pixels, [
    [0, 0],
    [0, 0],
    [0, 0],
    [added, added],
  ]);
}

/** tfjs has no gradient for its strided slice: dx is dy with zeros between the pixels. */
function everyNth(x: tf.Tensor, stride: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const differentiable = tf.customGrad((x) => ({
    value: tf.stridedSlice(
      x as tf.Tensor,
      [0, 0, 0, 0],
      [batch, height, width, channels],
      [1, stride, stride, 1],
    ),
    gradFunc: (dy: tf.Tensor) => {
      const [, rows = NaN, columns = NaN] = dy.shape;
      const spread = tf.pad(tf.reshape(dy, [batch, rows, 1, columns, channels]), [
        [0, 0],
        [0, 0],
        [0, stride - 1],
        [0, 0],
        [0, (stride - 1) * channels],
      ]);
      const whole = tf.reshape(spread, [batch, rows * stride, columns * stride, channels]);
      return tf.slice(whole, [0, 0, 0, 0], [batch, height, width, channels]);
    },
  }));
  return differentiable(x);
}
