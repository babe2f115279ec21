import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { convolution, dense, flatten } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import type { Learnable } from '../../src/config/learnable.js';
import { createLearner } from '../../src/training/learner.js';
import type { LearnerSettings } from '../../src/training/learner-settings.js';
import { clipByGlobalNorm } from '../../src/training/optimizers/clip.js';
import { adamW, type Optimizer } from '../../src/training/optimizers/optimizers.js';
import { chain } from '../../src/training/optimizers/chain.js';
import { betaOf, noNoise, phiOf } from '../../src/training/quantizer-state.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const plan = planNetwork(
  {
    name: 'small',
    layers: [convolution('c', 3, 3, { batchNorm: 'unfolded' }), flatten, dense('d', 4)],
  },
  [5, 5, 1],
);
const adam = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const count = 8;
const stream = randomStream(2, 'images');
const batch = {
  images: Float32Array.from({ length: count * 25 }, () => stream.uniform()),
  labels: Int32Array.from({ length: count }, (_, index) => index % 4),
};

/** All values before and after a step, by name. */
function stepped(settings: Partial<LearnerSettings>) {
  const initial = initialWeights(plan, randomStream(1, 'options'));
  const learner = createLearner(
    {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 0.5, 4: 0.5, 8: 0.5, 16: 0.5, 32: 0.5 }),
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
      batchSizes: [count],
      evaluationSizes: [],
      rangeImages: 2,
      ...settings,
    },
    initial,
  );
  tf.dispose(initial);
  learner.initializeRanges(batch.images.subarray(0, 50), noNoise);
  const values = () => {
    const state = learner.state();
    const variables = Object.fromEntries(
      plan.variables.map(({ name }) => [name, Array.from(state[name]?.dataSync() ?? [])]),
    );
    tf.dispose(state);
    const quantizers = learner.quantizers().flatMap((quantizer) => [
      [`${quantizer.site.name}/beta`, [betaOf(quantizer)]],
      [`${quantizer.site.name}/phi`, [...phiOf(quantizer).channels, ...phiOf(quantizer).bits]],
    ]);
    return { ...variables, ...Object.fromEntries(quantizers) } as Record<string, number[]>;
  };
  const before = values();
  learner.step(batch, noNoise, { mu: 0.01 });
  const after = values();
  learner.dispose();
  return { before, after };
}

const kinds: Record<Learnable, RegExp> = {
  weights: /^\w+\/(weight|scale)$/,
  biases: /^\w+\/(bias|shift)$/,
  gates: /\/phi$/,
  ranges: /\/beta$/,
};

describe('learning', () => {
  test.each(Object.keys(kinds) as Learnable[])(
    '%s alone leaves the rest unchanged, byte for byte',
    (kind) => {
      const { before, after } = stepped({ learns: [kind] });
      const changed = Object.keys(before).filter(
        (name) => before[name]?.join() !== after[name]?.join(),
      );
      const expected = Object.keys(before).filter((name) => kinds[kind].test(name));
      expect(expected.length).toBeGreaterThan(0);
      expect(changed.sort()).toEqual(expected.sort());
    },
  );

  test('includes everything by default', () => {
    const { before, after } = stepped({});
    for (const [name, values] of Object.entries(before)) expect(after[name]).not.toEqual(values);
  });
});

test('weight decay subtracts its share from the weights, and changes nothing else', () => {
  const plain = stepped({});
  const weightDecay = 0.5;
  const decayed = stepped({
    optimizers: { weights: adamW({ ...adam, weightDecay }), gates: adam, ranges: adam },
  });
  decayed.after['d/weight']?.forEach((value, at) => {
    const expected =
      (plain.after['d/weight']?.[at] ?? NaN) -
      adam.learningRate * weightDecay * (plain.before['d/weight']?.[at] ?? NaN);
    expect(value).toBeCloseTo(expected, 6);
  });
  expect(decayed.after['d/weight/phi']).toEqual(plain.after['d/weight/phi']);
});

describe('clipped gradients', () => {
  // With a large epsilon, a step is proportional to its gradient.
  const large = { ...adam, epsilon: 1e3 };
  const within = (largest: number) => chain(clipByGlobalNorm(largest), adamW(large));
  /** How far a step moves all variables, or one of them. */
  function movedBy(weights: Optimizer, learns: Partial<LearnerSettings> = {}, only?: string) {
    const optimizers = { weights, gates: adam, ranges: adam };
    const { before, after } = stepped({ optimizers, ...learns });
    const names = only === undefined ? plan.variables.map(({ name }) => name) : [only];
    return Math.hypot(
      ...names.flatMap((name) =>
        (after[name] ?? []).map((value, at) => value - (before[name]?.[at] ?? NaN)),
      ),
    );
  }
  // The first step of Adam: rate * gradient / (|gradient| + epsilon).
  const normOf = (moved: number) => (moved * large.epsilon) / large.learningRate;

  test('move the weights less, by one common factor', () => {
    const free = movedBy(adamW(large));
    expect(movedBy(within(normOf(free) / 4)) / free).toBeCloseTo(0.25, 2);
    expect(movedBy(within(normOf(free) * 4)) / free).toBeCloseTo(1, 3);
  });

  test('are scaled by the norm over all variables, including fixed ones', () => {
    const clipped = within(normOf(movedBy(adamW(large))) / 4);
    const alone = movedBy(clipped, { learns: ['biases'] }, 'd/bias');
    expect(alone / movedBy(clipped, {}, 'd/bias')).toBeCloseTo(1, 3);
  });
});
