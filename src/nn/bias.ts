import * as tf from '@tensorflow/tfjs-core';
import { biasAdd } from '../kernels/fused.js';

/** `x + bias`, with one bias for each channel (the last axis). */
export function addBias(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const differentiable = tf.customGrad((...args) => {
    const [x, bias] = args as [tf.Tensor, tf.Tensor];
    const gradFunc = (dy: tf.Tensor) => [
      dy,
      tf.sum(
        dy,
        dy.shape.slice(0, -1).map((_, axis) => axis),
      ),
    ];
    return { value: biasAdd(x, bias), gradFunc };
  });
  return differentiable(x, bias);
}
