import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededUniforms } from '../../bayesian-bits/differences.js';
import { findNativeBackend, type NativeBackend } from '../../../src/compile/native-backend.js';
import { createTracer } from '../../../src/compile/tracer.js';
import { runOnce } from '../../compile/modes.js';
import { withoutOwnKernels } from '../../helpers/own-kernels.js';
import { modesWithXla, startNative, type Mode } from '../../helpers/test-backend.js';

beforeAll(startNative);

/** Images with many ties, and a channel count that is no multiple of a vector's length. */
const images: [number, number, number, number][] = [
  [2, 4, 6, 3],
  [1, 12, 12, 300],
  [32, 24, 24, 32],
];
const settings = [
  ...images.map((shape) => ({ shape, size: 2, strides: 2, pad: 'valid' as const })),
  { shape: images[1], size: 3, strides: 3, pad: 'valid' as const },
  // The reference is computed without our own kernel.
  { shape: images[0], size: 2, strides: 1, pad: 'valid' as const },
  { shape: images[0], size: 3, strides: 3, pad: 'same' as const },
] as { shape: [number, number, number, number]; size: number; strides: number; pad: 'valid' }[];

describe.each(modesWithXla)("max pooling's gradient, %s", (mode) => {
  test.each(settings)(
    'equals TensorFlow’s bit for bit: $shape, $size by $size, strides $strides, $pad',
    ({ shape, size, strides, pad }) => {
      const count = shape.reduce((a, b) => a * b);
      const next = seededUniforms(count);
      const values = Float32Array.from({ length: count }, () => Math.floor(6 * next()) - 1);
      const x = tf.tensor4d(values, shape);
      const outputs = tf.maxPool(x, size, strides, pad);
      const dy = tf.tensor4d(
        // None is 0, and sums over overlapping windows are exact in any order.
        Float32Array.from(
          { length: outputs.size },
          () => Math.floor(1024 * next()) / 512 - 1 + 2 ** -10,
        ),
        outputs.shape,
      );
      const gradient = (mode: Mode) => {
        const { dx } = runOnce(
          mode,
          ({ x, dy }) => ({
            dx: tf.grad((x) => tf.maxPool(x as tf.Tensor4D, size, strides, pad))(
              x as tf.Tensor,
              dy,
            ),
          }),
          { x, dy },
        );
        return dx?.dataSync();
      };
      // XLA's computation contains no TensorFlow kernel.
      const reference = mode === 'xla' ? 'eager' : mode;
      expect(gradient(mode)).toEqual(withoutOwnKernels(() => gradient(reference)));
      tf.dispose([x, dy, outputs]);
    },
  );
});

test.each(settings)(
  'avoids MaxPoolGrad, which XLA refuses on a GPU: $shape, $size by $size, strides $strides, $pad',
  ({ shape, size, strides, pad }) => {
    const tracer = createTracer(findNativeBackend() as NativeBackend, true);
    tf.tidy(() => {
      const x = tracer.standIn({ shape, dtype: 'float32' });
      tracer.trace('entry', () => {
        tracer.bind(x, 'x:0');
        tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, size, strides, pad)))(x);
      });
    });
    const ops = tracer.nodes.map(({ op }) => op);
    expect(ops).toContain('MaxPool');
    expect(ops).not.toContain('MaxPoolGrad');
  },
);
