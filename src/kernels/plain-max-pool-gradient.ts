import * as tf from '@tensorflow/tfjs-core';

/** Windows over the two axes of images: [rows, columns]. */
export interface PoolWindows {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Pixels before and after the image, which are never a window's maximum. */
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

/**
 * Gradient of max pooling: route each dy to the first maximum of its window in row-major order, like
 * TensorFlow's `MaxPoolGrad`. XLA implements that op as a scatter, which it rejects on a GPU in deterministic
 * mode; it can fuse the ones below. Where windows overlap, a pixel's gradients are summed in another order.
 *
 * @param x shape [batch, height, width, channels]
 * @param dy shape [batch, rows, columns, channels], one value per window
 */
export function plainMaxPoolGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  pool: PoolWindows,
): tf.Tensor {
  const [, height, width] = x.shape;
  const [batch, rows, columns, channels] = dy.shape;
  const [tall, wide] = pool.size;
  if (isSideBySide(pool, height, width)) {
    const windows = tf.reshape(x, [batch, rows, tall, columns, wide, channels]);
    return tf.reshape(toFirstLargest(windows, dy), x.shape);
  }
  const [[top, bottom], [left, right]] = pool.padding;
  const margins: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const padded = top + bottom + left + right > 0 ? tf.pad(x, margins, -Infinity) : x;
  const strips = windowsAlong(padded, 1, tall, pool.stride[0], rows);
  const windows = windowsAlong(strips, 3, wide, pool.stride[1], columns);
  const spread = toFirstLargest(windows, dy);
  const folded = sumAlong(spread, 3, pool.stride[1], left + width + right);
  const dx = sumAlong(folded, 1, pool.stride[0], top + height + bottom);
  return dx.shape.join() === x.shape.join() ? dx : tf.slice(dx, [0, top, left, 0], x.shape);
}

function isSideBySide({ size, stride, padding }: PoolWindows, height: number, width: number) {
  const covers = height % size[0] === 0 && width % size[1] === 0;
  return size.join() === stride.join() && padding.flat().every((pixels) => pixels === 0) && covers;
}

/**
 * Each dy at the first maximum of its window, 0 elsewhere.
 *
 * @param windows shape [batch, rows, window height, columns, window width, channels]
 */
function toFirstLargest(windows: tf.Tensor, dy: tf.Tensor4D): tf.Tensor {
  const [batch, rows, columns, channels] = dy.shape;
  const [, , tall = NaN, , wide = NaN] = windows.shape;
  const one = [batch, rows, 1, columns, 1, channels];
  const largestOf = (values: tf.Tensor) => tf.reshape(tf.max(values, [2, 4]), one);
  const isLargest = tf.cast(tf.equal(windows, largestOf(windows)), 'float32');
  // Descending integers, exact in float32: the first position of a window has the largest.
  const places = tf.reshape(tf.range(tall * wide, 0, -1), [tall, 1, wide, 1]);
  const place = tf.mul(isLargest, places);
  // If no value equals the maximum, as with a NaN, all places are 0 and no position is chosen.
  const isFirst = tf.logicalAnd(tf.equal(place, largestOf(place)), tf.greater(place, 0));
  return tf.mul(tf.cast(isFirst, 'float32'), tf.reshape(dy, one));
}

/** Split an axis into two: windows, and positions in a window. */
function windowsAlong(
  x: tf.Tensor,
  axis: number,
  size: number,
  stride: number,
  count: number,
): tf.Tensor {
  const steps = x.shape.map(() => 1).with(axis, stride);
  const places = Array.from({ length: size }, (_, place) => {
    const begin = x.shape.map(() => 0).with(axis, place);
    const end = x.shape.with(axis, place + (count - 1) * stride + 1);
    return tf.stridedSlice(x, begin, end, steps);
  });
  return tf.stack(places, axis + 1);
}

/** The transpose of `windowsAlong`: sum each pixel's positions in all windows. */
function sumAlong(windows: tf.Tensor, axis: number, stride: number, length: number): tf.Tensor {
  const count = windows.shape[axis] ?? NaN;
  const places = tf.unstack(windows, axis + 1).map((values, place) => {
    const alone = tf.reshape(values, values.shape.toSpliced(axis + 1, 0, 1));
    // Insert zeros between the pixels of neighboring windows.
    const apart = padAlong(alone, axis + 1, 0, stride - 1);
    const joined = tf.reshape(apart, values.shape.with(axis, count * stride));
    const rest = length - place - count * stride;
    const placed = padAlong(joined, axis, place, Math.max(rest, 0));
    return tf.slice(
      placed,
      values.shape.map(() => 0),
      values.shape.with(axis, length),
    );
  });
  return tf.addN(places);
}

function padAlong(x: tf.Tensor, axis: number, before: number, after: number): tf.Tensor {
  const margins = x.shape.map((): [number, number] => [0, 0]).with(axis, [before, after]);
  return tf.pad(x, margins);
}
