import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { vectorLayout } from '../../src/training/vector-layout.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const layout = vectorLayout({ rate: 1, gates: 3, beta: 1 });
const values = { rate: [0.5], gates: [1, 2, 3], beta: [-4] };

test('numbers packed on host or device unpack unchanged', () => {
  const tensors = layout.unpackTensor(tf.tensor1d(layout.pack(values)));
  expect(tensors['rate']?.shape).toEqual([]);
  expect(Array.from(tensors['gates']?.dataSync() ?? [])).toEqual(values.gates);

  const back = layout.unpack(layout.packTensors(tensors).dataSync<'float32'>());
  expect(Object.fromEntries(Object.entries(back).map(([k, v]) => [k, Array.from(v)]))).toEqual(
    values,
  );
});

test('a missing or wrong segment is refused by name', () => {
  expect(() => layout.pack({ ...values, gates: [1, 2] })).toThrow(
    '"gates" has 2 numbers; expected 3',
  );
  expect(() => layout.pack({ rate: [1], gates: [1, 2, 3] })).toThrow(
    '"beta" has no numbers; expected 1',
  );
});
