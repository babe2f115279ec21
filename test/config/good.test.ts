import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatConfig, parseConfig, type Config } from '../../src/config/config.js';
import type { DatasetConfig } from '../../src/data/load.js';
import type { Layer } from '../../src/nn/network.js';
import type { AdamSettings } from '../../src/training/optimizers/adam.js';
import { anyConfig } from './any-config.js';
import { least } from './errors.js';

const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const defaults: Config = {
  dataset: { name: 'mnist' },
  model: { name: 'lenet5', width: 1, batchNorm: 'folded' },
  seed: 1,
  backend: 'auto',
  mu: 0.1,
  quantization: {
    weights: 'learned',
    activations: 'learned',
    layers: [],
    channels: 'learned',
    smallest: 2,
    largest: 32,
  },
  gates: {
    sampling: 'stochastic',
    distribution: 'hard-concrete',
    initialPhi: { 2: 6, 4: 6, 8: 6, 16: -6, 32: -6 },
  },
  regularizer: { weighting: 'bops', warmUpEpochs: 0 },
  optimizers: { weights: { ...adam, weightDecay: 0 }, gates: adam, ranges: adam },
  training: {
    epochs: 100,
    batchSize: 128,
    augmentation: 'published',
    schedule: 'published',
    learns: ['weights', 'biases', 'gates', 'ranges'],
    batchNorm: 'updated',
    validationImages: 0,
  },
  fineTuning: {
    epochs: 0,
    weights: { learningRate: 1e-4, momentum: 0.9 },
    ranges: { learningRate: 1e-4 },
  },
};

describe('a config', () => {
  test('needs a data set and a model, and defaults to the published settings', () => {
    expect(parseConfig(least, 'c.yaml')).toStrictEqual(defaults);
  });

  test('has the types that training, data and networks expect', () => {
    const { dataset, model, optimizers } = defaults;
    const data: DatasetConfig = dataset;
    const { gates, ranges } = optimizers;
    const settings: readonly AdamSettings[] = [gates, ranges];
    const layers: readonly Layer[] = 'layers' in model ? model.layers : [];
    expect([data, layers, settings]).toBeDefined();
  });

  test('may set any key, while others in its section keep their defaults', () => {
    const text = `${least}gates:\n  initialPhi: {4: 1.5, "16": .5}\noptimizers: {gates: {learningRate: 2e-2}}\nthreads: 2\n`;
    expect(parseConfig(text, 'c.yaml')).toStrictEqual({
      ...defaults,
      gates: { ...defaults.gates, initialPhi: { 2: 6, 4: 1.5, 8: 6, 16: 0.5, 32: -6 } },
      optimizers: { ...defaults.optimizers, gates: { ...adam, learningRate: 0.02 } },
      threads: 2,
    });
  });

  test.each([
    ['Windows line endings and a byte order mark', '\ufeffdataset: mnist\r\nmodel: lenet5\r\n'],
    ['flow style, as in JSON', '{"dataset": "mnist", "model": "lenet5"}'],
    [
      'a document start and end, and comments',
      '# c\n---\ndataset: mnist # c\nmodel: lenet5\n...\n',
    ],
    ['an anchor that nothing refers to', 'dataset: &a mnist\nmodel: lenet5\n'],
  ])('may be written with %s', (_form, text) => {
    expect(parseConfig(text, 'c.yaml')).toStrictEqual(defaults);
  });

  test('accepts inclusive limits', () => {
    const text = `${least}seed: 4294967295\nmu: 0\nthreads: 1\ntraining: {epochs: 1, batchSize: 1}\noptimizers: {ranges: {beta1: 0, epsilon: 1.2e-38}}\n`;
    expect(parseConfig(text, 'c.yaml')).toMatchObject({ seed: 2 ** 32 - 1, mu: 0, threads: 1 });
  });
});

describe('a path', () => {
  const text = 'dataset: {name: mnist, path: data}\nmodel: lenet5\n';

  test('in a file is relative to the file’s folder', () => {
    expect(parseConfig(text, 'some/c.yaml').dataset.path).toBe(resolve('some/data'));
    expect(parseConfig(text, '/some/c.yaml').dataset.path).toBe('/some/data');
  });

  test.each(['dataset.path=data', 'dataset={name: mnist, path: data}'])(
    'on the command line (%s) is relative to the current folder',
    (override) => {
      expect(parseConfig(text, '/some/c.yaml', [override]).dataset.path).toBe(resolve('data'));
    },
  );
});

describe('the printed config', () => {
  test('has every key, in the order of the documentation', () => {
    expect(formatConfig({ ...defaults, threads: 2, dataset: { path: '/data', name: 'mnist' } }))
      .toBe(`dataset:
  name: mnist
  path: /data
model:
  name: lenet5
  width: 1
  batchNorm: folded
seed: 1
backend: auto
threads: 2
mu: 0.1
quantization:
  weights: learned
  activations: learned
  layers: []
  channels: learned
  smallest: 2
  largest: 32
gates:
  sampling: stochastic
  distribution: hard-concrete
  initialPhi:
    2: 6
    4: 6
    8: 6
    16: -6
    32: -6
regularizer:
  weighting: bops
  warmUpEpochs: 0
optimizers:
  weights:
    learningRate: 0.001
    beta1: 0.9
    beta2: 0.999
    epsilon: 1e-8
    weightDecay: 0
  gates:
    learningRate: 0.001
    beta1: 0.9
    beta2: 0.999
    epsilon: 1e-8
  ranges:
    learningRate: 0.001
    beta1: 0.9
    beta2: 0.999
    epsilon: 1e-8
training:
  epochs: 100
  batchSize: 128
  augmentation: published
  schedule: published
  learns: [weights, biases, gates, ranges]
  batchNorm: updated
  validationImages: 0
fineTuning:
  epochs: 0
  weights:
    learningRate: 0.0001
    momentum: 0.9
  ranges:
    learningRate: 0.0001
`);
  });

  test('reads back as an equal config', () => {
    fc.assert(
      fc.property(anyConfig, (original) => {
        const text = formatConfig(original);
        const again = parseConfig(text, '/elsewhere/c.yaml');
        expect(again).toStrictEqual(original);
        expect(formatConfig(again)).toBe(text);
      }),
    );
  });
});
