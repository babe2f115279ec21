import type * as tf from '@tensorflow/tfjs-core';

/** Look up a tensor by name. @throws Error for an unknown name: plan and variables do not belong together */
export function namedTensors(
  tensors: Readonly<Record<string, tf.Tensor>>,
): (name: string) => tf.Tensor {
  return (name) => {
    const found = tensors[name];
    if (!found) throw new Error(`no variable "${name}"`);
    return found;
  };
}
