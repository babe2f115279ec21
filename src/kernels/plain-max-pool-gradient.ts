import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of max pooling over windows that lie side by side and cover the image: each dy goes to the
 * first of the largest numbers of its window, row by row, as TensorFlow's `MaxPoolGrad`. XLA makes a scatter of
 * that one, which it refuses on a GPU where results have to be the same every time; this it fuses.
 *
 * @param x of shape [batch, height, width, channels]
 * @param dy of shape [batch, height / size, width / size, channels]
 */
export function plainMaxPoolGradient(x: tf.Tensor4D, dy: tf.Tensor4D, size: number): tf.Tensor {
  const [batch, rows, columns, channels] = dy.shape;
  const one = [batch, rows, 1, columns, 1, channels];
  const windows = tf.reshape(x, [batch, rows, size, columns, size, channels]);
  const largestOf = (values: tf.Tensor) => tf.reshape(tf.max(values, [2, 4]), one);
  const isLargest = tf.cast(tf.equal(windows, largestOf(windows)), 'float32');
  // From the number of places in a window, for the first, down to 1: whole numbers, and so exact.
  const places = tf.reshape(tf.range(size * size, 0, -1), [size, 1, size, 1]);
  const place = tf.mul(isLargest, places);
  // Where no number equals the largest, as where one is NaN, all places are 0, and none is taken.
  const isFirst = tf.logicalAnd(tf.equal(place, largestOf(place)), tf.greater(place, 0));
  const spread = tf.mul(tf.cast(isFirst, 'float32'), tf.reshape(dy, one));
  return tf.reshape(spread, x.shape);
}
