import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { forward, fullPrecision } from '../../src/nn/forward.js';
import { convolution, dense, flatten, residual, type Layer } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { drawDropout, masksFrom } from '../../src/training/dropout.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const dropout = (rate: number): Layer & { type: 'dropout' } => ({ type: 'dropout', rate });
const layers = [
  residual('r', [dropout(0.25), convolution('c', 2, 1)]),
  flatten,
  dropout(0.5),
  dense('d', 3),
];
const plan = planNetwork({ name: 'test', layers }, [5, 4, 2]);
const batch = 50;

test('masks are 0 with the probability `rate`, else 1 / (1 - rate), in the order of the layers', () => {
  const masks = masksFrom(plan, drawDropout(plan, batch, randomStream(1, 'dropout')));
  expect(masks?.map(({ shape }) => shape)).toEqual([
    [batch, 5, 4, 2],
    [batch, 40],
  ]);
  masks?.forEach((mask, index) => {
    const rate = plan.dropouts[index]?.rate ?? NaN;
    const values = Array.from(mask.dataSync());
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    const zeros = values.filter((value) => value === 0).length / values.length;
    expect(Math.abs(zeros - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / values.length));
  });
});

test('the forward pass multiplies by the masks, and without them drops nothing', () => {
  const variables = initialWeights(plan, randomStream(2, 'weights'));
  const images = tf.randomUniform([batch, 5, 4, 2], 0, 1, 'float32', 3);
  const run = (masks?: tf.Tensor[]) =>
    Array.from(
      forward(plan, variables, images, fullPrecision, 'training', masks).logits.dataSync(),
    );
  const ones = [tf.ones([batch, 5, 4, 2]), tf.ones([batch, 40])];
  expect(run(ones)).toEqual(run());
  expect(run([tf.ones([batch, 5, 4, 2]), tf.zeros([batch, 40])])).toEqual(
    Array.from({ length: batch }, () => Array.from(variables['d/bias']?.dataSync() ?? [])).flat(),
  );
});
