import * as tf from '@tensorflow/tfjs-core';
import { nativeOp } from '../native-op.js';
import { hasOwnKernels } from './loaded.js';

/**
 * The gradient of `MaxPool` where windows lie side by side and cover the image: each dy goes to the first
 * of the largest numbers of its window, as TensorFlow's own does, which was measured as slow as the
 * convolution after it. All other poolings remain TensorFlow's.
 */
export function registerOwnMaxPoolGradient(): void {
  const plain = tf.getKernel(tf.MaxPoolGrad, 'tensorflow');
  tf.unregisterKernel(tf.MaxPoolGrad, 'tensorflow');
  tf.registerKernel({
    ...plain,
    kernelFunc: (call) => ownGradient(call) ?? plain.kernelFunc(call),
  });
}

function ownGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.Tensor | undefined {
  if (!hasOwnKernels()) return undefined;
  // Ops give tensors to kernels, and nothing else.
  const { input, dy } = inputs as Record<'input' | 'dy', tf.Tensor4D>;
  const { filterSize, strides, pad } = attrs as unknown as tf.MaxPoolGradAttrs;
  const [size, ...others] = [filterSize, strides].flat();
  const [, height, width] = input.shape;
  const sideBySide = size !== undefined && others.every((other) => other === size);
  if (!sideBySide || typeof pad !== 'string' || height % size !== 0 || width % size !== 0) {
    return undefined;
  }
  return nativeOp('BbitsMaxPoolGradient', [input, dy], 1, (kind) => [kind.int('size', size)]);
}
