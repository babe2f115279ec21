import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { countCrossings, type Crossings } from '../../bench/crossings.js';
import { prices } from '../../src/bayesian-bits/prices.js';
import { findNativeBackend, type NativeBackend } from '../../src/compile/native-backend.js';
import { convolution, dense, flatten } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { createLearner } from '../../src/training/learner.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import { uniformNoise } from '../../src/training/quantizer-state.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { withoutOwnKernels } from '../helpers/own-kernels.js';
import { startNative } from '../helpers/test-backend.js';

beforeAll(startNative);

const layers = [convolution('a', 3, 3), flatten, dense('b', 4)];
const plan = planNetwork({ name: 'small', layers }, [7, 7, 1]);
const adam = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const stream = randomStream(2, 'images');
const batch = {
  images: Float32Array.from({ length: 8 * 49 }, () => stream.uniform()),
  labels: Int32Array.from({ length: 8 }, (_, index) => index % 4),
};

/** Trains with gates that open and close at random, using only plain operations, as on a GPU. */
function trained(options: { asOnGpu: boolean }): { end: unknown; crossings: Crossings } {
  const noise = uniformNoise(randomStream(3, 'noise'));
  const initial = initialWeights(plan, randomStream(1, 'weights'));
  let end: unknown;
  const crossings = withoutOwnKernels(() =>
    countCrossings(
      findNativeBackend() as NativeBackend,
      () => {
        const learner = createLearner(
          {
            plan,
            gates: learnedGates(plan.quantizers, { 2: 0, 4: 0, 8: 0, 16: 0, 32: 0 }),
            price: prices.bops,
            optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
            batchSizes: [8],
            evaluationSizes: [8],
            rangeImages: 2,
            mode: 'graph',
          },
          initial,
        );
        learner.initializeRanges(batch.images.subarray(0, 2 * 49), noise);
        const { logits } = learner.evaluate(batch);
        const steps = [1, 2, 3, 4, 5].map(() => learner.step(batch, noise, { mu: 0.01 }));
        const state = learner.state();
        const values = Object.entries(state).map(([name, each]) => [name, each.dataSync()]);
        end = { logits, steps, values, quantizers: learner.quantizers() };
        tf.dispose(state);
        learner.step(batch, noise, { mu: 0.01 });
        learner.dispose();
      },
      options,
    ),
  );
  tf.dispose(initial);
  return { end, crossings };
}

test('with its conditions on the host a graph trains to the same bits, and a GPU transfers none of them', () => {
  const [cpu, gpu] = [trained({ asOnGpu: false }), trained({ asOnGpu: true })];
  expect(gpu.end).toEqual(cpu.end);
  expect(cpu.crossings.edgesBetweenCpuAndGpu).toBeGreaterThan(50);
  // Images, labels and numbers in; metrics, the signal for the new state, and the finiteness flag out.
  expect(gpu.crossings.edgesBetweenCpuAndGpu).toBe(6);
  expect(gpu.crossings).toMatchObject({ bytesFed: cpu.crossings.bytesFed, callsOfXla: 0 });
});
