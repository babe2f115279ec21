import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { trainingSplits } from '../../src/setup/training-splits.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';

const dataset = learnableDataset(1200, 10);

test.each([
  [[], 1200, undefined],
  [['training.validationImages=200'], 1000, 200],
  [['training.learns=[gates, ranges]'], 1200, undefined],
  [['from=run', 'training.learns=[gates, ranges, biases]'], 1200, undefined],
  [['from=run', 'training.learns=[gates, ranges]'], 1000, undefined],
  [['from=run', 'training.learns=[gates]', 'training.images=30'], 30, undefined],
  [['from=run', 'training.learns=[gates]', 'training.validationImages=500'], 700, 500],
])('with %j %d images are used', (overrides, used, heldOut) => {
  const config = parseConfig('dataset: mnist\nmodel: lenet5', 'c', overrides);
  const { train, validation } = trainingSplits(dataset, config);
  expect([train.count, validation?.count]).toEqual([used, heldOut]);
});
