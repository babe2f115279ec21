import * as tf from '@tensorflow/tfjs-core';
import { convolve, type ConvolutionGeometry } from './convolve.js';

/** How a layer applies its weights to its input. */
export type Geometry = { readonly type: 'dense' } | ConvolutionGeometry;

/**
 * Apply a layer without its bias.
 *
 * @param x shape [batch, inputs], or [batch, height, width, channels] for a convolution
 * @param weight shape [inputs, outputs], or as for `convolve`
 */
export function linear(geometry: Geometry, x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  if (geometry.type === 'dense') return tf.matMul(x, weight);
  return convolve(x, weight, geometry);
}
