import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { prices } from '../../../src/bayesian-bits/prices.js';
import type { ProgramMode } from '../../../src/compile/entry.js';
import { lenet5 } from '../../../src/models/lenet5.js';
import { planNetwork } from '../../../src/nn/plan-network.js';
import { randomStream } from '../../../src/random.js';
import { initialWeights } from '../../../src/training/initial-weights.js';
import { createLearner, type StepMetrics } from '../../../src/training/learner.js';
import { adamW } from '../../../src/training/optimizers/optimizers.js';
import { uniformNoise, type QuantizerState } from '../../../src/training/quantizer-state.js';
import { learnedGates } from '../../helpers/learned-gates.js';
import { startNative } from '../../helpers/test-backend.js';

beforeAll(async () => {
  // Skips XLA's slow passes.
  process.env['XLA_FLAGS'] = '--xla_backend_optimization_level=0';
  await startNative();
});

const plan = planNetwork(lenet5({ classes: 10, width: 0.25, batchNorm: 'folded' }), [28, 28, 1]);
const steps = 4;
const batchSize = 4;

/** A few steps of LeNet-5 with moving gates and a price that matters. */
function trained(mode: ProgramMode) {
  const stream = randomStream(4, 'images');
  const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const initial = initialWeights(plan, randomStream(4, 'weights'));
  const learner = createLearner(
    {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 1, 4: 2, 8: 1, 16: 0, 32: -1 }),
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: { ...adam, learningRate: 0.01 }, ranges: adam },
      batchSizes: [batchSize],
      evaluationSizes: [],
      rangeImages: 2,
      mode,
    },
    initial,
  );
  tf.dispose(initial);
  const images = (count: number) =>
    Float32Array.from({ length: count * 784 }, () => stream.uniform());
  const noise = uniformNoise(randomStream(4, 'gates'));
  learner.initializeRanges(images(2), noise);
  const metrics: StepMetrics[] = [];
  for (let step = 0; step < steps; step++) {
    const labels = Int32Array.from({ length: batchSize }, () => stream.integer(10));
    metrics.push(learner.step({ images: images(batchSize), labels }, noise, { mu: 0.1 }));
  }
  const quantizers = learner.quantizers();
  learner.dispose();
  return { metrics, quantizers };
}

test('ranges and gates updated in float32 on a device agree with those in float64 on the host', () => {
  const host = trained('graph');
  const device = trained('xla');
  device.metrics.forEach((found, step) => {
    const { loss, regularizer } = host.metrics[step] as StepMetrics;
    expect(Math.abs(found.loss - loss) / loss).toBeLessThan(1e-3);
    expect(Math.abs(found.regularizer - regularizer) / regularizer).toBeLessThan(1e-5);
  });
  // Adam divides by the gradient's size: near 0, float32 may decide its sign. And a value on the other side of a
  // rounding tie changes small gradients by percents.
  const apart = (of: (quantizer: QuantizerState) => Float64Array, learningRate: number) =>
    host.quantizers.flatMap((quantizer, index) => {
      const found = of(device.quantizers[index] as QuantizerState);
      return Array.from(
        of(quantizer),
        (value, at) => Math.abs(value - (found[at] ?? NaN)) / (steps * learningRate),
      );
    });
  const distances = [
    ...apart(({ beta }) => beta.value, 1e-3),
    ...apart(({ phi }) => phi.value, 0.01),
  ].sort((a, b) => a - b);
  expect(distances.length).toBeGreaterThan(100);
  expect(distances[Math.floor(0.5 * distances.length)]).toBeLessThan(1e-5);
  expect(distances[Math.floor(0.9 * distances.length)]).toBeLessThan(2e-2);
  expect(distances.at(-1)).toBeLessThan(0.5);
});
