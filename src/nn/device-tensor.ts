import * as tf from '@tensorflow/tfjs-core';

/** A row-major array in host memory. */
interface HostArray {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Copy a host array to a float32 tensor, which the caller disposes. */
export function deviceTensor({ shape, values }: HostArray): tf.Tensor {
  // Copied, because a CPU tensor may share the array's memory.
  return tf.tensor(Float32Array.from(values), [...shape]);
}

/** Copy host arrays to tensors, by name and in order; the caller disposes them. */
export function deviceTensors(
  arrays: Iterable<readonly [name: string, HostArray]>,
): Record<string, tf.Tensor> {
  const named = Array.from(arrays, ([name, array]) => [name, deviceTensor(array)] as const);
  return Object.fromEntries(named);
}
