import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from './kernel.js';

/** A copy that shares memory, as in other backends: no op writes to its inputs. */
export function registerIdentity(): void {
  replaceKernel(tf.Identity, ({ inputs, backend }) => {
    const { dataId, shape, dtype } = inputs['x'] as tf.Tensor;
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  });
}
