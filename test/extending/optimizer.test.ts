import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { convolution, dense, flatten } from '../../src/nn/network.js';
import { prices } from '../../src/bayesian-bits/prices.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { createLearner } from '../../src/training/learner.js';
import { chain } from '../../src/training/optimizers/chain.js';
import { clipByGlobalNorm } from '../../src/training/optimizers/clip.js';
import { scheduled } from '../../src/training/optimizers/schedule.js';
import { noNoise } from '../../src/training/quantizer-state.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { optimizerSteps } from '../helpers/optimizer-steps.js';
import { startTestBackend } from '../helpers/test-backend.js';
import { lion } from './lion.js';

/** The example of docs/extending.md: an optimizer from outside src, in the real training loop. */

beforeAll(startTestBackend);

test('three steps of Lion match those computed by hand', () => {
  const settings = { learningRate: 0.1, weightDecay: 0.5, beta1: 0.5, beta2: 0.75 };
  const gradients = [
    [1, -2],
    [-3, 8],
    [4, 0],
  ];
  // m: 0, 0.25, -0.5625 and 0, -0.5, 1.625; signs of (m + g) / 2: +, -, + and -, +, +.
  const expected = [0.85, -1.8, 0.9075, -1.81, 0.762125, -1.8195];
  const found = optimizerSteps(lion(settings), [1, -2], gradients).flat();
  expected.forEach((value, at) => {
    expect(found[at]).toBeCloseTo(value, 6);
  });
});

test('Lion trains a quantized network, with clipping and a schedule', () => {
  const layers = [convolution('c', 4, 3, { batchNorm: 'unfolded' }), flatten, dense('d', 4)];
  const plan = planNetwork({ name: 'small', layers }, [5, 5, 1]);
  const count = 16;
  const stream = randomStream(2, 'images');
  const batch = {
    images: Float32Array.from({ length: count * 25 }, () => stream.uniform()),
    labels: Int32Array.from({ length: count }, (_, index) => index % 4),
  };
  const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const learningRate = scheduled(0.02, 'cosine', 1);
  const weights = chain(
    clipByGlobalNorm(1),
    lion({ learningRate, weightDecay: 0.01, beta1: 0.9, beta2: 0.99 }),
  );
  const initial = initialWeights(plan, randomStream(1, 'lion'));
  const learner = createLearner(
    {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 6, 4: 6, 8: 6, 16: -6, 32: -6 }),
      price: prices.bops,
      optimizers: { weights, gates: adam, ranges: adam },
      batchSizes: [count],
      evaluationSizes: [],
      rangeImages: 2,
    },
    initial,
  );
  tf.dispose(initial);
  learner.initializeRanges(batch.images.subarray(0, 50), noNoise);
  const steps = 20;
  const losses = Array.from(
    { length: steps },
    (_, step) => learner.step(batch, noNoise, { mu: 0, epochsDone: step / steps }).crossEntropy,
  );
  const state = learner.state();
  const kept = Object.keys(state).filter((name) => name.startsWith('lion/'));
  const moved = state['lion/m/d/weight']?.dataSync().some((value) => value !== 0);
  tf.dispose(state);
  learner.dispose();
  expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? NaN));
  expect(kept.sort()).toEqual(plan.variables.map(({ name }) => `lion/m/${name}`).sort());
  expect(moved).toBe(true);
});
