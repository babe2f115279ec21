import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { softened } from '../../src/data/soft-labels/step-batch.js';
import { convolution, dense, flatten } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { createLearner } from '../../src/training/learner.js';
import { distilled } from '../../src/training/objective.js';
import { nesterovSgd } from '../../src/training/optimizers/optimizers.js';
import { noNoise } from '../../src/training/quantizer-state.js';
import { taught } from '../../src/training/teacher.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { modes, startTestBackend, type Mode } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const layers = [convolution('c', 3, 3, { batchNorm: 'folded' }), flatten, dense('d', 4)];
const plan = planNetwork({ name: 'small', layers }, [5, 5, 1]);
const count = 8;
const adam = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Losses of three steps with every recipe that changes a step, and the resulting state. */
function stepped(mode: Mode) {
  const stream = randomStream(2, 'images');
  const initial = initialWeights(plan, randomStream(1, 'weights'));
  const learner = createLearner(
    {
      plan,
      mode,
      gates: learnedGates(plan.quantizers, { 2: 0.5, 4: 0.5, 8: 0.5, 16: 0.5, 32: 0.5 }),
      price: prices['expected-bops'],
      optimizers: {
        weights: nesterovSgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
        gates: adam,
        ranges: adam,
      },
      objective: distilled({ temperature: 2, weight: 0.5 }),
      averageWeights: 0.9,
      batchSizes: [count],
      evaluationSizes: [count],
      rangeImages: 2,
    },
    initial,
  );
  tf.dispose(initial);
  const images = Float32Array.from({ length: count * 25 }, () => stream.uniform());
  const labels = Int32Array.from({ length: count }, (_, index) => index % 4);
  learner.initializeRanges(images.subarray(0, 50), noNoise);
  const steps = [1, 2, 3].map(() => {
    const soft = softened({ images, labels }, 4, { labelSmoothing: 0.1, mixupAlpha: 0.5 }, stream);
    const batch = taught(soft, ({ images }) => images.slice(0, count * 4));
    const { loss, crossEntropy } = learner.step(batch, noNoise, { mu: 0.1 });
    return [loss, crossEntropy];
  });
  const state = learner.state();
  const values = Object.entries(state).map(
    ([name, tensor]) => [name, Array.from(tensor.dataSync())] as const,
  );
  tf.dispose(state);
  const { logits } = learner.evaluate({ images, labels });
  learner.dispose();
  return [['steps', steps.flat()], ['logits', Array.from(logits)], ...values] as const;
}

test.each(modes)('steps with all recipes match eager ones in %s mode', (mode) => {
  const tensors = tf.memory().numTensors;
  const found = stepped(mode);
  expect(tf.memory().numTensors).toBe(tensors);
  const eager = new Map(stepped('eager'));
  for (const [name, values] of found) {
    values.forEach((value, at) => {
      expect(value, name).toBeCloseTo(eager.get(name)?.[at] ?? NaN, 4);
    });
  }
});
