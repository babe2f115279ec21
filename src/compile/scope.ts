import * as tf from '@tensorflow/tfjs-core';

/** `tf.tidy` for a function whose result contains no tensors. */
export function inScope<T>(run: () => T): T {
  tf.engine().startScope();
  try {
    return run();
  } finally {
    tf.engine().endScope();
  }
}
