import * as tf from '@tensorflow/tfjs-core';
import { gather } from '../../kernels/memory.js';

/**
 * Sums over stretches of different lengths, as one gather and one sum: on a GPU each operation costs more than what it
 * computes here, and a sum that scatters has no order.
 *
 * @param lists places in a vector
 * @returns the sum over each list, of shape [lists]
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
