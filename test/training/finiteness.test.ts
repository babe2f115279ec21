import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import type { NamedTensors } from '../../src/compile/entry.js';
import { convolution, dense, flatten } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { lastBrokenQuantizer } from '../../src/training/finiteness.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { createLearner, type Learner } from '../../src/training/learner.js';
import type { LearnerSettings } from '../../src/training/learner-settings.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import { noNoise, withBeta } from '../../src/training/quantizer-state.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { modesWithXla, startTestBackend, type Mode } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const plan = planNetwork(
  {
    name: 'small',
    layers: [convolution('a', 3, 3), convolution('b', 3, 3), flatten, dense('c', 4)],
  },
  [7, 7, 1],
);
const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const stream = randomStream(2, 'images');
const batch = {
  images: Float32Array.from({ length: 8 * 49 }, () => stream.uniform()),
  labels: Int32Array.from({ length: 8 }, (_, index) => index % 4),
};

function learnerOf(own: Pick<LearnerSettings, 'gates' | 'mode'>, initial: NamedTensors): Learner {
  const optimizers = { weights: adamW(adam), gates: adam, ranges: adam };
  const sizes = { batchSizes: [8], evaluationSizes: [], rangeImages: 2 };
  return createLearner({ plan, price: prices.bops, optimizers, ...sizes, ...own }, initial);
}

/** What a step reports if these variables are filled with constants. */
function notFinite(mode: Mode, values: Record<string, number>): string | undefined {
  const initial = initialWeights(plan, randomStream(1, 'weights'));
  for (const [name, value] of Object.entries(values)) {
    const { shape } = initial[name] as tf.Tensor;
    initial[name]?.dispose();
    initial[name] = tf.fill(shape, value);
  }
  const learner = learnerOf({ gates: [], mode }, initial);
  tf.dispose(initial);
  const found = learner.step(batch, noNoise, { mu: 0 });
  learner.dispose();
  return found.notFinite;
}

for (const mode of modesWithXla) {
  test(`${mode}: a step with finite values reports nothing`, () => {
    expect(notFinite(mode, {})).toBeUndefined();
  });

  test(`${mode}: the first layer with non-finite output is named`, () => {
    expect(notFinite(mode, { 'b/weight': 3e38 })).toBe('the output of b, in the forward pass');
    expect(notFinite(mode, { 'a/weight': 3e38, 'b/weight': 1 })).toBe(
      'the output of a, in the forward pass',
    );
  });

  test(`${mode}: non-finite variables are traced to the previous backward pass, last layer first`, () => {
    expect(notFinite(mode, { 'a/weight': NaN, 'b/bias': Infinity })).toBe(
      'b/bias, from the backward pass of the previous step',
    );
  });
}

test('a non-finite range is named', () => {
  const setups = learnedGates(plan.quantizers, { 2: 0, 4: 0, 8: 0, 16: 0, 32: 0 });
  const learner = learnerOf({ gates: setups }, initialWeights(plan, randomStream(1, 'weights')));
  const quantizers = learner.quantizers();
  learner.dispose();
  expect(lastBrokenQuantizer(quantizers)).toBeUndefined();
  const broken = quantizers.map((one) =>
    one.site.name.startsWith('b/') ? withBeta(one, NaN) : one,
  );
  expect(lastBrokenQuantizer(broken)).toMatch(
    /^the range or the gates of b\/\w+, from the backward/,
  );
});
