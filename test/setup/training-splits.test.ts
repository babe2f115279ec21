import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import type { Split } from '../../src/data/dataset.js';
import { UserError } from '../../src/errors.js';
import { trainingSplits } from '../../src/setup/training-splits.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';

const dataset = learnableDataset(1200, 10);

test.each([
  [[], 1200, undefined],
  [['training.validationImages=200'], 1000, 200],
  [['training.learns=[gates, ranges]'], 1200, undefined],
  [['from=run', 'training.learns=[gates, ranges, biases]'], 1200, undefined],
  [['from=run', 'training.learns=[gates, ranges, weights]'], 1200, undefined],
  [['from=run', 'training.learns=[gates, ranges]'], 1000, undefined],
  [['training.validationImages=1199'], 1, 1199],
  [['training.images=700', 'training.validationImages=500'], 700, 500],
  [['training.images=1200'], 1200, undefined],
  [['from=run', 'training.learns=[gates]', 'training.images=30'], 30, undefined],
  [['from=run', 'training.learns=[gates]', 'training.validationImages=500'], 700, 500],
])('with %j, %d images are used', (overrides, used, heldOut) => {
  const config = parseConfig('dataset: mnist\nmodel: lenet5', 'c', overrides);
  const { train, validation } = trainingSplits(dataset, config);
  expect([train.count, validation?.count]).toEqual([used, heldOut]);
});

describe('held-out images', () => {
  const splits = (...overrides: string[]) =>
    trainingSplits(dataset, parseConfig('dataset: mnist\nmodel: lenet5', 'c', overrides));
  const all = labeled(dataset.train);

  test('are not trained on, and complete the data set', () => {
    expect(new Set(all).size).toBe(1200);
    const { train, validation } = splits('training.validationImages=200');
    const [used, heldOut] = [labeled(train), labeled(validation)];
    expect(used.filter((image) => heldOut.includes(image))).toEqual([]);
    expect([...used, ...heldOut].sort()).toEqual(all.toSorted());
  });

  test('are the same however many images are used, but differ between seeds', () => {
    const { train, validation } = splits('training.validationImages=200', 'training.images=30');
    const heldOut = labeled(validation);
    expect(heldOut).toEqual(labeled(splits('training.validationImages=200').validation));
    expect(labeled(train).filter((image) => heldOut.includes(image))).toEqual([]);
    const other = labeled(splits('training.validationImages=200', 'seed=2').validation);
    expect(other.toSorted()).not.toEqual(heldOut.toSorted());
  });

  test('are drawn at random', () => {
    const { validation } = splits('training.validationImages=200');
    expect(labeled(validation).toSorted()).not.toEqual(all.slice(0, 200).sort());
  });
});

test.each([
  [
    ['training.validationImages=1200'],
    'training.validationImages: found 1200, expected at most 1199 of',
  ],
  [['training.images=1201'], 'training.images: found 1201, expected at most 1200 of'],
  [
    ['training.images=701', 'training.validationImages=500'],
    'training.images: found 701, expected at most 700 of',
  ],
])('%j exceeds the number of images', (overrides, message) => {
  const config = parseConfig('dataset: mnist\nmodel: lenet5', 'c', overrides);
  expect(() => trainingSplits(dataset, config)).toThrow(
    new UserError(`${message} the 1200 training images of rows.`, 2),
  );
});

/** Each image with its label, as a string. */
function labeled(
  { images, labels, count }: Split = {
    images: new Uint8Array(),
    labels: new Uint8Array(),
    count: 0,
  },
) {
  return Array.from({ length: count }, (_, at) => {
    const image = Buffer.from(images.subarray(784 * at, 784 * (at + 1)));
    return `${labels[at]} ${image.toString('base64')}`;
  });
}
