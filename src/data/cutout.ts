import type { RandomStream } from '../random.js';
import type { ChangeImage } from './batches.js';
import type { Dataset } from './dataset.js';

/**
 * Cutout (DeVries and Taylor, 2017, arXiv:1708.04552): set a square of each image to the data set's mean, 0
 * after normalization. Its center is uniform over the pixels, so that part of it may lie outside the image.
 * Draws two integers per image, row and column, after the draws of `change`.
 *
 * @param side length of the square, in pixels
 * @param change applied to the image first; undefined for no change
 */
export function cutout(
  { imageShape: [height, width, channels], mean }: Pick<Dataset, 'imageShape' | 'mean'>,
  side: number,
  stream: RandomStream,
  change: ChangeImage | undefined,
): ChangeImage {
  const gray = mean.map((share) => Math.round(255 * share));
  return (pixels, from, out) => {
    if (change) change(pixels, from, out);
    else out.set(pixels.subarray(from, from + out.length));
    const top = stream.integer(height) - (side >> 1);
    const left = stream.integer(width) - (side >> 1);
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
      for (let x = Math.max(0, left); x < Math.min(width, left + side); x++) {
        for (let c = 0; c < channels; c++) out[(y * width + x) * channels + c] = gray[c] ?? 0;
      }
    }
  };
}
