import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { deploy, type Deployed } from '../../src/deployment/deploy.js';
import { infer } from '../../src/deployment/infer.js';
import type { DeployedResidual, DeployedStep } from '../../src/deployment/network.js';
import {
  averagePool,
  convolution,
  dense,
  flatten,
  maxPool,
  residual,
  subsample,
  type BatchNormKind,
  type Layer,
} from '../../src/nn/network.js';
import type { QuantizerSite } from '../../src/nn/plan.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { createLearner } from '../../src/training/learner.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import {
  betaOf,
  testTimeQuantizer,
  uniformNoise,
  withPhi,
} from '../../src/training/quantizer-state.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const batchSize = 12;
const classes = 4;

/** Trains for a while, then drops channels and bits as told; the logits of both forms. */
function trainedAndDeployed(
  layers: readonly Layer[],
  imageShape: readonly number[],
  /** phi of 4 to 32 bits, and which channels are dropped. */
  settle: (site: QuantizerSite) => { bits: number[]; dropped: readonly number[] },
): { gated: Float32Array; deployed: Deployed; logits: Float32Array } {
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
    },
    initial,
  );
  tf.dispose(initial);
  const pixels = imageShape.reduce((a, b) => a * b, 1);
  const images = Float32Array.from({ length: batchSize * pixels }, () => 2 * stream.uniform() - 1);
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classes);
  const noise = uniformNoise(stream);
  learner.initialiseRanges(images.subarray(0, 4 * pixels), noise);
  for (let step = 0; step < 15; step++) learner.step({ images, labels }, noise, { mu: 0.01 });

  learner.setQuantizers(
    learner.quantizers().map((quantizer) => {
      const { bits, dropped } = settle(quantizer.site);
      const channels = Array.from({ length: quantizer.site.gatedChannels }, (_, channel) =>
        dropped.includes(channel) ? -6 : 6,
      );
      return withPhi(quantizer, { channels: Float64Array.from(channels), bits });
    }),
  );
  const gated = Float32Array.from(learner.evaluate({ images, labels }).logits);
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
    () => infer(deployed, tf.tensor(images, [batchSize, ...imageShape])).dataSync() as Float32Array,
  );
  tf.dispose(weights);
  learner.dispose();
  return { gated, deployed, logits };
}

const eightBits = [6, 6, -6, -6];
const fourBits = [6, -6, -6, -6];
const twoBits = [-6, -6, -6, -6];
const sixteenBits = [6, 6, 6, -6];
const allBits = [6, 6, 6, 6];

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? NaN))), 0);
}

function stepNamed(steps: readonly DeployedStep[], name: string): DeployedStep {
  const all = steps.flatMap((step): DeployedStep[] =>
    step.type === 'residual' ? [step, ...step.branch, ...step.shortcut] : [step],
  );
  const found = all.find((step) => 'name' in step && step.name === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
}

const network = (batchNorm: BatchNormKind): Layer[] => [
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

/** Channels that go in the trunk, in branches, in the projection; some of them in both of a sum. */
const dropped: Record<string, readonly number[]> = {
  'stem/weight': [1, 4],
  'first-1/weight': [0, 2],
  'first-2/weight': [1, 2],
  'second-1/weight': [3],
  'second-2/weight': [0, 5, 7],
  'second-projection/weight': [0, 6, 7],
  'third-1/weight': [1, 5],
  'third-2/weight': [0, 3, 11],
  'hidden/weight': [2],
};

describe.each(['folded', 'unfolded'] as const)('a residual network, batch norm %s', (kind) => {
  const widths: Record<string, number[]> = {
    'stem/weight': eightBits,
    'first-1/weight': fourBits,
    'first/activation': allBits,
    'second-1/weight': sixteenBits,
    'second-projection/weight': allBits,
    'second/activation': sixteenBits,
    'third-1/activation': fourBits,
  };
  let made: ReturnType<typeof trainedAndDeployed>;
  beforeAll(() => {
    made = trainedAndDeployed(network(kind), [12, 12, 2], ({ name }) => ({
      bits: widths[name] ?? eightBits,
      dropped: dropped[name] ?? [],
    }));
  });

  test('gives the gated logits without its dropped channels, and is smaller', () => {
    const { gated, logits, deployed } = made;
    expect(Math.max(...gated) - Math.min(...gated)).toBeGreaterThan(0.2);
    expect(largestDifference(gated, logits)).toBeLessThan(1e-4);

    const { tensors, network } = deployed;
    expect(tensors['stem/weight']?.shape).toEqual([3, 3, 2, 4]);
    // Channel 1 is gone from the sum, where the stem and the branch dropped it; 2 and 4 are not.
    expect(tensors['second-1/weight']?.shape).toEqual([3, 3, 5, 6]);
    const second = stepNamed(network.steps, 'second') as DeployedResidual;
    expect(second.channels).toEqual([1, 2, 3, 4, 5, 6]);
    expect(second.branchChannels).toEqual([0, 1, 2, 3, 5]);
    expect(second.shortcutChannels).toEqual([0, 1, 2, 3, 4]);
    // Zeros on both sides: 0 and 11 are gone where the branch drops them as well.
    const third = stepNamed(network.steps, 'third') as DeployedResidual;
    expect(third.channels).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(tensors['hidden/weight']?.shape).toEqual([10, 8]);
    expect(tensors['logits/weight']?.shape).toEqual([8, classes]);
  });

  test('has whole weights of their bits', () => {
    const { tensors } = made.deployed;
    const values = (name: string) => tensors[`${name}/weight`]?.values;
    expect(values('first-1')).toBeInstanceOf(Int8Array);
    expect(Math.max(...(values('first-1') ?? []))).toBeLessThanOrEqual(7);
    expect(Math.max(...(values('first-1') ?? []))).toBeGreaterThan(3);
    expect(values('second-1')).toBeInstanceOf(Int16Array);
    expect(values('second-projection')).toBeInstanceOf(Float32Array);
  });

  test('carries what dropped channels emit to the border, where less of it arrives', () => {
    const { tensors } = made.deployed;
    const bias = tensors['first-1/bias'];
    expect(bias?.shape).toEqual([12, 12, 3]);
    const at = (row: number, column: number) => bias?.values[(row * 12 + column) * 3];
    expect(at(5, 5)).toBe(at(6, 6));
    expect(at(0, 0)).not.toBe(at(5, 5));
  });
});

test('a network without batch norm, with images made flat', () => {
  const layers = [
    convolution('c1', 4, 3),
    maxPool(2),
    convolution('c2', 5, 3),
    flatten,
    dense('d1', 7),
    dense('d2', classes),
  ];
  const drop: Record<string, number[]> = {
    'c1/weight': [0],
    'c2/weight': [1, 3],
    'd1/weight': [0, 6],
  };
  const { gated, logits, deployed } = trainedAndDeployed(layers, [10, 10, 1], ({ name }) => ({
    bits: name.endsWith('weight') ? fourBits : twoBits,
    dropped: drop[name] ?? [],
  }));
  expect(largestDifference(gated, logits)).toBeLessThan(1e-4);
  expect(deployed.tensors['d1/weight']?.shape).toEqual([2 * 2 * 3, 5]);
  // Without padding the same constant arrives at every pixel.
  expect(deployed.tensors['c2/bias']?.shape).toEqual([3]);
});

test('layers that drop all their channels leave constants', () => {
  const { gated, logits, deployed } = trainedAndDeployed(
    network('unfolded'),
    [12, 12, 2],
    ({ name, gatedChannels }) => ({
      bits: eightBits,
      dropped: ['stem/weight', 'first-2/weight', 'second-1/weight', 'hidden/weight'].includes(name)
        ? Array.from({ length: gatedChannels }, (_, channel) => channel)
        : [],
    }),
  );
  expect(largestDifference(gated, logits)).toBeLessThan(1e-4);
  expect(deployed.tensors['second-1/weight']?.shape).toEqual([3, 3, 0, 0]);
});

test('in full precision weights and activations stay what they are', () => {
  const plan = planNetwork(
    { name: 'test', layers: [convolution('c', 2, 3), flatten, dense('d', 3)] },
    [4, 4, 1],
  );
  const weights = initialWeights(plan, randomStream(1, 'full precision'));
  const { tensors, network } = deploy(plan, weights, new Map());
  expect(Array.from(tensors['c/weight']?.values ?? [])).toEqual(
    Array.from(weights['c/weight']?.dataSync() ?? []),
  );
  expect(network.steps[0]).toMatchObject({ weightBits: null, activation: { bits: null } });
  tf.dispose(weights);
});
