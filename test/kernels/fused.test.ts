import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  biasAdd,
  clip,
  gradientInside,
  reluGradient,
  roundToInteger,
} from '../../src/kernels/fused.js';
import { backends, useBackend } from '../compile/backends.js';
import { numbers } from '../compile/modes.js';

const samples = [
  -300, -127.5, -8, -7.5, -3, -2.5, -1.5, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.5, 2.5,
  3.25, 3.5, 7, 7.5, 8, 14.5, 15, 15.5, 127.5, 300, 1e9,
];
const dy = samples.map((_, index) => index + 1);

describe.each(backends)('on the backend %s', (backend) => {
  beforeAll(() => useBackend(backend));

  /** The op applied to `samples`. */
  const apply = (op: (x: tf.Tensor) => tf.Tensor) =>
    numbers(tf.tidy(() => op(tf.tensor1d(samples))));

  test('reluGradient passes dy where the output is positive', () => {
    expect(apply((y) => reluGradient(tf.tensor1d(dy), y))).toEqual(
      dy.map((slope, index) => ((samples[index] as number) > 0 ? slope : 0)),
    );
  });

  test('biasAdd adds a bias along the last axis', () => {
    const sum = tf.tidy(() =>
      biasAdd(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), tf.tensor1d([10, 20, 30])),
    );
    expect(sum.shape).toEqual([2, 3]);
    expect(numbers(sum)).toEqual([11, 22, 33, 14, 25, 36]);
  });

  test.each([
    [-1.5, 3.5],
    [0, 7],
    [0.5, 0.5],
  ])('gradientInside passes dy in the closed range [%d, %d]', (low, high) => {
    expect(
      apply((x) => gradientInside(tf.tensor1d(dy), x, tf.scalar(low), tf.scalar(high))),
    ).toEqual(
      dy.map((slope, index) => {
        const x = samples[index] as number;
        return x >= low && x <= high ? slope : 0;
      }),
    );
  });

  test('clip keeps values inside its range', () => {
    expect(apply((x) => clip(x, tf.scalar(-1.5), tf.scalar(3.5)))).toEqual(
      samples.map((x) => Math.min(Math.max(x, -1.5), 3.5)),
    );
  });

  describe.each([true, false])('roundToInteger, signed: %s', (signed) => {
    test.each([2, 4, 8, 16])('rounds to integers of %d bits, ties to even', (bits) => {
      const highest = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
      const lowest = signed ? -highest : 0;
      expect(apply((x) => roundToInteger(x, bits, signed)).map(withoutSignOfZero)).toEqual(
        samples.map((x) =>
          withoutSignOfZero(Math.min(Math.max(roundHalfToEven(x), lowest), highest)),
        ),
      );
    });
  });
});

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

function withoutSignOfZero(x: number): number {
  return x + 0;
}
