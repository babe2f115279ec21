import * as tf from '@tensorflow/tfjs-core';
import { gather } from '../../kernels/memory.js';

/**
 * Sums over lists of different lengths, as one gather and one sum: on a GPU, launching an operation costs
 * more than this arithmetic, and a scattered sum has no fixed order.
 *
 * @param lists indices into a vector
 * @returns the sum over each list, shape [lists]
 */
export function sumsOver(lists: readonly (readonly number[])[]): (vector: tf.Tensor) => tf.Tensor {
  const longest = Math.max(1, ...lists.map(({ length }) => length));
  const padded = (list: readonly number[]) =>
    Array.from({ length: longest }, (_, at) => list[at] ?? 0);
  const indices = Int32Array.from(lists.flatMap(padded));
  const isThere = lists.flatMap((list) =>
    Array.from({ length: longest }, (_, at) => (at < list.length ? 1 : 0)),
  );
  return (vector) => {
    const taken = gather(vector, tf.tensor1d(indices, 'int32'));
    if (longest === 1 && !isThere.includes(0)) return taken;
    const rows = tf.reshape(tf.mul(taken, tf.tensor1d(isThere)), [lists.length, longest]);
    return tf.sum(rows, 1);
  };
}
