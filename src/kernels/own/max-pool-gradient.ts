import * as tf from '@tensorflow/tfjs-core';
import { isTracedForXla } from '../../compile/tracer.js';
import { nativeOp } from '../native-op.js';
import { plainMaxPoolGradient } from '../plain-max-pool-gradient.js';
import { hasOwnKernels } from './loaded.js';

/**
 * The gradient of `MaxPool`: each dy goes to the first maximum of its window, as in TensorFlow. XLA gets
 * plain operations. Adjacent windows that cover the image use bbits' own kernel, since TensorFlow's takes as
 * long as a whole convolution. All other pooling uses TensorFlow's kernel.
 */
export function registerMaxPoolGradient(): void {
  const original = tf.getKernel(tf.MaxPoolGrad, 'tensorflow');
  tf.unregisterKernel(tf.MaxPoolGrad, 'tensorflow');
  tf.registerKernel({
    ...original,
    kernelFunc: (call) =>
      isTracedForXla() ? plain(call) : (sideBySide(call) ?? original.kernelFunc(call)),
  });
}

function plain(call: KernelCall): tf.Tensor {
  const { input, dy, filterSize, strides, pad, dimRoundingMode } = argumentsOf(call);
  const pool = tf.backend_util.computePool2DInfo(
    input.shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, bottom, left, right } = pool.padInfo;
  return plainMaxPoolGradient(input, dy, {
    size: [pool.filterHeight, pool.filterWidth],
    stride: [pool.strideHeight, pool.strideWidth],
    padding: [
      [top, bottom],
      [left, right],
    ],
  });
}

function sideBySide(call: KernelCall): tf.Tensor | undefined {
  if (!hasOwnKernels()) return undefined;
  const { input, dy, filterSize, strides, pad } = argumentsOf(call);
  const [size, ...others] = [filterSize, strides].flat();
  const [, height, width] = input.shape;
  const isSideBySide = size !== undefined && others.every((other) => other === size);
  if (!isSideBySide || typeof pad !== 'string' || height % size !== 0 || width % size !== 0) {
    return undefined;
  }
  return nativeOp('BbitsMaxPoolGradient', [input, dy], 1, (kind) => [kind.int('size', size)]);
}

type KernelCall = Parameters<tf.KernelFunc>[0];

/** Ops pass only tensors to kernels. */
function argumentsOf({ inputs, attrs }: KernelCall) {
  return {
    ...(inputs as Record<'input' | 'dy', tf.Tensor4D>),
    ...(attrs as unknown as tf.MaxPoolGradAttrs),
  };
}
