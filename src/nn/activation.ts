import * as tf from '@tensorflow/tfjs-core';

/** The activation after a layer or a sum: `max(x, 0)`, `min(max(x, 0), 6)`, or none. */
export const activations = ['relu', 'relu6', 'none'] as const;
export type Activation = (typeof activations)[number];

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
