import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { quantizeAt } from '../../src/bayesian-bits/quantizer.js';
import type { BitWidth } from '../../src/bayesian-bits/gates.js';
import { startNative } from '../helpers/test-backend.js';
import { roundToTf32, truncateToTf32, withTf32 } from '../helpers/tf32.js';
import { seededUniforms } from './differences.js';

beforeAll(startNative);

const next = seededUniforms(7);
const [rows, inner, columns] = [16, 512, 16];
const activations = Float32Array.from({ length: rows * inner }, () => 0.93 * next());
const weights = Float32Array.from({ length: inner * columns }, () => 0.37 * (2 * next() - 1));

/** RMS errors of a dense layer's output at a bit width: from quantization, and from TF32. */
function errorsAt(bits: BitWidth, toTf32: (x: number) => number) {
  return tf.tidy(() => {
    const x = tf.tensor2d(activations, [rows, inner]);
    const w = tf.tensor2d(weights, [inner, columns]);
    const quantized = (values: tf.Tensor2D, signed: boolean, beta: number) => {
      const { integers, step } = quantizeAt(values, signed, tf.scalar(beta), bits);
      return tf.mul<tf.Tensor2D>(integers, step);
    };
    const xq = quantized(x, false, 0.93);
    const wq = quantized(w, true, 0.37);
    const exact = tf.matMul(xq, wq);
    const rms = (a: tf.Tensor, b: tf.Tensor) =>
      Math.sqrt(tf.mean(tf.square(tf.sub(a, b))).dataSync()[0] ?? NaN);
    return {
      ofQuantizers: rms(exact, tf.matMul(x, w)),
      ofTf32: rms(
        withTf32(() => tf.matMul(xq, wq), toTf32),
        exact,
      ),
    };
  });
}

const ways = { 'to the nearest': roundToTf32, truncated: truncateToTf32 };

test.each(Object.entries(ways))(
  'the TF32 error is well below that of 8-bit quantization, and far above that of 16-bit: %s',
  (_, toTf32) => {
    for (const bits of [2, 4, 8] as const) {
      const { ofQuantizers, ofTf32 } = errorsAt(bits, toTf32);
      expect(ofTf32, `${bits} bits`).toBeLessThan(0.3 * ofQuantizers);
    }
    const at16 = errorsAt(16, toTf32);
    expect(at16.ofTf32).toBeGreaterThan(10 * at16.ofQuantizers);
  },
);

test('TF32 numbers have an 11-bit significand', () => {
  expect([1, -1.5, 0, 1 + 2 ** -10, Infinity, 3e38].map(roundToTf32)).toEqual([
    1,
    -1.5,
    0,
    1 + 2 ** -10,
    Infinity,
    roundToTf32(3e38),
  ]);
  expect(roundToTf32(1 + 2 ** -11)).toBe(1);
  expect(roundToTf32(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
  expect(roundToTf32(-1 - 2 ** -11 - 2 ** -20)).toBe(-1 - 2 ** -10);
  expect(truncateToTf32(1 + 2 ** -10 - 2 ** -20)).toBe(1);
  expect(truncateToTf32(-1 - 2 ** -10 - 2 ** -20)).toBe(-1 - 2 ** -10);
});
