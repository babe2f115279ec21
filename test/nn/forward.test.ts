import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { forward, fullPrecision } from '../../src/nn/forward.js';
import { convolution, dense, flatten, maxPool } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { relu } from '../../src/nn/relu.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const plan = planNetwork(
  { name: 'small', layers: [convolution('c', 2, 3), maxPool(2), flatten, dense('d', 3)] },
  [4, 4, 1],
);
const variables = () =>
  Object.fromEntries(
    plan.variables.map(({ name, shape }, seed) => [
      name,
      tf.randomUniform([...shape], -1, 1, 'float32', seed + 1),
    ]),
  );

test('a network applies its layers in order', () => {
  const v = variables();
  const images = tf.randomUniform<tf.Rank.R4>([2, 4, 4, 1], 0, 1, 'float32', 9);
  const convolved = tf.relu(
    tf.add(tf.conv2d(images, v['c/weight'] as tf.Tensor4D, 1, 'valid'), v['c/bias'] as tf.Tensor),
  );
  const pooled = tf.maxPool(convolved as tf.Tensor4D, 2, 2, 'valid');
  const expected = tf.add(
    tf.matMul(tf.reshape(pooled, [2, 2]), v['d/weight'] as tf.Tensor),
    v['d/bias'] as tf.Tensor,
  );
  const { logits, statistics } = forward(plan, v, images, fullPrecision, 'training');
  expect(statistics).toEqual({});
  expect(Array.from(logits.dataSync())).toEqual(Array.from(expected.dataSync()));
});

test('every weight and ReLU is quantized before pooling, by sites named as in the plan', () => {
  const seen: [string, number[]][] = [];
  const see = (site: string, x: tf.Tensor) => {
    seen.push([site, x.shape]);
    return x;
  };
  const quantizers = { ...fullPrecision, weight: see, activation: see };
  forward(plan, variables(), tf.zeros([1, 4, 4, 1]), quantizers, 'test');
  expect(seen).toEqual([
    ['c/weight', [3, 3, 1, 2]],
    ['c/activation', [1, 2, 2, 2]],
    ['d/weight', [2, 3]],
  ]);
});

test('relu passes gradients where its output is positive', () => {
  const x = tf.tensor1d([-1, 0, 2]);
  expect(Array.from(relu(x).dataSync())).toEqual([0, 0, 2]);
  expect(
    Array.from(
      tf
        .grad(relu)(x, tf.tensor1d([5, 6, 7]))
        .dataSync(),
    ),
  ).toEqual([0, 0, 7]);
});

test('a missing variable is named', () => {
  expect(() => forward(plan, {}, tf.zeros([1, 4, 4, 1]), fullPrecision, 'test')).toThrow(
    'no variable "c/weight"',
  );
});
