import * as tf from '@tensorflow/tfjs-core';
import { everyNth } from './layers/every-nth.js';
import { isPadded, type Margins, type Pair } from './windows.js';

/** The geometry of a convolution. */
export interface ConvolutionGeometry {
  readonly type: 'convolution';
  readonly stride: Pair;
  /** Zero padding, in pixels. */
  readonly padding: Margins;
  /**
   * Number of groups. Each reads its own input channels and yields an equal share of the output channels, in
   * order; one group for each input channel makes a depthwise convolution.
   */
  readonly groups: number;
}

/**
 * A convolution with zero padding.
 *
 * tfjs-node's kernels take no explicit padding: 'same' replaces it where both agree; otherwise (with a stride
 * of 2, for example) the zeros are added to the image first.
 *
 * @param x shape [batch, height, width, channels]
 * @param weight shape [rows, columns, input channels of a group, output channels]
 */
export function convolve(
  x: tf.Tensor,
  weight: tf.Tensor,
  { stride, padding, groups }: Omit<ConvolutionGeometry, 'type'>,
): tf.Tensor {
  const images = x as tf.Tensor4D;
  const filter = weight as tf.Tensor4D;
  const isSame = ([0, 1] as const).every(
    (axis) =>
      stride[axis] === 1 && padding[axis].every((pixels) => 2 * pixels === filter.shape[axis] - 1),
  );
  const padded =
    !isPadded(padding) || isSame
      ? images
      : tf.pad(images, [[0, 0], [...padding[0]], [...padding[1]], [0, 0]]);
  const strides: [number, number] = [...stride];
  const pad = isSame ? 'same' : 'valid';
  if (groups === 1) return convolveWhole(padded, filter, strides, pad);
  const [rows, columns, channels, outputs] = filter.shape;
  // TensorFlow's depthwise convolutions require equal strides.
  if (channels === 1 && stride[0] === stride[1]) {
    const depthwise = tf.reshape(filter, [rows, columns, groups, outputs / groups]);
    return tf.depthwiseConv2d(padded, depthwise as tf.Tensor4D, strides, pad);
  }
  const filters = tf.split(filter, groups, 3);
  const parts = tf
    .split(padded, groups, 3)
    .map((part, group) =>
      convolveWhole(part as tf.Tensor4D, filters[group] as tf.Tensor4D, strides, pad),
    );
  return tf.concat(parts, 3);
}

/**
 * A convolution with one group. With 1x1 kernels and a stride, oneDNN (in TensorFlow 2.21) writes beyond the
 * filter's gradient when it runs on several threads and 16 does not divide the input channels. Selecting
 * the pixels first avoids it, saves work, and gives bit-identical results.
 */
function convolveWhole(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  strides: [number, number],
  pad: 'same' | 'valid',
): tf.Tensor4D {
  const [rows, columns] = filter.shape;
  const isOfOnePixel = rows === 1 && columns === 1;
  return isOfOnePixel
    ? tf.conv2d(everyNth(x, strides, tf) as tf.Tensor4D, filter, 1, 'valid')
    : tf.conv2d(x, filter, strides, pad);
}
