import * as tf from '@tensorflow/tfjs-core';

/**
 * The mean cross entropy of a batch, and how many of its images are classified correctly, as one
 * vector of shape [2]. Only the cross entropy has a gradient, `(softmax(logits) - onehot) / batch`.
 *
 * @param logits of shape [batch, classes]
 * @param labels int32, of shape [batch]
 */
export function crossEntropyAndCorrect(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const [batch = NaN, classes = NaN] = logits.shape;
  const differentiable = tf.customGrad((...args) => {
    const [logits, save] = args as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const expected = tf.oneHot(tf.cast(labels, 'int32'), classes, 1, 0, 'float32');
    const crossEntropy = tf.neg(tf.div(tf.sum(tf.mul(expected, tf.logSoftmax(logits))), batch));
    const isCorrect = tf.equal(tf.argMax(logits, 1), labels);
    save([tf.softmax(logits), expected]);
    return {
      value: tf.stack([crossEntropy, tf.sum(tf.cast(isCorrect, 'float32'))]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [softmax, expected] = saved as [tf.Tensor, tf.Tensor];
        const [dCrossEntropy] = tf.unstack(tf.div(dy, batch)) as [tf.Tensor, tf.Tensor];
        return tf.mul(tf.sub(softmax, expected), dCrossEntropy);
      },
    };
  });
  return differentiable(logits);
}
