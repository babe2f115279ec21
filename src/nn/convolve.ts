import * as tf from '@tensorflow/tfjs-core';
import { everyNth } from './layers/every-nth.js';
import { isPadded, type Margins, type Pair } from './windows.js';

/** How a convolution's kernel goes over the image. */
export interface ConvolutionGeometry {
  readonly type: 'convolution';
  readonly stride: Pair;
  /** Zeros around the image. */
  readonly padding: Margins;
  /**
   * Groups of input channels, each of which gives as many output channels, in order, and is read by no
   * others; as many as input channels: a depthwise convolution.
   */
  readonly groups: number;
}

/**
 * A convolution with zeros around the image.
 *
 * tfjs-node takes no number of zeros: 'same' is that where it comes out even, and elsewhere (a stride
 * of 2) the zeros are written around the image.
 *
 * @param x of shape [batch, height, width, channels]
 * @param weight of shape [rows, columns, input channels of a group, output channels]
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
  // TensorFlow has depthwise convolutions with equal strides alone.
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
 * In one group. Kernels of one pixel with a stride read the pixels between for nothing, and oneDNN (as of
 * TensorFlow 2.21) then writes beyond the gradient to the filter, on several threads, unless 16 divides the
 * input channels: they get the pixels that they read, with the same results to the bit.
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
