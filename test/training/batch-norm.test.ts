import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { convolution, dense, flatten, maxPool } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { createLearner, type Learner } from '../../src/training/learner.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import type { Batch } from '../../src/data/batch-maker.js';
import { noNoise } from '../../src/training/quantizer-state.js';
import { modes, modesWithXla, startTestBackend, type Mode } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const plan = planNetwork(
  {
    name: 'small',
    layers: [
      convolution('c1', 6, 3, { padding: 1, batchNorm: 'folded' }),
      maxPool(2),
      convolution('c2', 8, 3, { padding: 1, stride: 2, batchNorm: 'folded' }),
      flatten,
      dense('d1', 12, { batchNorm: 'folded' }),
      dense('d2', 3),
    ],
  },
  [8, 8, 2],
);
const adam = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const batchSize = 16;

function learner(mode: Mode): Learner {
  const initial = initialWeights(plan, randomStream(3, 'batch norm'));
  const created = createLearner(
    {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 6, 4: 6, 8: 6, 16: -6, 32: -6 }),
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
      batchSizes: [batchSize],
      evaluationSizes: [batchSize],
      rangeImages: 2,
      mode,
    },
    initial,
  );
  tf.dispose(initial);
  created.initializeRanges(batch().images.subarray(0, 2 * 128), noNoise);
  return created;
}

/** Images whose class is their brightness. */
function batch(): Batch {
  const stream = randomStream(4, 'images');
  const labels = Int32Array.from({ length: batchSize }, () => stream.integer(3));
  const images = Float32Array.from(
    { length: batchSize * 128 },
    (_, at) => stream.uniform() + (labels[Math.floor(at / 128)] ?? 0) / 2,
  );
  return { images, labels };
}

function stateOf(one: Learner): Record<string, number[]> {
  const state = one.state();
  const values = Object.entries(state).map(
    ([name, t]) => [name, Array.from(t.dataSync())] as const,
  );
  tf.dispose(state);
  return Object.fromEntries(values);
}

const mean = 'c1/running-mean';

describe.each(modes)('a network with folded batch norm, %s', (mode) => {
  test('learns, and updates its running statistics', () => {
    const one = learner(mode);
    const afterRanges = stateOf(one);
    expect(afterRanges[mean]).not.toEqual([0, 0, 0, 0, 0, 0]);
    const losses = Array.from(
      { length: 40 },
      () => one.step(batch(), noNoise, { mu: 0.01 }).crossEntropy,
    );
    expect(losses.at(-1)).toBeLessThan(0.3 * (losses[0] ?? NaN));
    const trained = stateOf(one);
    expect(trained[mean]).not.toEqual(afterRanges[mean]);
    expect(one.evaluate(batch()).correct).toBeGreaterThan(12);
    expect(stateOf(one)).toEqual(trained);
    one.dispose();
  });

  test('leaks no tensors', () => {
    const one = learner(mode);
    one.step(batch(), noNoise, { mu: 0.01 });
    const { numTensors } = tf.memory();
    for (let step = 0; step < 3; step++) one.step(batch(), noNoise, { mu: 0.01 });
    one.evaluate(batch());
    expect(tf.memory().numTensors).toBe(numTensors);
    one.dispose();
  });
});

test.each(modesWithXla)('a step in %s mode agrees with an eager one', (mode) => {
  const [compiled, eager] = [learner(mode), learner('eager')];
  for (const one of [compiled, eager]) one.step(batch(), noNoise, { mu: 0.01 });
  const [ours, theirs] = [stateOf(compiled), stateOf(eager)];
  expect(Object.keys(ours)).toEqual(Object.keys(theirs));
  for (const name of plan.statistics.map((spec) => spec.name)) {
    ours[name]?.forEach((value, index) => {
      expect(value).toBeCloseTo(theirs[name]?.[index] ?? NaN, 4);
    });
  }
  compiled.dispose();
  eager.dispose();
});
