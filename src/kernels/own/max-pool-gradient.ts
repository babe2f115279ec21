import * as tf from '@tensorflow/tfjs-core';
import { isTracedForXla } from '../../compile/tracer.js';
import { nativeOp } from '../native-op.js';
import { plainMaxPoolGradient } from '../plain-max-pool-gradient.js';
import { hasOwnKernels } from './loaded.js';

/**
 * The gradient of `MaxPool` for adjacent windows that cover the image: each dy goes to the first maximum of
 * its window, as in TensorFlow, whose kernel takes as long as the next convolution. All other poolings use
 * TensorFlow's kernel.
 */
export function registerMaxPoolGradient(): void {
  const original = tf.getKernel(tf.MaxPoolGrad, 'tensorflow');
  tf.unregisterKernel(tf.MaxPoolGrad, 'tensorflow');
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => sideBySide(call) ?? original.kernelFunc(call),
  });
}

function sideBySide({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.Tensor | undefined {
  const isForXla = isTracedForXla();
  if (!isForXla && !hasOwnKernels()) return undefined;
  // Ops always pass tensors to kernels.
  const { input, dy } = inputs as Record<'input' | 'dy', tf.Tensor4D>;
  const { filterSize, strides, pad } = attrs as unknown as tf.MaxPoolGradAttrs;
  const [size, ...others] = [filterSize, strides].flat();
  const [, height, width] = input.shape;
  const isSideBySide = size !== undefined && others.every((other) => other === size);
  if (!isSideBySide || typeof pad !== 'string' || height % size !== 0 || width % size !== 0) {
    return undefined;
  }
  if (isForXla) return plainMaxPoolGradient(input, dy, size);
  return nativeOp('BbitsMaxPoolGradient', [input, dy], 1, (kind) => [kind.int('size', size)]);
}
