import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from './kernel.js';

/** Replace the backend's kernel, which writes the bits of int32 into tensors of every type. */
export function registerOneHot(): void {
  replaceKernel(tf.OneHot, (call, original) => {
    const { depth, onValue, offValue, dtype } = call.attrs as unknown as tf.OneHotAttrs;
    if (dtype === 'int32') return original(call);
    return tf.tidy(() =>
      tf.cast(tf.oneHot(call.inputs['indices'] as tf.Tensor, depth, onValue, offValue), dtype),
    );
  });
}
