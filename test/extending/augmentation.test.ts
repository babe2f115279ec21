import { expect, test, vi } from 'vitest';
import { configJsonSchema, parseConfig } from '../../src/config/config.js';
import { schemaAt } from '../../src/config/keys.js';
import { trainingSetup } from '../../src/setup/training-setup.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';

/** Adds the example to the table, as a line there would. */
vi.mock(import('../../src/data/augmentations.js'), async (original) => {
  const { blackSquare } = await import('./augmentation.js');
  const { augmentations, augmentationNames } = await original();
  return {
    augmentations: { ...augmentations, 'black-square': blackSquare },
    augmentationNames: [...augmentationNames, 'black-square' as never],
  };
});

test('an augmentation takes one file and one line in the table: a config selects it, and batches contain it', () => {
  const dataset = learnableDataset(20, 5);
  dataset.train.images.fill(255);
  const zerosIn = (seed: number) => {
    const config = parseConfig('dataset: mnist\nmodel: lenet5', 'c.yaml', [
      'training.augmentation=black-square',
      `seed=${seed}`,
    ]);
    const { train, makeTrainingBatch } = trainingSetup(config, dataset);
    const { images } = makeTrainingBatch(train, Uint32Array.of(0, 1, 2));
    return Array.from({ length: 3 }, (_, image) =>
      Array.from(images.subarray(784 * image, 784 * (image + 1)).keys()).filter(
        (pixel) => images[784 * image + pixel] === 0,
      ),
    );
  };
  const zeros = zerosIn(1);
  for (const places of zeros) {
    const rows = new Set(places.map((pixel) => Math.floor(pixel / 28)));
    const columns = new Set(places.map((pixel) => pixel % 28));
    expect(places.length).toBe(rows.size * columns.size);
    expect(rows.size).toBeGreaterThanOrEqual(4);
    expect(rows.size).toBeLessThanOrEqual(8);
  }
  expect(new Set(zeros.map(String)).size).toBe(3);
  expect(zerosIn(1)).toEqual(zeros);
  expect(zerosIn(2)).not.toEqual(zeros);
});

test('the documentation of configs describes it', () => {
  const { description } = schemaAt(configJsonSchema(), ['training', 'augmentation']) ?? {};
  expect(description).toMatch(
    /; black-square: a black square of 8 by 8 pixels at a random place\.$/,
  );
});
