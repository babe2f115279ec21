import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutout } from '../../src/data/cutout.js';
import { randomStream } from '../../src/random.js';

test('cutout fills a square with the mean, partly outside the image at times, and keeps the rest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(1000),
      (height, width, side, seed) => {
        const dataset = { imageShape: [height, width, 2] as const, mean: [0.5, 0.25] };
        const size = height * width * 2;
        const pixels = Uint8Array.from({ length: size + 3 }, (_, at) => (at % 50) + 130);
        const out = new Uint8Array(size);
        cutout(dataset, side, randomStream(seed, 'cutout'), undefined)(pixels, 3, out);

        const draws = randomStream(seed, 'cutout');
        const top = draws.integer(height) - Math.floor(side / 2);
        const left = draws.integer(width) - Math.floor(side / 2);
        const isIn = (at: number, first: number) => at >= first && at < first + side;
        const expected = Uint8Array.from({ length: size }, (_, at) => {
          const [y, x] = [Math.floor(at / 2 / width), Math.floor(at / 2) % width];
          const isCut = isIn(y, top) && isIn(x, left);
          return (isCut ? [128, 64][at % 2] : pixels[3 + at]) ?? NaN;
        });
        expect(out).toEqual(expected);
      },
    ),
  );
});

test('cutout comes after other augmentations', () => {
  const dataset = { imageShape: [4, 4, 1] as const, mean: [0] };
  const bright = (_pixels: Uint8Array, _from: number, out: Uint8Array) => void out.fill(255);
  const out = new Uint8Array(16);
  cutout(dataset, 2, randomStream(1, 'cutout'), bright)(new Uint8Array(16), 0, out);
  expect(new Set(out)).toEqual(new Set([0, 255]));
});
