import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { deploy } from '../../src/deployment/deploy.js';
import { convolution, dense, flatten, maxPool } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { startTestBackend } from '../helpers/test-backend.js';
import {
  classes,
  eightBits,
  fourBits,
  largestDifference,
  residualNetwork,
  trainedAndDeployed,
  twoBits,
} from './trained-and-deployed.js';

beforeAll(startTestBackend);

test('a network without batch norm that flattens its images keeps its logits', () => {
  const layers = [
    convolution('c1', 4, 3),
    maxPool(2),
    convolution('c2', 5, 3),
    flatten,
    dense('d1', 7),
    dense('d2', classes),
  ];
  const drop: Record<string, number[]> = {
    'c1/weight': [0],
    'c2/weight': [1, 3],
    'd1/weight': [0, 6],
  };
  const { gated, logits, deployed } = trainedAndDeployed(layers, [10, 10, 1], ({ name }) => ({
    bits: name.endsWith('weight') ? fourBits : twoBits,
    dropped: drop[name] ?? [],
  }));
  expect(largestDifference(gated, logits)).toBeLessThan(1e-4);
  expect(deployed.tensors['d1/weight']?.shape).toEqual([2 * 2 * 3, 5]);
  // Without padding the same constant arrives at every pixel.
  expect(deployed.tensors['c2/bias']?.shape).toEqual([3]);
});

test('layers without any kept channel leave constants', () => {
  const { gated, logits, deployed } = trainedAndDeployed(
    residualNetwork('unfolded'),
    [12, 12, 2],
    ({ name, gatedChannels }) => ({
      bits: eightBits,
      dropped: ['stem/weight', 'first-2/weight', 'second-1/weight', 'hidden/weight'].includes(name)
        ? Array.from({ length: gatedChannels }, (_, channel) => channel)
        : [],
    }),
  );
  expect(largestDifference(gated, logits)).toBeLessThan(1e-4);
  expect(deployed.tensors['second-1/weight']?.shape).toEqual([3, 3, 0, 0]);
});

test('in full precision weights and activations stay unchanged', () => {
  const plan = planNetwork(
    { name: 'test', layers: [convolution('c', 2, 3), flatten, dense('d', 3)] },
    [4, 4, 1],
  );
  const weights = initialWeights(plan, randomStream(1, 'full precision'));
  const { tensors, network } = deploy(plan, weights, new Map());
  expect(Array.from(tensors['c/weight']?.values ?? [])).toEqual(
    Array.from(weights['c/weight']?.dataSync() ?? []),
  );
  expect(network.steps[0]).toMatchObject({ weightBits: null, activation: { bits: null } });
  tf.dispose(weights);
});
