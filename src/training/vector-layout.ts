import * as tf from '@tensorflow/tfjs-core';

/**
 * Named sections of one vector: host and graph exchange so many numbers per step that a tensor for each would
 * cost more than the computation.
 */
export interface VectorLayout {
  readonly lengths: Readonly<Record<string, number>>;
  readonly size: number;
  /** Pack the sections, ignoring other values. @throws Error unless each is given with its length */
  pack(values: Readonly<Record<string, ArrayLike<number>>>): Float32Array;
  unpack(vector: Float32Array): Record<string, Float32Array>;
  /** Pack and unpack inside a graph, where a section of length 1 is unpacked as a scalar. */
  packTensors(values: Readonly<Record<string, tf.Tensor>>): tf.Tensor;
  unpackTensor(vector: tf.Tensor): Record<string, tf.Tensor>;
}

/** @param lengths of the sections, in order */
export function vectorLayout(lengths: Readonly<Record<string, number>>): VectorLayout {
  const names = Object.keys(lengths);
  const sizes = Object.values(lengths);
  const size = sizes.reduce((sum, length) => sum + length, 0);

  return {
    lengths,
    size,
    pack(values) {
      const vector = new Float32Array(size);
      let at = 0;
      for (const [name, length] of Object.entries(lengths)) {
        const stretch = values[name];
        if (stretch?.length !== length) {
          throw new Error(
            `vector: "${name}" has ${stretch?.length ?? 'no'} numbers; expected ${length}`,
          );
        }
        vector.set(stretch, at);
        at += length;
      }
      return vector;
    },
    unpack(vector) {
      let at = 0;
      return Object.fromEntries(
        Object.entries(lengths).map(([name, length]) => {
          at += length;
          return [name, vector.subarray(at - length, at)];
        }),
      );
    },
    packTensors(values) {
      return tf.concat(names.map((name) => tf.reshape(values[name] as tf.Tensor, [-1])));
    },
    unpackTensor(vector) {
      const stretches = tf.split(vector, sizes);
      return Object.fromEntries(
        names.map((name, index) => {
          const stretch = stretches[index] as tf.Tensor;
          return [name, sizes[index] === 1 ? tf.reshape(stretch, []) : stretch];
        }),
      );
    },
  };
}
