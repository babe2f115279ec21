import * as tf from '@tensorflow/tfjs-core';
import { parseConfig } from '../src/config/config.js';
import type { Dataset } from '../src/data/dataset.js';
import { lenet5 } from '../src/models/lenet5.js';
import { planNetwork } from '../src/nn/plan.js';
import { randomStream, shuffled } from '../src/random.js';
import { batchMaker } from '../src/training/batch-maker.js';
import { initialWeights } from '../src/training/initial-weights.js';
import { createLearner } from '../src/training/learner.js';
import { evaluationBatch } from '../src/training/trainer.js';
import { noNoise, uniformNoise } from '../src/training/quantizer-state.js';

const batchSize = 128;

/** What is measured: gates in a state that lasts, since their learning rate is too small to matter. */
export const settings = {
  'full precision': { quantized: false, phi: 6, wide: 6, noise: true },
  'as a run starts (8 bits)': { quantized: true, phi: 6, wide: -6, noise: true },
  'all five levels open': { quantized: true, phi: 6, wide: 6, noise: true },
  'all gates interior': { quantized: true, phi: 0, wide: 0, noise: false },
} as const;

export type Setting = keyof typeof settings;
export type Mode = 'graph' | 'eager';

export interface Measured {
  /** One training step of LeNet-5, as `bbits train` does it: data, forward, backward, all updates. */
  step(): void;
  /** All test images, with test-time gates. */
  evaluate(): void;
  dispose(): void;
}

export function measured(setting: Setting, mode: Mode, dataset: Dataset): Measured {
  const { quantized, phi, wide, noise } = settings[setting];
  const config = parseConfig('dataset: mnist\nmodel: lenet5', 'bench', [
    `gates.initialPhi={2: ${phi}, 4: ${phi}, 8: ${phi}, 16: ${wide}, 32: ${wide}}`,
    'optimizers.gates.learningRate=1e-30',
  ]);
  const plan = planNetwork(lenet5({ classes: dataset.classes, width: 1, batchNorm: 'folded' }), dataset.imageShape);
  const stream = randomStream(1, 'bench');
  const initial = initialWeights(plan, stream);
  const learner = createLearner(
    {
      plan,
      sites: quantized ? plan.quantizers : [],
      initialPhi: config.gates.initialPhi,
      weighting: config.regularizer.weighting,
      mu: config.mu,
      optimizers: config.optimizers,
      batchSizes: [batchSize],
      evaluationSizes: [evaluationBatch],
      rangeImages: 2,
      mode,
    },
    initial,
  );
  tf.dispose(initial);
  const makeBatch = batchMaker(dataset, Math.max(batchSize, evaluationBatch));
  const gateNoise = noise ? uniformNoise(stream) : noNoise;
  const order = shuffled(dataset.train.count, stream);
  learner.initialiseRanges(makeBatch(dataset.train, order.subarray(0, 2)).images, gateNoise);
  let at = 0;

  return {
    step() {
      at = at + batchSize > order.length ? 0 : at;
      const indices = order.subarray(at, at + batchSize);
      at += batchSize;
      learner.step(makeBatch(dataset.train, indices), gateNoise, 1);
    },
    evaluate() {
      for (let from = 0; from + evaluationBatch <= dataset.test.count; from += evaluationBatch) {
        const indices = Uint32Array.from({ length: evaluationBatch }, (_, i) => from + i);
        learner.evaluate(makeBatch(dataset.test, indices));
      }
    },
    dispose() {
      learner.dispose();
    },
  };
}
