import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchFiller, epochBatches } from '../../src/data/batches.js';
import type { Split } from '../../src/data/dataset.js';
import { randomStream, shuffled } from '../../src/random.js';

function splitOf(count: number, size: number): Split {
  return {
    images: Uint8Array.from({ length: count * size }, (_, i) => (i * 37 + (i >> 8)) % 256),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
    count,
  };
}

describe('an epoch', () => {
  test('has every image once, in batches of equal size except the last', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 400 }), fc.nat(), (count, size, seed) => {
        const batches = [...epochBatches({ count }, size, randomStream(seed, 'shuffle'))];
        expect(batches).toHaveLength(Math.ceil(count / size));
        expect(batches.slice(0, -1).every(({ length }) => length === size)).toBe(true);
        const seen = batches.flatMap((batch) => [...batch]);
        expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });

  test('takes its permutation from the stream, another in each epoch', () => {
    const stream = randomStream(1, 'shuffle');
    const epoch = () => [...epochBatches({ count: 50 }, 16, stream)].flatMap((batch) => [...batch]);
    const first = epoch();
    expect(first).toEqual([...shuffled(50, randomStream(1, 'shuffle'))]);
    expect(epoch()).not.toEqual(first);
  });

  test.each([0, -1, 1.5, NaN])('has no batches of %d', (size) => {
    expect(() => epochBatches({ count: 5 }, size, randomStream(1, 'x')).next()).toThrow(RangeError);
  });
});

describe('a filled batch', () => {
  const gray = { imageShape: [28, 28, 1], mean: [0], std: [1] } as const;

  test('has exactly float32(p / 255) for every pixel p of MNIST', () => {
    const split: Split = {
      images: Uint8Array.from({ length: 784 }, (_, i) => i % 256),
      labels: Uint8Array.of(3),
      count: 1,
    };
    const images = new Float32Array(784);
    batchFiller(gray)(split, Uint32Array.of(0), images, new Int32Array(1));
    for (let p = 0; p < 256; p++) expect(images[p]).toBe(Math.fround(p / 255));
  });

  test('has the chosen images in order, normalized by channel', () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(shape, fc.array(fc.nat(6), { maxLength: 9 }), (imageShape, indices) => {
        const [height, width, channels] = imageShape;
        const size = height * width * channels;
        const mean = [0.1, 0.2, 0.3, 0.4].slice(0, channels);
        const std = [0.5, 0.6, 0.7, 0.8].slice(0, channels);
        const split = splitOf(7, size);
        const images = new Float32Array(indices.length * size);
        const labels = new Int32Array(indices.length);
        batchFiller({ imageShape, mean, std })(split, Uint32Array.from(indices), images, labels);
        const expected = indices.flatMap((index) =>
          Array.from(split.images.subarray(index * size, (index + 1) * size), (pixel, i) =>
            Math.fround((pixel / 255 - (mean[i % channels] ?? NaN)) / (std[i % channels] ?? NaN)),
          ),
        );
        expect(Array.from(images)).toEqual(expected);
        expect(Array.from(labels)).toEqual(indices.map((index) => split.labels[index]));
      }),
    );
  });

  test('leaves the rest of the buffer unchanged', () => {
    const images = new Float32Array(3 * 784).fill(7);
    const labels = new Int32Array(3).fill(7);
    batchFiller(gray)(splitOf(4, 784), Uint32Array.of(2), images, labels);
    expect(images[783]).not.toBe(7);
    expect(images.subarray(784).every((value) => value === 7)).toBe(true);
    expect(Array.from(labels)).toEqual([2, 7, 7]);
  });

  test('is refused beyond the end of the split or of the buffer', () => {
    const fill = batchFiller(gray);
    const split = splitOf(4, 784);
    const images = new Float32Array(784);
    const labels = new Int32Array(1);
    expect(() => {
      fill(split, Uint32Array.of(4), images, labels);
    }).toThrow('no image 4 in a split of 4');
    expect(() => {
      fill(split, Uint32Array.of(0, 1), images, labels);
    }).toThrow('needs room for 1568 pixel values');
    expect(() => {
      fill(split, Uint32Array.of(0), images, new Int32Array(0));
    }).toThrow(RangeError);
  });

  test('needs a mean and a standard deviation for each channel', () => {
    expect(() => batchFiller({ imageShape: [2, 2, 3], mean: [0], std: [1] })).toThrow(RangeError);
  });
});
