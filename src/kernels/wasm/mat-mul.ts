import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from './kernel.js';

/**
 * Matrix products with transposed operands, which take the backend fifty times as long as plain ones. The
 * cheaper operand is transposed first:
 *
 *     A B^T = (B A^T)^T
 */
export function registerMatMul(): void {
  replaceKernel(tf.BatchMatMul, (call, original) => {
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    if (!transposeA && !transposeB) return original(call);
    const a = call.inputs['a'] as tf.Tensor;
    const b = call.inputs['b'] as tf.Tensor;
    return tf.tidy(() => {
      if (!transposeA && a.size < b.size) return swapped(tf.matMul(b, swapped(a)));
      return tf.matMul(transposeA ? swapped(a) : a, transposeB ? swapped(b) : b);
    });
  });
}

/** Exchange the last two axes. */
function swapped(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const [row, column] = axes.splice(-2) as [number, number];
  return tf.transpose(x, [...axes, column, row]);
}
