import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { convolve } from '../../src/nn/convolve.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

/** Convolves one single-channel image with one square kernel, by definition. */
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

test('a strided 1x1 convolution and its gradients match their definition', () => {
  const geometry = {
    stride: [2, 3] as const,
    padding: [
      [0, 0],
      [0, 0],
    ] as const,
    groups: 1,
  };
  const [x, weight] = [tf.randomNormal([3, 16, 15, 3]), tf.randomNormal([1, 1, 3, 6])];
  const own = (x: tf.Tensor, weight: tf.Tensor) => convolve(x, weight, geometry);
  const y = own(x, weight);
  expect(y.shape).toEqual([3, 8, 5, 6]);
  const dy = tf.randomNormal(y.shape);
  const [dx, dWeight] = tf.grads(own)([x, weight], dy);

  // By definition, each output pixel is a matrix product with one input pixel.
  const [pixels, matrix, given] = [x, tf.reshape(weight, [3, 6]), dy].map((each) =>
    each.arraySync(),
  ) as [number[][][][], number[][], number[][][][]];
  const expected = { y: [] as number[], dx: tf.buffer([3, 16, 15, 3]), dWeight: tf.buffer([3, 6]) };
  for (let image = 0; image < 3; image++) {
    for (let row = 0; row < 8; row++) {
      for (let column = 0; column < 5; column++) {
        const pixel = pixels[image]?.[2 * row]?.[3 * column] ?? [];
        const gradient = given[image]?.[row]?.[column] ?? [];
        for (let output = 0; output < 6; output++) {
          expected.y.push(pixel.reduce((sum, v, i) => sum + v * (matrix[i]?.[output] ?? NaN), 0));
        }
        pixel.forEach((value, input) => {
          const weights = matrix[input] ?? [];
          const at = gradient.reduce((sum, g, output) => sum + g * (weights[output] ?? NaN), 0);
          expected.dx.set(at, image, 2 * row, 3 * column, input);
          gradient.forEach((g, output) => {
            expected.dWeight.set(expected.dWeight.get(input, output) + g * value, input, output);
          });
        });
      }
    }
  }
  const pairs: [tf.Tensor | undefined, ArrayLike<number>][] = [
    [y, expected.y],
    [dx, expected.dx.values],
    [dWeight, expected.dWeight.values],
  ];
  for (const [found, values] of pairs) {
    const numbers = found?.dataSync() ?? [];
    expect(numbers).toHaveLength(values.length);
    Array.from(numbers).forEach((value, at) => {
      expect(value).toBeCloseTo(values[at] ?? NaN, 3);
    });
  }
});
