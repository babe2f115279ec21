import * as tf from '@tensorflow/tfjs-core';

/**
 * A convolution with zeros around the image, the same number on each side.
 *
 * tfjs-node takes no number of zeros: 'same' is that where it comes out even, and elsewhere (a stride
 * of 2) the zeros are written around the image.
 *
 * @param x of shape [batch, height, width, channels]
 * @param weight of shape [rows, columns, input channels, output channels]
 */
export function convolve(
  x: tf.Tensor,
  weight: tf.Tensor,
  stride: number,
  padding: number,
): tf.Tensor {
  const [kernel = NaN] = weight.shape;
  const images = x as tf.Tensor4D;
  const isSame = stride === 1 && 2 * padding === kernel - 1;
  const padded =
    padding === 0 || isSame
      ? images
      : tf.pad(images, [
          [0, 0],
          [padding, padding],
          [padding, padding],
          [0, 0],
        ]);
  return tf.conv2d(padded, weight as tf.Tensor4D, stride, isSame ? 'same' : 'valid');
}
