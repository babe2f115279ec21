import * as tf from '@tensorflow/tfjs-core';

/** An array on the host, row-major. */
interface HostArray {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** An array of the host as a tensor of 32-bit floats; the caller's to dispose. */
export function deviceTensor({ shape, values }: HostArray): tf.Tensor {
  // A copy: on a CPU a tensor may share the array's memory.
  return tf.tensor(Float32Array.from(values), [...shape]);
}

/** Arrays of the host as tensors, by name and in that order; the caller's to dispose. */
export function deviceTensors(
  arrays: Iterable<readonly [name: string, HostArray]>,
): Record<string, tf.Tensor> {
  const named = Array.from(arrays, ([name, array]) => [name, deviceTensor(array)] as const);
  return Object.fromEntries(named);
}
