import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
import { createTrainer, type Trainer } from '../../src/training/trainer.js';
import { phiOf } from '../../src/training/quantizer-state.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { plainNetwork } from '../helpers/small-network.js';
import { startTestBackend } from '../helpers/test-backend.js';

/** The paper's variants are set by gate values: tests compare bytewise what learns and what does not. */

beforeAll(startTestBackend);

const dataset = learnableDataset(130, 60);

function trainer(
  quantization: string,
  model = plainNetwork,
  overrides: readonly string[] = [],
): Trainer {
  const config = parseConfig(`dataset: mnist\n${model}`, 'test.yaml', [
    `quantization=${quantization}`,
    'training.batchSize=64',
    'training.epochs=1',
    ...overrides,
  ]);
  return createTrainer(config, dataset);
}

interface Snapshot {
  readonly weights: Record<string, number[]>;
  readonly betas: Record<string, number>;
  readonly phi: Record<string, readonly number[]>;
  readonly channels: Record<string, readonly number[]>;
}

function snapshot(one: Trainer): Snapshot {
  const weights = one.weights();
  const values = Object.fromEntries(
    Object.entries(weights).map(([name, tensor]) => [name, Array.from(tensor.dataSync())]),
  );
  tf.dispose(weights);
  const of = <T>(value: (q: ReturnType<Trainer['quantizers']>[number]) => T) =>
    Object.fromEntries(one.quantizers().map((q) => [q.site.name, value(q)]));
  return {
    weights: values,
    betas: of(({ beta }) => beta.value[0] ?? NaN),
    phi: of((quantizer) => phiOf(quantizer).bits),
    channels: of((quantizer) => Array.from(phiOf(quantizer).channels)),
  };
}

/** The states before and after an epoch, and the relative BOPs in percent. */
async function trained(quantization: string, model?: string) {
  const one = trainer(quantization, model);
  const before = snapshot(one);
  const losses = await one.trainEpoch(1, {});
  const after = snapshot(one);
  const { accuracyPercent } = (await one.evaluate({})).test;
  const { relativeBopsPercent, layers } = one.cost();
  one.dispose();
  expect(Number.isFinite(losses.loss)).toBe(true);
  expect(Number.isFinite(accuracyPercent)).toBe(true);
  for (const [name, values] of Object.entries(before.weights)) {
    expect(after.weights[name], name).not.toEqual(values);
  }
  return { before, after, relativeBopsPercent, layers };
}

const weightSites = ['conv1', 'fc1', 'fc2'].map((layer) => `${layer}/weight`);
const activationSites = ['conv1', 'fc1'].map((layer) => `${layer}/activation`);

// The MACs of plainNetwork, whose input has 8 bits.
const [conv1, fc1, fc2] = [6 * 6 * 8 * 25, 288 * 32, 32 * 10];
const share4 = (conv1 * 8 * 4 + (fc1 + fc2) * 4 * 4) / ((conv1 + fc1 + fc2) * 32 * 32);

describe('a static baseline', () => {
  test.each([
    ['w8a8', '{weights: 8, activations: 8, channels: all}', 6.25],
    ['w4a4', '{weights: 4, activations: 4, channels: all}', 100 * share4],
  ])('%s keeps its bits and channels, and learns ranges', async (_, quantization, percent) => {
    const { before, after, relativeBopsPercent } = await trained(quantization);
    expect(Object.keys(before.phi)).toHaveLength(5);
    expect(after.phi).toEqual(before.phi);
    expect(Object.values(before.channels).flat()).toEqual([]);
    for (const [name, beta] of Object.entries(before.betas)) {
      expect(after.betas[name], name).not.toBe(beta);
    }
    expect(relativeBopsPercent).toBeCloseTo(percent, 12);
  });

  test('accepts widths per layer', async () => {
    const { layers } = await trained(
      '{weights: 2, activations: 8, channels: all, layers: [{layer: conv1, weights: 8, activations: 4}, {layer: fc2, weights: 16}]}',
      'model: { name: lenet5, width: 0.1 }',
    );
    expect(layers.map(({ cost }) => [cost.weightBits, cost.activationBits])).toEqual([
      [8, 8],
      [2, 4],
      [2, 8],
      [16, 8],
    ]);
  });

  test('in full precision has no quantizers, and all of the bit operations', async () => {
    const { before, relativeBopsPercent } = await trained(
      '{weights: none, activations: none, channels: all}',
    );
    expect(before.phi).toEqual({});
    expect(relativeBopsPercent).toBe(100);
  });
});

describe('pruning only', () => {
  test.each([
    ['w8a8', '{weights: 8, activations: 8}', 5],
    ['w4a8', '{weights: 4, activations: 8}', 5],
  ])('at %s learns channel gates and ranges, but no bits', async (_, quantization, sites) => {
    const { before, after } = await trained(quantization);
    expect(Object.keys(before.phi)).toHaveLength(sites);
    expect(after.phi).toEqual(before.phi);
    expect(after.channels).not.toEqual(before.channels);
    expect(before.channels['conv1/weight']).toHaveLength(8);
    expect(after.betas).not.toEqual(before.betas);
  });

  test('in full precision has only channel gates, and counts 32 bits', async () => {
    const { before, after, relativeBopsPercent } = await trained(
      '{weights: none, activations: none}',
    );
    expect(Object.keys(before.phi)).toEqual(['conv1/weight', 'fc1/weight']);
    expect(after.phi).toEqual(before.phi);
    expect(after.betas).toEqual(before.betas);
    expect(after.channels).not.toEqual(before.channels);
    expect(relativeBopsPercent).toBe(100);
  });
});

test('quantization only learns bits and ranges, and has no channel gates', async () => {
  const { before, after } = await trained('{channels: all}');
  expect(Object.values(before.channels).flat()).toEqual([]);
  for (const site of [...weightSites, ...activationSites]) {
    expect(after.phi[site], site).not.toEqual(before.phi[site]);
    expect(after.betas[site], site).not.toBe(before.betas[site]);
  }
});

test('widths from 4 to 8: the gates of 4, 16 and 32 bits stay, that of 8 learns', async () => {
  const { before, after, layers } = await trained('{smallest: 4, largest: 8}');
  for (const site of [...weightSites, ...activationSites]) {
    const [old = [], now = []] = [before.phi[site], after.phi[site]];
    expect(now.map((phi, index) => phi === old[index])).toEqual([true, false, true, true]);
  }
  expect(layers.every(({ cost }) => [4, 8].includes(cost.weightBits))).toBe(true);
});

test.each([
  [
    '{weights: 2, smallest: 4}',
    'quantization.weights: found 2, expected a width allowed by quantization.smallest and .largest: 4, 8, 16, 32',
  ],
  [
    '{smallest: 8, largest: 4}',
    'quantization.smallest: found 8, expected at most quantization.largest, which is 4',
  ],
  [
    '{layers: [{layer: conv9, weights: 8}]}',
    'quantization.layers.0.layer: found "conv9", expected a layer of lenet5: conv1, conv2, fc1, fc2',
  ],
  [
    '{weights: 8, activations: 8, channels: all}',
    'target: found a budget, but no gates that learn',
    'target.relativeBopsPercent=2',
  ],
  [
    '{weights: none, activations: none, channels: all}',
    'training.learns: found [gates, ranges], none of which this network can learn; expected another of',
    'training.learns=[gates, ranges]',
  ],
  [
    '{channels: all}',
    'target.relativeBopsPercent: found 0.1, expected at least 0.5172, the cost of lenet5 with',
    'target.relativeBopsPercent=0.1',
  ],
])('%s is refused, with exit code 2', (quantization, message, ...overrides) => {
  let refused: unknown;
  try {
    trainer(quantization, 'model: lenet5', overrides);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(UserError);
  expect(String(refused)).toContain(message);
  expect((refused as UserError).exitCode).toBe(2);
});
