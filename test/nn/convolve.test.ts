import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { convolve } from '../../src/nn/convolve.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

/** One image of one channel and one square kernel, from the definition. */
function byHand(image: number[][], kernel: number[][], stride: number, padding: number): number[] {
  const size = image.length;
  const outputs = Math.floor((size + 2 * padding - kernel.length) / stride) + 1;
  const at = (row: number, column: number) => image[row]?.[column] ?? 0;
  const positions = Array.from({ length: outputs }, (_, i) => i * stride - padding);
  return positions.flatMap((top) =>
    positions.map((left) =>
      kernel
        .flatMap((row, r) => row.map((weight, c) => weight * at(top + r, left + c)))
        .reduce((sum, value) => sum + value, 0),
    ),
  );
}

const random = (size: number, seed: number) =>
  tf.randomUniform<tf.Rank.R2>([size, size], -1, 1, 'float32', seed);

test.each([
  [5, 3, 1, 0],
  [5, 3, 1, 1],
  [6, 3, 2, 1],
  [5, 3, 2, 1],
  [6, 1, 2, 0],
  [6, 5, 1, 1],
  [6, 5, 1, 2],
])('size %i, kernel %i, stride %i, padding %i', (size, kernel, stride, padding) => {
  const [image, weights] = [random(size, 1), random(kernel, 2)];
  const found = convolve(
    tf.reshape(image, [1, size, size, 1]),
    tf.reshape(weights, [kernel, kernel, 1, 1]),
    {
      stride: [stride, stride],
      padding: [
        [padding, padding],
        [padding, padding],
      ],
      groups: 1,
    },
  );
  const expected = byHand(image.arraySync(), weights.arraySync(), stride, padding);
  expect(found.size).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(found.dataSync()[index]).toBeCloseTo(value, 5);
  });
});
