import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { cropAndFlip } from '../../src/data/crop-and-flip.js';
import type { Dataset } from '../../src/data/dataset.js';
import { UserError } from '../../src/errors.js';
import { createTrainer, type Trainer } from '../../src/training/trainer.js';
import { learnableDataset, learnableSplit } from '../helpers/learnable-mnist.js';
import { plainNetwork } from '../helpers/small-network.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const dataset = learnableDataset(200, 601);
const text = `dataset: mnist\n${plainNetwork}`;
/** The fastest to trace, for tests where any network will do. */
const oneLayer = 'model={layers: [{type: flatten}, {type: dense, name: fc, units: 10}]}';

function trainer(...overrides: string[]): Trainer {
  return trainerOf(dataset, ...overrides);
}

function trainerOf(data: Dataset, ...overrides: string[]): Trainer {
  return createTrainer(
    parseConfig(text, 'test.yaml', ['training.batchSize=64', ...overrides]),
    data,
  );
}

function weightsOf(trained: Trainer): number[] {
  const weights = trained.weights();
  const values = Object.values(weights).flatMap((tensor) => Array.from(tensor.dataSync()));
  tf.dispose(weights);
  return values;
}

function largestOf(tensor: tf.Tensor): number {
  return tf.tidy(() => tf.max(tensor).dataSync()[0] ?? NaN);
}

async function trained(...overrides: string[]): Promise<{ weights: number[]; betas: number[] }> {
  const one = trainer(...overrides);
  await one.trainEpoch(1, {});
  const result = {
    weights: weightsOf(one),
    betas: one.quantizers().map(({ beta }) => beta.value[0] ?? NaN),
  };
  one.dispose();
  return result;
}

describe('a trainer', () => {
  test('learns', async () => {
    const one = trainer(
      'optimizers.gates.learningRate=0.3',
      'optimizers.weights.learningRate=5e-3',
    );
    const before = await one.evaluate({});
    for (let epoch = 1; epoch <= 12; epoch++) await one.trainEpoch(epoch, {});
    const after = await one.evaluate({});
    expect(after.test.accuracyPercent).toBeGreaterThan(before.test.accuracyPercent + 50);
    expect(one.cost().relativeBopsPercent).toBeLessThan(3);
    one.dispose();
  });

  test('gives the same results for the same seed, and others for another', async () => {
    const first = await trained('seed=1');
    expect(await trained('seed=1')).toEqual(first);
    expect(await trained('seed=2')).not.toEqual(first);
  });

  test('starts with weights within 1/sqrt(fanIn), and their ranges at the largest weight', () => {
    const one = trainer('gates.sampling=deterministic', 'model=lenet5');
    const weights = one.weights();
    for (const { name, initial } of one.plan().variables) {
      const bound = 'uniform' in initial ? initial.uniform : NaN;
      const largest = largestOf(tf.abs(weights[name] as tf.Tensor));
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.8 * bound);
    }
    for (const { site, beta } of one.quantizers()) {
      if (!site.signed) continue;
      expect(beta.value[0]).toBe(largestOf(weights[site.name] as tf.Tensor));
    }
    tf.dispose(weights);
    one.dispose();
  });

  test('reports means over the images so far, including a smaller last batch, and leaks no tensors', async () => {
    const one = trainer();
    const seen: number[] = [];
    const losses = await one.trainEpoch(1, {
      onStep: (step, soFar) => {
        seen.push(step);
        expect(soFar.loss).toBeCloseTo(soFar.crossEntropy + 0.1 * soFar.regularizer, 6);
        expect(((soFar.accuracyPercent / 100) * Math.min(64 * step, 200)) % 1).toBeCloseTo(0, 6);
      },
    });
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(one.stepsPerEpoch).toBe(4);
    expect(losses.accuracyPercent).toBeLessThanOrEqual(100);

    const { numTensors } = tf.memory();
    await one.trainEpoch(2, {});
    await one.evaluate({});
    expect(tf.memory().numTensors).toBe(numTensors);
    one.dispose();
  });

  test('stops at a signal, with its reason', async () => {
    const one = trainer(oneLayer);
    const controller = new AbortController();
    const epoch = one.trainEpoch(1, {
      signal: controller.signal,
      onStep: () => {
        controller.abort(new Error('enough'));
      },
    });
    await expect(epoch).rejects.toThrow('enough');
    one.dispose();
  });

  test('says where training diverged', async () => {
    const one = trainer('optimizers.weights.learningRate=1e38');
    const error: unknown = await one.trainEpoch(1, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(
      /diverged in epoch 1, step [234]: .*optimizers.weights.learningRate/,
    );
    one.dispose();
  });

  test('shifts and mirrors training images if published or requested', async () => {
    const shifted = { ...dataset, augmentation: cropAndFlip };
    const after = async (data: Dataset, ...overrides: string[]) => {
      const one = trainerOf(data, oneLayer, ...overrides);
      await one.trainEpoch(1, {});
      const weights = weightsOf(one);
      one.dispose();
      return weights;
    };
    const plain = await after(dataset);
    const augmented = await after(shifted);
    expect(augmented).not.toEqual(plain);
    expect(await after(shifted)).toEqual(augmented);
    expect(await after(shifted, 'training.augmentation=none')).toEqual(plain);
    expect(await after(dataset, 'training.augmentation=crop-and-flip')).toEqual(augmented);
  });

  test('refuses a data set that does not fit the model', () => {
    const config = parseConfig('dataset: mnist\nmodel: vgg7', 't.yaml');
    expect(() => createTrainer(config, dataset)).toThrow(
      'model: found vgg7, which does not fit the 28x28x1 images of rows: max-pool layer reads',
    );
  });

  test.each([1, 1000])('accepts batches of %i', async (batchSize) => {
    const few = { ...dataset, train: learnableSplit(3, 'few'), test: learnableSplit(1, 'one') };
    const one = trainerOf(few, oneLayer, `training.batchSize=${batchSize}`);
    await one.trainEpoch(1, {});
    expect((await one.evaluate({})).test.accuracyPercent % 100).toBe(0);
    one.dispose();
  });
});
