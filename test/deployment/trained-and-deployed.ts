import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { deploy, type Deployed } from '../../src/deployment/deploy.js';
import { infer } from '../../src/deployment/infer.js';
import {
  averagePool,
  convolution,
  dense,
  maxPool,
  residual,
  subsample,
  type BatchNormKind,
  type Layer,
} from '../../src/nn/network.js';
import type { Plan, QuantizerSite } from '../../src/nn/plan.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import type { TestTimeQuantizer } from '../../src/setup/network-cost.js';
import { createLearner, type Learner } from '../../src/training/learner.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import {
  betaOf,
  testTimeQuantizer,
  testTimeQuantizers,
  uniformNoise,
  withPhi,
} from '../../src/training/quantizer-state.js';
import { learnedGates } from '../helpers/learned-gates.js';

const batchSize = 12;
export const classes = 4;

export interface TrainedAndDeployed {
  readonly gated: Float32Array;
  readonly deployed: Deployed;
  readonly logits: Float32Array;
  readonly images: { readonly shape: number[]; readonly values: Float32Array };
  readonly plan: Plan;
  readonly quantizers: ReadonlyMap<string, TestTimeQuantizer>;
}

/** The gates of 4 to 32 bits, and the dropped channels. */
type Settle = (site: QuantizerSite) => { bits: number[]; dropped: readonly number[] };

/** Train for a few steps, then drop channels and bits. @returns the logits before and after deployment */
export function trainedAndDeployed(
  layers: readonly Layer[],
  imageShape: readonly number[],
  settle: Settle,
): TrainedAndDeployed {
  const { settled, dispose } = trained(layers, imageShape);
  const found = settled(settle);
  dispose();
  return found;
}

/** A briefly trained network whose channels and bits can be dropped repeatedly. */
export function trained(layers: readonly Layer[], imageShape: readonly number[]) {
  const plan = planNetwork({ name: 'test', layers }, imageShape);
  const stream = randomStream(5, 'deployment');
  const initial = initialWeights(plan, stream);
  const adam = { learningRate: 2e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const learner = createLearner(
    {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 2, 4: 6, 8: 6, 16: 6, 32: 6 }),
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
      batchSizes: [batchSize],
      evaluationSizes: [batchSize],
      rangeImages: 4,
      dropout: (step) => randomStream(step, 'dropout'),
    },
    initial,
  );
  tf.dispose(initial);
  const pixels = imageShape.reduce((a, b) => a * b, 1);
  const images = Float32Array.from({ length: batchSize * pixels }, () => 2 * stream.uniform() - 1);
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classes);
  const noise = uniformNoise(stream);
  learner.initializeRanges(images.subarray(0, 4 * pixels), noise);
  for (let step = 0; step < 15; step++) learner.step({ images, labels }, noise, { mu: 0.01 });
  const shape = [batchSize, ...imageShape];
  return {
    plan,
    settled: (settle: Settle) =>
      settled({ plan, learner, images: { shape, values: images }, labels }, settle),
    dispose: () => {
      learner.dispose();
    },
  };
}

function settled(
  {
    plan,
    learner,
    images,
    labels,
  }: Pick<TrainedAndDeployed, 'plan' | 'images'> & {
    readonly learner: Learner;
    readonly labels: Int32Array;
  },
  settle: Settle,
): TrainedAndDeployed {
  learner.setQuantizers(
    learner.quantizers().map((quantizer) => {
      const { bits, dropped } = settle(quantizer.site);
      const channels = Array.from({ length: quantizer.site.gatedChannels }, (_, channel) =>
        dropped.includes(channel) ? -6 : 6,
      );
      return withPhi(quantizer, { channels: Float64Array.from(channels), bits });
    }),
  );
  const gated = Float32Array.from(learner.evaluate({ images: images.values, labels }).logits);
  const weights = learner.state();
  const fixed = learner
    .quantizers()
    .map(
      (quantizer) =>
        [
          quantizer.site.name,
          { ...testTimeQuantizer(quantizer), beta: betaOf(quantizer) },
        ] as const,
    );
  const before = tf.memory().numTensors;
  const deployed = deploy(plan, weights, new Map(fixed));
  expect(tf.memory().numTensors).toBe(before);
  const logits = tf.tidy(
    () => infer(deployed, tf.tensor(images.values, images.shape)).dataSync() as Float32Array,
  );
  tf.dispose(weights);
  return {
    ...{ gated, deployed, logits, plan, images },
    quantizers: testTimeQuantizers(learner.quantizers()),
  };
}

/** phi of a quantizer's gates from 4 to 32 bits. */
export const eightBits = [6, 6, -6, -6];
export const fourBits = [6, -6, -6, -6];
export const twoBits = [-6, -6, -6, -6];
export const sixteenBits = [6, 6, 6, -6];
export const allBits = [6, 6, 6, 6];

export function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? NaN))), 0);
}

/** Residual blocks with each kind of shortcut. */
export const residualNetwork = (batchNorm: BatchNormKind): Layer[] => [
  convolution('stem', 6, 3, { padding: 1, batchNorm }),
  residual('first', [
    convolution('first-1', 5, 3, { padding: 1, batchNorm }),
    convolution('first-2', 6, 3, { padding: 1, batchNorm }),
  ]),
  maxPool(2),
  residual(
    'second',
    [
      convolution('second-1', 7, 3, { padding: 1, stride: 2, batchNorm }),
      convolution('second-2', 8, 3, { padding: 1, batchNorm }),
    ],
    [convolution('second-projection', 8, 1, { stride: 2, batchNorm })],
  ),
  residual(
    'third',
    [
      convolution('third-1', 6, 3, { padding: 1, stride: 2, batchNorm }),
      convolution('third-2', 12, 3, { padding: 1, batchNorm }),
    ],
    [subsample(2, 12)],
  ),
  averagePool,
  dense('hidden', 9, { batchNorm }),
  dense('logits', classes),
];
