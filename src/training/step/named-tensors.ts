import type * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../compile/entry.js';
import type { Plan } from '../../nn/plan.js';

/** Names of the variables and statistics. */
export function tensorNames({ variables, statistics }: Plan): string[] {
  return [...variables, ...statistics].map(({ name }) => name);
}

export function pick(
  tensors: Readonly<Record<string, tf.Tensor>>,
  names: readonly string[],
): tf.Tensor[] {
  return names.map((name) => tensors[name] as tf.Tensor);
}

export function zip(names: readonly string[], tensors: readonly tf.Tensor[]): NamedTensors {
  return Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor]));
}
