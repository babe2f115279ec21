import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { convolve } from '../../src/nn/convolve.js';
import { operationsOf } from '../helpers/own-kernels.js';
import { startNative } from '../helpers/test-backend.js';

beforeAll(startNative);

test('no 1x1 convolution reaches TensorFlow with a stride, since oneDNN would write out of bounds', () => {
  const none = [0, 0] as const;
  const own = (x: tf.Tensor, weight: tf.Tensor) =>
    convolve(x, weight, { stride: [2, 2], padding: [none, none], groups: 1 });
  const [x, weight] = [tf.randomNormal([3, 16, 16, 3]), tf.randomNormal([1, 1, 3, 6])];
  const found = operationsOf(() => tf.grads(own)([x, weight]));
  const largest = (name: string) => found.find(({ op }) => op === name)?.largest;
  // Exactly every second pixel of each row and column.
  expect(largest('Conv2D')).toBe(3 * 8 * 8 * 3);
  expect(largest('Conv2DBackpropFilter')).toBe(3 * 8 * 8 * 6);
  tf.dispose([x, weight]);
});
