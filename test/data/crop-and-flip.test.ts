import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Crop } from '../../src/data/crop.js';
import { cropImage, randomCropAndFlip, randomShift } from '../../src/data/crop-and-flip.js';
import { batchFiller } from '../../src/data/batches.js';
import { randomStream } from '../../src/random.js';

type Shape = readonly [number, number, number];

/** The equation of cropImage, evaluated pixel by pixel. */
function expected(image: Uint8Array, [h, w, c]: Shape, padding: number, crop: Crop): number[] {
  return Array.from({ length: h * w * c }, (_, i) => {
    const y = Math.floor(i / (w * c)) + crop.top - padding;
    const x = Math.floor(i / c) % w;
    const column = (crop.flipped ? w - 1 - x : x) + crop.left - padding;
    const inside = y >= 0 && y < h && column >= 0 && column < w;
    return inside ? (image[(y * w + column) * c + (i % c)] ?? NaN) : 0;
  });
}

/** Bytes of at least 1, to distinguish pixels from padding. */
function imageOf([h, w, c]: Shape): Uint8Array {
  return Uint8Array.from({ length: h * w * c }, (_, i) => 1 + ((i * 37) % 255));
}

function cropped(shape: Shape, padding: number, crop: Crop): Uint8Array {
  const image = imageOf(shape);
  const out = new Uint8Array(image.length).fill(99);
  cropImage(image, 0, shape, padding, crop, out);
  return out;
}

describe('a crop', () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 4 }),
  );

  test('equals its equation at every offset, even where only padding is left', () => {
    const property = fc.property(shape, fc.nat(8), fc.boolean(), (shape, padding, flipped) => {
      for (let top = 0; top <= 2 * padding; top++) {
        for (let left = 0; left <= 2 * padding; left++) {
          const crop = { top, left, flipped };
          const wanted = expected(imageOf(shape), shape, padding, crop);
          expect([...cropped(shape, padding, crop)]).toEqual(wanted);
        }
      }
    });
    fc.assert(property, { numRuns: 40 });
  });

  test('at the center is the image itself', () => {
    const crop = { top: 4, left: 4, flipped: false };
    expect(cropped([32, 32, 3], 4, crop)).toEqual(imageOf([32, 32, 3]));
  });

  test('swaps left and right if mirrored, and keeps the order of channels', () => {
    const out = new Uint8Array(6);
    const mirrored = { top: 0, left: 0, flipped: true };
    cropImage(Uint8Array.of(9, 9, 1, 2, 3, 4, 5, 6), 2, [1, 2, 3], 0, mirrored, out);
    expect([...out]).toEqual([4, 5, 6, 1, 2, 3]);
  });

  test('is black outside the image', () => {
    const out = cropped([4, 4, 1], 4, { top: 0, left: 6, flipped: false });
    expect([...out]).toEqual(Array(16).fill(0));
    const corner = cropped([2, 2, 1], 1, { top: 0, left: 0, flipped: false });
    expect([...corner]).toEqual([0, 0, 0, 1]);
  });
});

describe('random crops', () => {
  const shape = [8, 8, 1] as const;

  /** The names of n random crops, each identified among all crops. */
  function drawn(n: number, seed: number): string[] {
    const image = imageOf(shape);
    const names = new Map<string, string>();
    for (let top = 0; top <= 4; top++) {
      for (let left = 0; left <= 4; left++) {
        for (const flipped of [false, true]) {
          const wanted = expected(image, shape, 2, { top, left, flipped });
          names.set(String(wanted), `${top} ${left} ${String(flipped)}`);
        }
      }
    }
    expect(names.size).toBe(50);
    const change = randomCropAndFlip(shape, 2, randomStream(seed, 'augmentation'));
    const out = new Uint8Array(64);
    return Array.from({ length: n }, () => {
      change(image, 0, out);
      return names.get(String([...out])) ?? 'none of them';
    });
  }

  test('have every offset, mirrored or not, about equally often', () => {
    const counts = new Map<string, number>();
    for (const crop of drawn(5000, 1)) counts.set(crop, (counts.get(crop) ?? 0) + 1);
    expect(counts.size).toBe(50);
    // Chi-squared with 49 degrees of freedom exceeds 86 with a probability of 0.001.
    const squares = [...counts.values()].map((count) => (count - 100) ** 2 / 100);
    expect(squares.reduce((sum, square) => sum + square, 0)).toBeLessThan(86);
  });

  test('are determined by the stream', () => {
    expect(drawn(20, 1)).toEqual(drawn(20, 1));
    expect(drawn(20, 2)).not.toEqual(drawn(20, 1));
  });

  test('draw three integers: top, left, mirrored', () => {
    const stream = randomStream(3, 'x');
    const other = randomStream(3, 'x');
    const change = randomCropAndFlip([32, 32, 3], 4, stream);
    const [image, out] = [imageOf([32, 32, 3]), new Uint8Array(3072)];
    for (let i = 0; i < 5; i++) {
      change(image, 0, out);
      const [top, left] = [other.integer(9), other.integer(9)];
      const crop = { top, left, flipped: other.integer(2) === 1 };
      expect([...out]).toEqual(expected(image, [32, 32, 3], 4, crop));
    }
    expect(stream.state()).toEqual(other.state());
  });

  test('without mirror images draw two: top, left', () => {
    const [stream, other] = [randomStream(3, 'x'), randomStream(3, 'x')];
    const change = randomShift([28, 28, 1], 4, stream);
    const [image, out] = [imageOf([28, 28, 1]), new Uint8Array(784)];
    for (let i = 0; i < 5; i++) {
      change(image, 0, out);
      const crop = { top: other.integer(9), left: other.integer(9), flipped: false };
      expect([...out]).toEqual(expected(image, [28, 28, 1], 4, crop));
    }
    expect(stream.state()).toEqual(other.state());
  });

  test.each([-1, 0.5, NaN])('need a nonnegative integer for padding, not %d', (padding) => {
    expect(() => randomCropAndFlip(shape, padding, randomStream(1, 'x'))).toThrow(RangeError);
  });
});

test('in an augmented batch each image is changed from its own bytes, then normalized', () => {
  const dataset = { imageShape: [4, 4, 3], mean: [0.1, 0.2, 0.3], std: [0.5, 0.6, 0.7] } as const;
  const pixels = Uint8Array.from({ length: 3 * 48 }, (_, i) => (i * 29) % 256);
  const before = pixels.slice();
  const split = { images: pixels, labels: Uint8Array.of(7, 8, 9), count: 3 };
  const images = new Float32Array(2 * 48);
  const labels = new Int32Array(2);
  const change = randomCropAndFlip(dataset.imageShape, 1, randomStream(5, 'x'));
  batchFiller(dataset, change)(split, Uint32Array.of(2, 0), images, labels);

  const again = randomCropAndFlip(dataset.imageShape, 1, randomStream(5, 'x'));
  const out = new Uint8Array(48);
  const plain = batchFiller(dataset);
  const wanted = [2, 0].flatMap((index) => {
    again(pixels, index * 48, out);
    const one = new Float32Array(48);
    plain(
      { images: out, labels: Uint8Array.of(0), count: 1 },
      Uint32Array.of(0),
      one,
      labels.slice(),
    );
    return [...one];
  });
  expect([...images]).toEqual(wanted);
  expect([...labels]).toEqual([9, 7]);
  expect(pixels).toEqual(before);
});
