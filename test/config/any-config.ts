import { resolve } from 'node:path';
import fc from 'fast-check';
import { bitWidths } from '../../src/bayesian-bits/gates.js';
import type { Config } from '../../src/config/config.js';
import { augmentationNames } from '../../src/data/augmentations.js';
import { models, type ModelName } from '../../src/models/models.js';
import { anyLayers } from './any-layers.js';

const noNullPrototype = true;
/** Numbers in the range of float32. */
const between = (min: number, max: number) =>
  fc
    .double({ min, max, noNaN: true })
    .filter((value) => value === 0 || Math.abs(value) >= 2 ** -126);
const largest = 3.4e38;
const number = between(-largest, largest);
const notNegative = between(0, largest);
const positive = notNegative.filter((value) => value > 0);
const width = between(2 ** -126, 16);
const share = between(0, 1).filter((value) => Math.fround(value) < 1);
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const folder = fc
  .string({ unit: 'binary', minLength: 1 })
  .filter((name) => !/[\p{Cc}\p{Cs}]/u.test(name))
  .map((name) => resolve('/', name));

const datasetName = fc.constantFrom('mnist', 'fashion-mnist', 'cifar10', 'cifar100');

const anyPercent = between(2 ** -126, 100);
const upToOne = between(0, 1);
const perChannel = (value: fc.Arbitrary<number>) =>
  fc.array(value, { minLength: 1, maxLength: 16 });
const ownDataset = fc.record(
  {
    path: folder,
    classes: fc.integer({ min: 2, max: 256 }),
    mean: perChannel(upToOne),
    std: perChannel(upToOne.filter((value) => value > 0)),
  },
  { noNullPrototype, requiredKeys: ['path', 'classes'] },
);

const anyWidth = fc.constantFrom<Config['quantization']['weights'][]>(
  'learned',
  'none',
  2,
  4,
  8,
  16,
  32,
);

const modelName = fc.constantFrom(...(Object.keys(models) as ModelName[]));

const adamKeys = { learningRate: positive, beta1: share, beta2: share, epsilon: positive };
const adam = fc.record(adamKeys, { noNullPrototype });

const anySchedule = fc.oneof(
  fc.constantFrom('published', 'constant', 'linear', 'cosine'),
  fc.record(
    {
      milestones: fc.array(count, { minLength: 1, maxLength: 5 }),
      factor: fc.double({ min: 0.001, max: 1, noNaN: true }),
    },
    { noNullPrototype },
  ),
);
const anyLearns = fc.subarray<Config['training']['learns'][number]>(
  ['weights', 'biases', 'gates', 'ranges'],
  { minLength: 1 },
);

/** Every config that can be read from a file, including odd ones. */
export const anyConfig: fc.Arbitrary<Config> = fc
  .record(
    {
      dataset: fc.oneof(
        datasetName.map((name) => ({ name })),
        fc.record({ name: datasetName, path: folder }, { noNullPrototype }),
        ownDataset,
      ),
      model: fc.oneof(
        fc.record(
          { name: modelName, width, batchNorm: fc.constantFrom('folded', 'unfolded') },
          { noNullPrototype },
        ),
        fc.record(
          { layers: anyLayers, initialWeights: fc.constantFrom('uniform', 'he-normal') },
          { noNullPrototype },
        ),
      ),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      backend: fc.constantFrom('auto', 'native-gpu', 'native-cpu', 'wasm'),
      mu: notNegative,
      quantization: fc.record(
        {
          weights: anyWidth,
          activations: anyWidth,
          layers: fc.array(
            fc.record(
              {
                layer: fc.stringMatching(/^[\w-]{1,40}$/),
                weights: anyWidth,
                activations: anyWidth,
              },
              { noNullPrototype, requiredKeys: ['layer'] },
            ),
            { maxLength: 3 },
          ),
          channels: fc.constantFrom('learned', 'all'),
          smallest: fc.constantFrom(...bitWidths),
          largest: fc.constantFrom(...bitWidths),
        },
        { noNullPrototype },
      ),
      gates: fc.record(
        {
          sampling: fc.constantFrom('stochastic', 'deterministic'),
          distribution: fc.constantFrom('hard-concrete'),
          initialPhi: fc.record(
            { 2: number, 4: number, 8: number, 16: number, 32: number },
            { noNullPrototype },
          ),
        },
        { noNullPrototype },
      ),
      regularizer: fc.record(
        {
          weighting: fc.constantFrom('bops', 'constant', 'expected-bops'),
          warmUpEpochs: notNegative,
        },
        { noNullPrototype },
      ),
      optimizers: fc.record(
        {
          weights: fc.record({ ...adamKeys, weightDecay: notNegative }, { noNullPrototype }),
          gates: adam,
          ranges: adam,
        },
        { noNullPrototype },
      ),
      training: fc.record(
        {
          epochs: count,
          batchSize: count,
          augmentation: fc.constantFrom(...augmentationNames),
          schedule: anySchedule,
          learns: anyLearns,
          images: count,
          batchNorm: fc.constantFrom('updated', 'frozen'),
          validationImages: fc.nat(),
          clipGradients: positive,
        },
        {
          noNullPrototype,
          requiredKeys: [
            'epochs',
            'batchSize',
            'augmentation',
            'schedule',
            'learns',
            'batchNorm',
            'validationImages',
          ],
        },
      ),
      fineTuning: fc.record(
        {
          epochs: fc.nat(),
          weights: fc.record({ learningRate: positive, momentum: share }, { noNullPrototype }),
          ranges: fc.record({ learningRate: positive }, { noNullPrototype }),
        },
        { noNullPrototype },
      ),
    },
    { noNullPrototype },
  )
  .chain((config) =>
    fc.oneof(
      fc.constant(config),
      count.map((threads) => ({ ...config, threads })),
      fc.boolean().map((tf32) => ({ ...config, tf32 })),
      anyPercent.map((relativeBopsPercent) => ({ ...config, target: { relativeBopsPercent } })),
    ),
  );
