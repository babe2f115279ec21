import * as tf from '@tensorflow/tfjs-core';
import { convolve, type ConvolutionGeometry } from './convolve.js';

/** How a layer's weights meet what it reads. */
export type Geometry = { readonly type: 'dense' } | ConvolutionGeometry;

/**
 * A layer without its bias.
 *
 * @param x of shape [batch, inputs], or for a convolution [batch, height, width, channels]
 */
export function linear(geometry: Geometry, x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  if (geometry.type === 'dense') return tf.matMul(x, weight);
  return convolve(x, weight, geometry);
}
