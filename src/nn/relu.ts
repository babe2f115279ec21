import * as tf from '@tensorflow/tfjs-core';
import { reluGradient } from '../kernels/fused.js';

/** `max(x, 0)`. The gradient of tfjs' own ReLU takes several slow passes over x. */
export function relu(x: tf.Tensor): tf.Tensor {
  const differentiable = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor, (tensors: tf.Tensor[]) => void];
    const y = tf.relu(x);
    save([y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => reluGradient(dy, saved[0] as tf.Tensor),
    };
  });
  return differentiable(x);
}

/**
 * `min(x, 6)`: the upper half of a ReLU6, applied before the ReLU or the quantizer that acts as one. The
 * gradient passes below 6.
 */
export function atMost6(x: tf.Tensor): tf.Tensor {
  const differentiable = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor, (tensors: tf.Tensor[]) => void];
    save([x]);
    return {
      value: tf.minimum(x, 6),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.mul(dy, tf.step(tf.sub(6, saved[0] as tf.Tensor))),
    };
  });
  return differentiable(x);
}
