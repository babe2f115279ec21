import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { deviceTensors } from '../../src/nn/device-tensor.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

test('arrays become float32 tensors with their own copy of the values', () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  const { b, a } = deviceTensors([
    ['b', { shape: [2, 3], values }],
    ['a', { shape: [1], values: Float64Array.of(1 / 3) }],
  ]) as Record<'a' | 'b', tf.Tensor>;
  values.fill(0);
  expect(b.shape).toEqual([2, 3]);
  expect(Array.from(b.dataSync())).toEqual([1, 2, 3, 4, 5, 6]);
  expect([a.dtype, a.dataSync()[0]]).toEqual(['float32', Math.fround(1 / 3)]);
  tf.dispose([a, b]);
});
