import * as tf from '@tensorflow/tfjs-core';

/** Windows over the two axes of images: [rows, columns]. */
export interface PoolWindows {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Pixels before and after the image, which no window gives. */
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

/**
 * The gradient of max pooling: each dy goes to the first of the largest numbers of its window, row by row, as
 * with TensorFlow's `MaxPoolGrad`. XLA makes a scatter of that one, which it refuses on a GPU where results have to be
 * the same every time; this it fuses. Where windows overlap, what a pixel gets is added up in another order.
 *
 * @param x of shape [batch, height, width, channels]
 * @param dy of shape [batch, rows, columns, channels], a number for each window
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
 * Each dy at the first of the largest numbers of its window, 0 elsewhere.
 *
 * @param windows of shape [batch, rows, height of a window, columns, width of a window, channels]
 */
function toFirstLargest(windows: tf.Tensor, dy: tf.Tensor4D): tf.Tensor {
  const [batch, rows, columns, channels] = dy.shape;
  const [, , tall = NaN, , wide = NaN] = windows.shape;
  const one = [batch, rows, 1, columns, 1, channels];
  const largestOf = (values: tf.Tensor) => tf.reshape(tf.max(values, [2, 4]), one);
  const isLargest = tf.cast(tf.equal(windows, largestOf(windows)), 'float32');
  // From the number of places in a window, for the first, down to 1: whole numbers, and so exact.
  const places = tf.reshape(tf.range(tall * wide, 0, -1), [tall, 1, wide, 1]);
  const place = tf.mul(isLargest, places);
  // Where no number equals the largest, as where one is NaN, all places are 0, and none is taken.
  const isFirst = tf.logicalAnd(tf.equal(place, largestOf(place)), tf.greater(place, 0));
  return tf.mul(tf.cast(isFirst, 'float32'), tf.reshape(dy, one));
}

/** An axis as two: windows, and the places in a window. */
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

/** The other way: each pixel of an axis of that length is the sum of its places in all windows. */
function sumAlong(windows: tf.Tensor, axis: number, stride: number, length: number): tf.Tensor {
  const count = windows.shape[axis] ?? NaN;
  const places = tf.unstack(windows, axis + 1).map((values, place) => {
    const alone = tf.reshape(values, values.shape.toSpliced(axis + 1, 0, 1));
    // From one window's pixel to the next there are zeros.
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
