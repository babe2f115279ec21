import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { prices } from '../../../src/bayesian-bits/prices.js';
import { convolution, dense, flatten } from '../../../src/nn/network.js';
import { planNetwork } from '../../../src/nn/plan-network.js';
import { randomStream } from '../../../src/random.js';
import { initialWeights } from '../../../src/training/initial-weights.js';
import {
  createLearner,
  type GivenStep,
  type Learner,
  type StepMetrics,
} from '../../../src/training/learner.js';
import { mostSteps } from '../../../src/training/on-device/several-steps.js';
import { adamW } from '../../../src/training/optimizers/optimizers.js';
import { scheduled } from '../../../src/training/optimizers/schedule.js';
import { uniformNoise } from '../../../src/training/quantizer-state.js';
import { learnedGates } from '../../helpers/learned-gates.js';
import { startNative } from '../../helpers/test-backend.js';

beforeAll(async () => {
  process.env['XLA_FLAGS'] = '--xla_backend_optimization_level=0';
  await startNative();
});

const plan = planNetwork(
  { name: 'small', layers: [convolution('a', 3, 3), flatten, dense('b', 4)] },
  [5, 5, 1],
);
const batchSize = 4;

function learnerOf(isQuantized = true): Learner {
  const adam = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const initial = initialWeights(plan, randomStream(4, 'weights'));
  const learner = createLearner(
    {
      plan,
      gates: isQuantized ? learnedGates(plan.quantizers, { 2: 1, 4: 2, 8: 1, 16: 0, 32: -1 }) : [],
      price: prices.bops,
      optimizers: {
        weights: adamW({ ...adam, learningRate: scheduled(1e-2, 'cosine', 4) }),
        gates: adam,
        ranges: adam,
      },
      batchSizes: [batchSize],
      evaluationSizes: [],
      rangeImages: 2,
      mode: 'xla',
    },
    initial,
  );
  tf.dispose(initial);
  return learner;
}

/** Steps whose batches reuse the same memory. */
function* stepsOf(first: number, count: number): Generator<GivenStep> {
  const images = new Float32Array(batchSize * 25);
  const labels = new Int32Array(batchSize);
  for (let step = first; step < first + count; step++) {
    const stream = randomStream(step, 'batch');
    images.set(stream.uniforms(images.length));
    labels.forEach((_, at) => (labels[at] = stream.integer(4)));
    yield {
      batch: { images, labels },
      options: { mu: 0.01 * step, epochsDone: step / 4 },
    };
  }
}

/** Everything after ten steps, `atOnce` per call. */
function trained(learner: Learner, atOnce: number) {
  const noise = uniformNoise(randomStream(4, 'gates'));
  const metrics: StepMetrics[] = [];
  for (let first = 0; first < 10; first += atOnce) {
    metrics.push(...learner.steps(stepsOf(first, atOnce), noise));
  }
  const state = learner.state();
  const tensors = Object.entries(state).map(([name, tensor]) => [name, tensor.dataSync().slice()]);
  tf.dispose(state);
  const quantizers = learner.quantizers().map(({ beta, phi }) => ({ beta, phi }));
  return { metrics, tensors, quantizers, stepsDone: learner.stepsDone() };
}

test.each([true, false])(
  'the number of steps per call does not change a byte; quantized: %s',
  (isQuantized) => {
    const learner = learnerOf(isQuantized);
    expect(learner.mostSteps(batchSize)).toBe(64);
    const start = { state: learner.state(), quantizers: learner.quantizers(), stepsDone: 0 };
    const { numTensors } = tf.memory();
    const [one, two, five] = [1, 2, 5].map((atOnce) => {
      learner.restore(start);
      return trained(learner, atOnce);
    });
    expect(tf.memory().numTensors).toBe(numTensors);
    tf.dispose(start.state);
    learner.dispose();
    expect(one?.metrics).toHaveLength(10);
    expect(one?.metrics.map(({ notFinite }) => notFinite)).toEqual(new Array(10).fill(undefined));
    expect(two).toEqual(one);
    expect(five).toEqual(one);
  },
);

test('a call ends with the first step that is not finite, and names the cause', () => {
  const learner = learnerOf();
  const noise = uniformNoise(randomStream(4, 'gates'));
  const broken = (steps: GivenStep[]) =>
    learner.steps(steps, noise).map(({ notFinite }) => notFinite);
  const [step] = stepsOf(0, 1) as Iterable<GivenStep>;
  const given = step as GivenStep;
  const images = new Float32Array(batchSize * 25).fill(NaN);
  const withNaN = { ...given, batch: { ...given.batch, images } };
  expect(broken([given, given, withNaN, given])).toEqual([
    undefined,
    undefined,
    expect.stringContaining(', in the forward pass'),
  ]);
  expect(learner.stepsDone()).toBe(3);
  learner.dispose();

  // An infinite mu affects only the gates.
  const other = learnerOf();
  const tooStrong = { ...given, options: { mu: Infinity } };
  const found = other.steps([given, tooStrong, given], noise);
  expect(found.map(({ notFinite }) => notFinite)).toEqual([
    undefined,
    'the range or the gates of b/weight, from the backward pass',
  ]);
  other.dispose();
});

test('a call has up to 64 steps, fewer if its images are fed', () => {
  const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const;
  expect(mostSteps({ host: float(100), labels: float(128) })).toBe(64);
  expect(mostSteps({ images: float(128, 28, 28, 1) })).toBe(5);
  expect(mostSteps({ images: float(128, 32, 32, 3) })).toBe(1);
  expect(mostSteps({ images: float(128, 64, 64, 3) })).toBe(1);
});
