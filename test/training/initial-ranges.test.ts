import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import type { Activation } from '../../src/nn/activation.js';
import { convolution, dense, flatten } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { createLearner } from '../../src/training/learner.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import { betaOf, noNoise, smallestBeta } from '../../src/training/quantizer-state.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** The initial range of an activation whose channels have these values. */
function initialRange(activation: Activation, values: readonly number[]): number {
  const layers = [convolution('c', values.length, 1, { activation }), flatten, dense('logits', 2)];
  const plan = planNetwork({ name: 'test', layers }, [1, 1, 1]);
  const initial = Object.fromEntries(
    plan.variables.map(({ name, shape }) => [
      name,
      name === 'c/bias' ? tf.tensor1d([...values]) : tf.ones([...shape]),
    ]),
  );
  const learner = createLearner(
    {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 6, 4: 6, 8: 6, 16: 6, 32: 6 }),
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
      batchSizes: [],
      evaluationSizes: [],
      rangeImages: 1,
    },
    initial,
  );
  tf.dispose(initial);
  learner.initializeRanges(Float32Array.of(0), noNoise);
  const found = learner.quantizers().find(({ site }) => site.name === 'c/activation');
  learner.dispose();
  return found ? betaOf(found) : NaN;
}

test('the range of an activation starts at its largest value, or largest magnitude without a ReLU', () => {
  expect(initialRange('relu', [-3, 2, 1])).toBe(2);
  expect(initialRange('relu', [-3, -1])).toBeCloseTo(smallestBeta, 12);
  expect(initialRange('relu6', [-8, 7, 1])).toBe(6);
  expect(initialRange('none', [-3, 2, 1])).toBe(3);
});
