import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { specsOf } from '../../src/compile/check.js';
import { entry } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { batchMaker } from '../../src/data/batch-maker.js';
import { randomCropAndFlip } from '../../src/data/crop-and-flip.js';
import type { Dataset } from '../../src/data/dataset.js';
import { placedBatch, placedImages, type PlacedImages } from '../../src/data/placed-images.js';
import { imagesAt } from '../../src/nn/placed-images.js';
import { randomStream } from '../../src/random.js';
import { modesWithXla, startNative } from '../helpers/test-backend.js';

beforeAll(startNative);

/** Images with every byte at each position of a word, so that as float32 they include every kind of number. */
function datasetOf(imageShape: Dataset['imageShape'], count: number): Dataset {
  const stream = randomStream(3, 'test');
  const size = imageShape.reduce((a, b) => a * b);
  const images = Uint8Array.from({ length: count * size }, (_, index) =>
    index < 8 * 256 ? index : stream.integer(256),
  );
  // A signaling NaN with a payload, the smallest subnormal, and -0.
  images.set([1, 0, 128, 127, 1, 0, 160, 255, 1, 0, 0, 0, 0, 0, 0, 128]);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 10);
  const split = { images, labels, count };
  const channels = Array.from({ length: imageShape[2] }, (_, channel) => 0.4 + channel / 10);
  return {
    ...{ name: 'test', train: split, test: split, imageShape, classes: 10, files: [] },
    ...{ mean: channels, std: channels },
  };
}

const shapes: [number, number, number][] = [
  [8, 8, 3],
  // Its size is not a multiple of four.
  [5, 3, 1],
];

describe.each(modesWithXla)('images on the device, %s', (mode) => {
  test.each(shapes)('equal those made on the host, to the bit: %d by %d by %d', (...shape) => {
    const dataset = datasetOf(shape, 100);
    const indices = Uint32Array.from({ length: 40 }, (_, index) => (index * 37) % 100);
    for (const padding of [undefined, 0, 4]) {
      const changeOf = () =>
        padding === undefined
          ? undefined
          : randomCropAndFlip(shape, padding, randomStream(5, 'augmentation'));
      const fromHost = batchMaker(dataset, indices.length, changeOf())(dataset.train, indices);
      const change = changeOf();
      const placed = placedImages(dataset, dataset.train, change) as PlacedImages;
      const batch = placedBatch(dataset.train, indices, change?.crops);
      expect(batch.labels).toEqual(fromHost.labels);
      const given = {
        indices: tf.tensor1d(batch.indices, 'int32'),
        ...(batch.crops ? { crops: tf.tensor2d(batch.crops, [40, 3], 'int32') } : {}),
      };
      const program = compile(
        { packed: tf.tensor(placed.packed, [placed.count, placed.packed.length / placed.count]) },
        {
          take: entry(specsOf(given), (inputs, { packed }) => {
            const { indices, crops } = inputs;
            return {
              outputs: {
                images: imagesAt(placed, packed as tf.Tensor, indices as tf.Tensor, crops),
              },
            };
          }),
        },
        { mode },
      );
      const { images } = program.run('take', given);
      expect(images.shape).toEqual([40, ...shape]);
      expect(images.dataSync()).toEqual(fromHost.images);
      program.dispose();
    }
  });
});

test('images with any other augmentation stay on the host', () => {
  const dataset = datasetOf([5, 3, 1], 2);
  expect(placedImages(dataset, dataset.train, () => undefined)).toBeUndefined();
});
