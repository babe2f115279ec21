import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  adamCorrections,
  adamNumbers,
  adamTensors,
  initAdamNumbers,
  type AdamTensors,
} from '../../src/training/adam.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const settings = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
const gradients = [
  [1, -2, 0.001],
  [0.5, 3, -0.002],
  [-1, 0, 0],
];

/** The paper's algorithm 1, with epsilon after the corrected root. */
function reference(start: number[], factor: number): number[] {
  const w = [...start];
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  gradients.forEach((gradient, step) => {
    gradient.forEach((g, i) => {
      m[i] = 0.9 * (m[i] ?? NaN) + 0.1 * g;
      v[i] = 0.999 * (v[i] ?? NaN) + 0.001 * g * g;
      const mHat = (m[i] ?? NaN) / (1 - 0.9 ** (step + 1));
      const vHat = (v[i] ?? NaN) / (1 - 0.999 ** (step + 1));
      w[i] = (w[i] ?? NaN) - (factor * 0.01 * mHat) / (Math.sqrt(vHat) + 1e-3);
    });
  });
  return w;
}

test('on numbers it is the published algorithm', () => {
  let adam = initAdamNumbers(Float64Array.of(1, 2, 3));
  gradients.forEach((gradient, step) => {
    adam = adamNumbers(
      settings,
      adamCorrections(settings, step + 1),
      adam,
      Float64Array.from(gradient),
    );
  });
  reference([1, 2, 3], 1).forEach((expected, i) => {
    expect(adam.value[i]).toBeCloseTo(expected, 12);
  });
});

test('on tensors too, with the schedule’s factor on the rate', () => {
  let adam: AdamTensors = { value: tf.tensor1d([1, 2, 3]), m: tf.zeros([3]), v: tf.zeros([3]) };
  gradients.forEach((gradient, step) => {
    const { rate, rootScale } = adamCorrections(settings, step + 1, 0.5);
    const corrections = { rate: tf.scalar(rate), rootScale: tf.scalar(rootScale) };
    adam = adamTensors(settings, corrections, adam, tf.tensor1d(gradient));
  });
  const found = adam.value.dataSync();
  reference([1, 2, 3], 0.5).forEach((expected, i) => {
    expect(found[i]).toBeCloseTo(expected, 6);
  });
});
