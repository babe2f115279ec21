import * as tf from '@tensorflow/tfjs-core';

/**
 * The mean cross entropy of a batch and its number of correctly classified images, as a vector of shape [2].
 * Only the cross entropy has a gradient, `(softmax(logits) - onehot) / batch`.
 *
 * @param logits shape [batch, classes]
 * @param labels int32, shape [batch]
 */
export function crossEntropyAndCorrect(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const classes = logits.shape[1] ?? NaN;
  return crossEntropyTo(logits, () => ({
    expected: tf.oneHot(tf.cast(labels, 'int32'), classes, 1, 0, 'float32'),
    classOf: () => labels,
  }));
}

/**
 * `crossEntropyAndCorrect` with soft labels t, which sum to 1: the mean of
 * `-sum_k t_k log softmax(logits)_k`; the class with the largest target counts as the correct one.
 *
 * @param targets shape [batch, classes]
 */
export function softCrossEntropyAndCorrect(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  return crossEntropyTo(logits, () => ({
    expected: targets,
    classOf: () => tf.argMax(targets, 1),
  }));
}

/**
 * Distillation (Hinton, Vinyals and Dean, 2015, arXiv:1503.02531): with p = softmax(logits),
 * p_T = softmax(logits / T) and q_T = softmax(teacher / T), the mean over the batch of
 *
 *     (1 - weight) CE(targets, p) + weight T^2 KL(q_T || p_T)
 *
 * and the number of correct images. Hinton et al. use the cross entropy of q_T and p_T; the divergence has
 * the same gradient, and is 0 if the student matches the teacher. The gradient with respect to the logits is
 * `((1 - weight) (p - targets) + weight T (p_T - q_T)) / batch`.
 *
 * @param targets shape [batch, classes], like the teacher's logits
 */
export function distillationAndCorrect(
  logits: tf.Tensor,
  targets: tf.Tensor,
  teacher: tf.Tensor,
  { temperature, weight }: { readonly temperature: number; readonly weight: number },
): tf.Tensor {
  const found = softCrossEntropyAndCorrect(logits, targets);
  const divergence = divergenceFrom(logits, teacher, temperature);
  return tf.add(
    tf.mul(found, tf.tensor1d([1 - weight, 1])),
    tf.mul(divergence, tf.tensor1d([weight * temperature ** 2, 0])),
  );
}

/** The mean over the batch of `KL(softmax(teacher / T) || softmax(logits / T))`, a scalar. */
function divergenceFrom(logits: tf.Tensor, teacher: tf.Tensor, temperature: number): tf.Tensor {
  const [batch = NaN] = logits.shape;
  const differentiable = tf.customGrad((...args) => {
    const [logits, save] = args as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const student = tf.div<tf.Tensor2D>(logits, temperature);
    const master = tf.div<tf.Tensor2D>(teacher, temperature);
    const expected = tf.softmax(master);
    const excess = tf.sub(tf.logSoftmax(master), tf.logSoftmax(student));
    save([tf.softmax(student), expected]);
    return {
      value: tf.div(tf.sum(tf.mul(expected, excess)), batch),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [softmax, expected] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(tf.sub(softmax, expected), tf.div(dy, batch * temperature));
      },
    };
  });
  return differentiable(logits);
}

interface Expected {
  /** Shape [batch, classes]. */
  readonly expected: tf.Tensor;
  /** For each image, shape [batch]. */
  readonly classOf: () => tf.Tensor;
}

function crossEntropyTo(logits: tf.Tensor, expectedOf: () => Expected): tf.Tensor {
  const [batch = NaN] = logits.shape;
  const differentiable = tf.customGrad((...args) => {
    const [logits, save] = args as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const { expected, classOf } = expectedOf();
    const crossEntropy = tf.neg(tf.div(tf.sum(tf.mul(expected, tf.logSoftmax(logits))), batch));
    const isCorrect = tf.equal(tf.argMax(logits, 1), classOf());
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
