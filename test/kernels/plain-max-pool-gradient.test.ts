import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  plainMaxPoolGradient,
  type PoolWindows,
} from '../../src/kernels/plain-max-pool-gradient.js';
import { seededUniforms } from '../bayesian-bits/differences.js';
import { modesWithXla, numbers, runOnce } from '../compile/modes.js';
import { withoutOwnKernels } from '../helpers/own-kernels.js';
import { startNative } from '../helpers/test-backend.js';

beforeAll(startNative);

const pair = (max: number) => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));
type Pooling = typeof pooling extends fc.Arbitrary<infer T> ? T : never;
const pooling = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    image: pair(11),
    channels: fc.integer({ min: 1, max: 3 }),
    size: pair(4),
    stride: pair(5),
    pad: fc.constantFrom('valid', 'same'),
    seed: fc.nat(),
  })
  .filter(({ image, size }) => size.every((pixels, axis) => pixels <= (image[axis] ?? 0)));

/** The padding of one axis for `padding: same`, as in TensorFlow. */
function margins(length: number, size: number, stride: number): [number, number] {
  const added = Math.max((Math.ceil(length / stride) - 1) * stride + size - length, 0);
  return [Math.floor(added / 2), Math.ceil(added / 2)];
}

function windowsOf({ image, size, stride, pad }: Pooling): PoolWindows {
  const along = (axis: 0 | 1) => margins(image[axis], size[axis], stride[axis]);
  const none: [number, number] = [0, 0];
  return { size, stride, padding: pad === 'same' ? [along(0), along(1)] : [none, none] };
}

/** Numbers with many ties, and a gradient whose sums are exact in any order. */
function tensorsOf({ batch, image, channels, size, stride, pad, seed }: Pooling) {
  const next = seededUniforms(seed);
  const whole = (shape: tf.Tensor4D['shape'], from: number, to: number) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () =>
      Math.floor(from + (to - from) * next()),
    );
    return tf.tensor4d(values, shape);
  };
  const x = whole([batch, ...image, channels], -2, 3);
  const y = tf.maxPool(x, size, stride, pad);
  const dy = whole(y.shape, -9, 10);
  y.dispose();
  return { x, dy };
}

const numRuns = { eager: 100, graph: 50, xla: 15 };

test.each(modesWithXla)(
  "max pooling's gradient by plain operations equals TensorFlow's, %s",
  (mode) => {
    fc.assert(
      fc.property(pooling, (one) => {
        const { size, stride, pad } = one;
        const inputs = tensorsOf(one);
        const theirs = withoutOwnKernels(() =>
          tf.tidy(() =>
            tf.grad((x) => tf.maxPool(x as tf.Tensor4D, size, stride, pad))(inputs.x, inputs.dy),
          ),
        );
        const { dx } = runOnce(
          mode,
          ({ x, dy }) => ({
            dx: plainMaxPoolGradient(x as tf.Tensor4D, dy as tf.Tensor4D, windowsOf(one)),
          }),
          inputs,
        );
        expect(dx?.shape).toEqual(theirs.shape);
        // The sign of zeros may differ.
        expect(numbers(dx).map((each) => each + 0)).toEqual(
          numbers(theirs).map((each) => each + 0),
        );
        tf.dispose(inputs);
      }),
      { numRuns: numRuns[mode] },
    );
  },
);
