import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { fixedGates } from '../../src/training/quantizer-state.js';
import { betaOf } from '../../src/training/quantizer-state.js';
import type { AdamSettings } from '../../src/training/optimizers/adam.js';
import type { TrainerState } from '../../src/training/trainer-state.js';
import { createTrainer, type Trainer } from '../../src/training/trainer.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const dataset = learnableDataset(130, 60);
const layers = (kind: string) => `
model:
  layers:
    - { type: convolution, name: c1, filters: 6, kernel: 5, stride: 2, batchNorm: ${kind} }
    - { type: residual, name: block, branch: [
        { type: convolution, name: c2, filters: 6, kernel: 3, padding: 1, batchNorm: ${kind} }] }
    - { type: flatten }
    - { type: dense, name: out, units: 10 }
`;

function trainer(model: string, ...overrides: string[]): Trainer {
  const config = parseConfig(`dataset: mnist\n${model}`, 'c', [
    'training.epochs=2',
    'training.batchSize=32',
    'optimizers.gates.learningRate=0.3',
    'fineTuning.epochs=2',
    ...overrides,
  ]);
  return createTrainer(config, dataset);
}

function values(one: Trainer): Record<string, number[]> {
  const weights = one.weights();
  const found = Object.entries(weights).map(([name, tensor]) => [name, [...tensor.dataSync()]]);
  tf.dispose(weights);
  return Object.fromEntries(found) as Record<string, number[]>;
}

const tiny = ['fineTuning.weights.learningRate=1e-30', 'fineTuning.ranges.learningRate=1e-30'];

describe.each(['folded', 'unfolded'])('fine-tuning with %s batch norms', (kind) => {
  test('starts from the trained network at test time', async () => {
    const one = trainer(layers(kind), ...tiny);
    await one.trainEpoch(1, {});
    await one.trainEpoch(2, {});
    const before = await one.evaluate({});
    const cost = one.cost().bops;
    expect(one.quantizers().flatMap(fixedGates)).toContain(false);
    await one.trainEpoch(3, {});
    const after = await one.evaluate({});
    expect(after.test.crossEntropy).toBeCloseTo(before.test.crossEntropy, 4);
    expect(one.cost().bops).toBe(cost);
    expect(one.quantizers().flatMap(fixedGates)).not.toContain(false);
    one.dispose();
  });

  test('changes weights, biases and ranges, but neither gates nor statistics', async () => {
    const one = trainer(layers(kind));
    for (const epoch of [1, 2, 3]) await one.trainEpoch(epoch, {});
    const [before, quantizers] = [values(one), one.quantizers()];
    await one.trainEpoch(4, {});
    const after = values(one);
    const statistics = Object.keys(before).filter((name) => name.includes('running'));
    expect(statistics.length).toBe(kind === 'folded' ? 0 : 4);
    for (const [name, old] of Object.entries(before)) {
      if (statistics.includes(name)) expect(after[name], name).toEqual(old);
      else expect(after[name], name).not.toEqual(old);
    }
    one.quantizers().forEach((quantizer, index) => {
      const old = quantizers[index];
      expect(quantizer.phi.value).toEqual(old?.phi.value);
      expect(betaOf(quantizer)).not.toBe(old && betaOf(old));
    });
    one.dispose();
  });
});

test('the learning rates of weights and ranges follow a cosine to 0, step by step', async () => {
  const model = `model: { layers: [{ type: flatten }, { type: dense, name: out, units: 10 }] }`;
  const config = parseConfig(`dataset: mnist\n${model}`, 'c', [
    'training.epochs=1',
    'training.batchSize=32',
    'fineTuning.epochs=2',
    'fineTuning.weights.learningRate=1e-2',
    'fineTuning.ranges.learningRate=1e-3',
  ]);
  const one = createTrainer(config, learnableDataset(64, 1));
  await one.trainEpoch(1, {});
  const states: TrainerState[] = [];
  for (const epoch of [2, 3]) {
    await one.trainEpoch(epoch, { onStep: () => void states.push(one.state()) });
  }
  one.dispose();
  // The first step is missing, since the state before it was not recorded.
  const expected = [1, 2, 3].map((step) => (1 + Math.cos((Math.PI * step) / 4)) / 2);
  const found = states.slice(1).map((after, index) => {
    const before = states[index] as TrainerState;
    return [
      rateOfNesterov('out/weight', before, after, config.fineTuning.weights.momentum),
      rateOfAdam('out/weight/beta', before, after, config.optimizers.ranges),
    ];
  });
  expected.forEach((factor, index) => {
    const [weights = NaN, ranges = NaN] = found[index] ?? [];
    expect(weights / 1e-2).toBeCloseTo(factor, 3);
    expect(ranges / 1e-3).toBeCloseTo(factor, 6);
  });
});

const valuesOf = (name: string, { tensors }: TrainerState) => [...(tensors[name]?.values ?? [])];

/** The rate r of a step `w' = w - r (g + momentum m')` with `m' = momentum m + g`, by least squares. */
function rateOfNesterov(
  name: string,
  before: TrainerState,
  after: TrainerState,
  momentum: number,
): number {
  const [old, updated] = [valuesOf(name, before), valuesOf(name, after)];
  const means = [before, after].map((state) => valuesOf(`nesterov/m/${name}`, state));
  const moves = old.map((_, i) => {
    const [m, next] = means.map((values) => values[i] ?? NaN) as [number, number];
    return next - momentum * m + momentum * next;
  });
  const product = moves.reduce((sum, u, i) => sum + u * ((old[i] ?? NaN) - (updated[i] ?? NaN)), 0);
  return product / moves.reduce((sum, u) => sum + u * u, 0);
}

/** The learning rate of Adam's step on a number. */
function rateOfAdam(
  name: string,
  before: TrainerState,
  after: TrainerState,
  { beta1, beta2, epsilon }: AdamSettings,
): number {
  const t = after.stepsDone;
  const [old = NaN] = valuesOf(name, before);
  const [updated = NaN] = valuesOf(name, after);
  const [m = NaN] = valuesOf(`${name}/m`, after);
  const [v = NaN] = valuesOf(`${name}/v`, after);
  const move = m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  return (old - updated) / move;
}

test('the loss falls, at learning rates suited to few steps', async () => {
  const one = trainer(
    layers('folded'),
    'fineTuning.weights.learningRate=1e-2',
    'fineTuning.epochs=6',
  );
  const losses: number[] = [];
  for (let epoch = 1; epoch <= one.epochs; epoch++) {
    losses.push((await one.trainEpoch(epoch, {})).crossEntropy);
  }
  expect(losses).toHaveLength(8);
  expect(losses.at(-1)).toBeLessThan(losses[2] ?? NaN);
  one.dispose();
});
