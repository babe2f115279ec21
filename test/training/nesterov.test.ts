import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { nesterovTensors } from '../../src/training/nesterov.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

test('looks ahead along its momentum: three steps by hand', () => {
  const settings = { learningRate: 0.1, momentum: 0.5 };
  let state = { value: tf.tensor1d([1, -2]), m: tf.zeros([2]) } as {
    value: tf.Tensor;
    m: tf.Tensor;
  };
  const values: number[][] = [];
  for (const gradient of [
    [1, 2],
    [0, -4],
    [2, 0],
  ]) {
    state = nesterovTensors(settings, tf.scalar(0.1), state, tf.tensor1d(gradient));
    values.push(Array.from(state.value.dataSync()));
  }
  // m: 1, 0.5, 2.25 and 2, -3, -1.5; steps 0.1 (g + 0.5 m): 0.15, 0.025, 0.3125; 0.3, -0.55, -0.075.
  const expected = [
    [0.85, -2.3],
    [0.825, -1.75],
    [0.5125, -1.675],
  ];
  values.flat().forEach((value, index) => {
    expect(value).toBeCloseTo(expected.flat()[index] ?? NaN, 6);
  });
});
