import * as tf from '@tensorflow/tfjs-core';
import { floatsOf, replaceKernel } from './kernel.js';

/**
 * Sum float32 tensors over all axes, or all but the last, accumulating in float64. The backend's kernel
 * accumulates millions of numbers sequentially in float32, and transposes them first unless all axes are
 * summed.
 */
export function registerSum(): void {
  replaceKernel(tf.Sum, (call, original) => {
    const x = call.inputs['x'] as tf.Tensor;
    const { axis, keepDims } = call.attrs as unknown as tf.SumAttrs;
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const isPrefix = axes.every((axis, index) => axis === index);
    const kept = x.rank - axes.length;
    if (x.dtype !== 'float32' || !isPrefix || kept > 1) return original(call);
    const length = kept === 0 ? 1 : (x.shape.at(-1) ?? NaN);
    const shape = x.shape.slice(axes.length);
    const y = call.backend.makeOutput(keepDims ? [...axes.map(() => 1), ...shape] : shape, x.dtype);
    floatsOf(call, y).set(
      length === 1 ? [sumOf(floatsOf(call, x))] : sumRows(floatsOf(call, x), length),
    );
    return y;
  });
}

/** Sum with four accumulators, which the processor adds to in parallel. */
function sumOf(x: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = x.length - (x.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += x[i] as number;
    b += x[i + 1] as number;
    c += x[i + 2] as number;
    d += x[i + 3] as number;
  }
  for (let i = whole; i < x.length; i++) a += x[i] as number;
  return a + b + (c + d);
}

function sumRows(x: Float32Array, length: number): Float64Array {
  const sums = new Float64Array(length);
  for (let at = 0; at < x.length; at += length) {
    for (let i = 0; i < length; i++) sums[i] = (sums[i] as number) + (x[at + i] as number);
  }
  return sums;
}
