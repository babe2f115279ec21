import type { Augmentation } from '../../src/data/augmentation.js';

const size = 8;

/** A black square at a random place, clipped at the border. */
export const blackSquare: Augmentation = {
  about: `a black square of ${size} by ${size} pixels at a random place`,
  changer:
    ({ imageShape: [height, width, channels] }, stream) =>
    (pixels, from, out) => {
      out.set(pixels.subarray(from, from + out.length));
      const top = stream.integer(height) - size / 2;
      const left = stream.integer(width) - size / 2;
      for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
        const row = y * width;
        const [first, end] = [Math.max(0, left), Math.min(width, left + size)];
        out.fill(0, (row + first) * channels, (row + end) * channels);
      }
    },
};
