import type * as tf from '@tensorflow/tfjs-core';

/** Finds tensors by name. @throws Error where there is none: a plan and its variables do not go together */
export function namedTensors(
  tensors: Readonly<Record<string, tf.Tensor>>,
): (name: string) => tf.Tensor {
  return (name) => {
    const found = tensors[name];
    if (!found) throw new Error(`no variable "${name}"`);
    return found;
  };
}
